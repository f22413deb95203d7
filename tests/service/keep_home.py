"""Makes the fixture of the migration test: a home as this commit leaves it, zipped with its key.

Run it at a commit whose lake and database later programs must open: `python -m tests.service.keep_home NAME`.
"""

import sys
import tempfile
import zipfile
from pathlib import Path

from tests.service import village
from tests.service.conftest import Office

FIXTURES = Path(__file__).with_name("fixtures")


def keep(name: str) -> Path:
    """Import and run the small place, and zip what an office would have on disk (the current view is made anew)."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder), f"sqlite:///{Path(folder) / 'home' / 'guantong.db'}")
        office.take_in(village.places(), village.people(), village.payments(), village.complaints())
        office.run()
        target = FIXTURES / f"{name}.zip"
        FIXTURES.mkdir(exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).rglob("*")):
                kept = path.relative_to(folder).as_posix()
                if (
                    path.is_file()
                    and not kept.startswith(("files/", "home/lake/current-", "home/lake/tmp/"))
                    and path.suffix != ".lock"
                ):
                    archive.write(path, kept)
    return target


if __name__ == "__main__":
    keep(sys.argv[1])
