"""Fetch what the console shows with (scripts, icons) from npm packages, by name and version, with their licences.

What is fetched is committed: an office without network, and a browser that may ask no outside host, get it from here.
Run it to move to other versions: `python install/assets.py`, then look at the pages.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "service" / "console" / "assets" / "vendor"
TESTS = ROOT / "tests" / "console" / "vendor"
ICONS = """
arrow-down arrow-left arrow-right arrow-up badge-check ban bell bookmark bookmark-plus building-2 calendar-clock
chart-column check chevron-down chevron-right chevron-up circle-alert circle-check circle-help circle-x clipboard-check
clipboard-list clock coins contrast copy download external-link eye eye-off file-check file-pen file-search file-text filter flag
folder-open forward git-merge handshake history house inbox info keyboard key-round landmark languages layers link
list-checks list-filter loader lock log-in log-out mail map-pin menu message-square moon network package-open
panel-right paperclip pencil phone plus printer refresh-cw rotate-ccw route save scale search send settings share-2
shield-check signature split square-check sun table timer trash-2 triangle-alert undo-2 upload user user-check users webhook x
""".split()
PACKAGES: dict[str, tuple[str, Path, dict[str, str]]] = {
    "htmx.org": ("2.0.11", VENDOR, {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE.txt"}),
    "echarts": (
        "6.1.0",
        VENDOR,
        {"dist/echarts.min.js": "echarts.min.js", "LICENSE": "echarts.LICENSE.txt", "NOTICE": "echarts.NOTICE.txt"},
    ),
    "lucide-static": (
        "1.62.0",
        VENDOR,
        {"LICENSE": "lucide.LICENSE.txt", **{f"icons/{name}.svg": f"icons/{name}.svg" for name in ICONS}},
    ),
    "axe-core": ("4.14.1", TESTS, {"axe.min.js": "axe.min.js", "LICENSE": "axe.LICENSE.txt"}),
}
"""Package -> version, where its files go, and which they are."""


def fetch(folder: Path) -> None:
    """Let npm unpack the packages into a folder; nothing of theirs is run."""
    (folder / "package.json").write_text(json.dumps({"private": True}), encoding="ascii")
    wanted = [f"{name}@{version}" for name, (version, _, _) in PACKAGES.items()]
    subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *wanted], cwd=folder, check=True)


def lay_out(folder: Path) -> None:
    """Copy the files wanted, and write down which versions they are."""
    for name, (_, target, files) in PACKAGES.items():
        for source, to in files.items():
            (target / to).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / "node_modules" / name / source, target / to)
    versions = "\n".join(f"{name} {version}" for name, (version, _, _) in sorted(PACKAGES.items()))
    (VENDOR / "VERSIONS.txt").write_text(versions + "\n", encoding="ascii")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="assets") as temporary:
        fetch(Path(temporary))
        lay_out(Path(temporary))
    print(f"{sum(path.stat().st_size for path in VENDOR.rglob('*') if path.is_file()):,} bytes in {VENDOR}")


if __name__ == "__main__":
    main()
