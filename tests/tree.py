"""The files of this repository, for the tests that hold its rules."""

import ast
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("datasets", "models", "rules", "service")
MADE = {".venv", ".git", "lake", "out", "wheels", "wheels.new", "build", "dist", "__pycache__"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file under version control, or, outside a checkout, every file that nobody generated."""
    git = shutil.which("git")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True) if git else None
    if listed is None or listed.returncode:
        return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file() and not MADE & set(path.relative_to(ROOT).parts))
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python(*folders: str) -> list[Path]:
    """The Python files of the given top folders (default: all)."""
    return [path for path in tracked() if path.suffix == ".py" and (not folders or path.relative_to(ROOT).parts[0] in folders)]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=shown(path))


def imported(path: Path) -> set[str]:
    """Full names of what a file imports."""
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names
