"""Collect wheels of everything that is pinned into a folder, for offices without network: what `make bundle` does.

Run by .venv's own Python, which must be complete (`make setup`). The folder fits the same Python version and
kind of machine; durable-rules, which comes as source, is built here, so that the office needs no C compiler.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import environment

BUILT_HERE = "durable-rules"


def main(folder: Path) -> int:
    """Fill the folder anew; a bundle that was there stays until the new one is whole."""
    aside = folder.with_name(folder.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for lock in environment.LOCKS.values():
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--require-hashes"]
        command = [*pip, "--no-build-isolation", "--use-pep517", "--wheel-dir", str(aside), "-r", lock]
        if subprocess.run(command, cwd=environment.ROOT, env=environment.build_environment(), check=False).returncode:
            print("pip could not collect the wheels; see the lines above.", file=sys.stderr)
            return 2
    wheels = sorted(aside.glob("*.whl"))
    built = next(path for path in wheels if path.name.startswith(BUILT_HERE.replace("-", "_")))
    for lock in environment.LOCKS.values():
        text = (environment.ROOT / lock).read_text(encoding="utf-8")
        (aside / lock).write_text(allow(text, built), encoding="utf-8")
    (aside / "bundle.json").write_text(json.dumps(environment.bundled_for(), indent=2) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(f"{len(wheels)} wheels, {size:.0f} MB, in {folder}. In the office: make setup WHEELS={folder}")
    return 0


def allow(lock: str, wheel: Path) -> str:
    """The lock with the hash of the wheel built here beside the hash of its source."""
    line = rf"(?m)^({re.escape(BUILT_HERE)}==\S+)( \\)$"
    return re.sub(line, rf"\1\2\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\2", lock)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
