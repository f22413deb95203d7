"""The wheel: whole, so that a console installed from it says and shows what one started from the repository does."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.tree import ROOMS, ROOT, tracked

ASK = "from service.console import guide; print(guide.__file__, *(guide.written(page).count('<img') for page in guide.TEXTS.values()), len(list(guide.PICTURES.glob('*.png'))))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_every_file_of_the_rooms_is_in_it(wheel: Path) -> None:
    there = set(zipfile.ZipFile(wheel).namelist())
    files = {path.relative_to(ROOT).as_posix() for path in tracked() if path.relative_to(ROOT).parts[0] in ROOMS}
    assert files - there == set()
    assert {one.partition("/")[0] for one in there if "dist-info" not in one} == set(ROOMS)


def test_the_guide_and_its_pictures_travel_with_it(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    asked = [sys.executable, "-c", ASK]
    told = subprocess.run(asked, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    place, *counted = told.stdout.split()
    assert Path(place).is_relative_to(tmp_path)
    assert counted == ["3", "3", "3"]
