"""Making the environment: every obstacle is one clear sentence and exit code 2, and a bundle installs without network."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tree import ROOT

MAKE_ENVIRONMENT = ["sh", "install/environment.sh"]
TAKEN = ("Makefile", "README.md", "pyproject.toml", "requirements-build.txt", "requirements.txt", "requirements-dev.txt")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of what an installation needs, with no environment yet."""
    folder = tmp_path / "clone"
    for name in ("install", "datasets", "models", "rules", "service"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in TAKEN:
        shutil.copy(ROOT / name, folder / name)
    return folder


def made(clone: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*MAKE_ENVIRONMENT, *words], cwd=clone, capture_output=True, text=True, env=os.environ | environment)


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def path_with(folder: Path, *names: str) -> str:
    """A PATH on which only these programs are found."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).symlink_to(shutil.which(name) or f"/usr/bin/{name}")
    return str(folder)


def expect_one_sentence(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1, result.stderr
    for word in words:
        assert word in result.stderr


def test_a_python_that_is_not_there_is_one_sentence(clone: Path) -> None:
    expect_one_sentence(made(clone, "--python", "python9.9"), "no Python called python9.9", "3.11, 3.12 or 3.13")


def test_a_python_of_another_version_is_one_sentence(clone: Path, tmp_path: Path) -> None:
    old = program(tmp_path / "old", "python3.8", 'case "$*" in *platform*) echo 3.8.19;; "-c ") exit 0;; *) exit 1;; esac')
    expect_one_sentence(made(clone, "--python", str(old)), "Guantong needs Python 3.11, 3.12 or 3.13", "is 3.8.19")


def test_something_that_is_no_python_is_one_sentence(clone: Path) -> None:
    expect_one_sentence(made(clone, "--python", "false"), "does not run as Python")


def test_no_python_at_all_is_one_sentence(clone: Path, tmp_path: Path) -> None:
    bare = path_with(tmp_path / "bare", "sh", "dirname")
    expect_one_sentence(made(clone, PATH=bare), "none was found here")


def test_a_missing_compiler_is_one_sentence(clone: Path, tmp_path: Path) -> None:
    bare = path_with(tmp_path / "bare", "sh", "dirname")
    expect_one_sentence(made(clone, "--python", sys._base_executable, PATH=bare, CC=""), "C compiler", "apt install gcc")


def test_a_compiler_that_is_named_and_not_there_is_one_sentence(clone: Path) -> None:
    expect_one_sentence(made(clone, "--python", sys._base_executable, CC="no-such-compiler"), "C compiler")


def test_a_compiler_that_cannot_compile_is_one_sentence(clone: Path, tmp_path: Path) -> None:
    broken = program(tmp_path / "broken", "cc-without-headers", "exit 1")
    expect_one_sentence(
        made(clone, "--python", sys._base_executable, CC=str(broken)), "cannot compile a small program", "libc6-dev"
    )


@pytest.mark.parametrize(("module", "words"), [("venv", "venv module"), ("ensurepip", "venv module")])
def test_a_python_without_venv_is_one_sentence(clone: Path, tmp_path: Path, module: str, words: str) -> None:
    # Debian ships Python without these: a module of that name that cannot be imported stands in for their absence
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / f"{module}.py").write_text("raise ImportError\n", encoding="utf-8")
    expect_one_sentence(made(clone, "--python", sys._base_executable, PYTHONPATH=str(tmp_path / "without")), words)


def test_a_python_without_headers_is_one_sentence(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "sitecustomize.py").write_text(
        "import sysconfig\nsysconfig.get_path = lambda *a, **k: '/nowhere'\n", encoding="utf-8"
    )
    expect_one_sentence(made(clone, "--python", sys._base_executable, PYTHONPATH=str(tmp_path / "without")), "Python.h")


def test_a_folder_that_is_no_bundle_is_one_sentence(clone: Path, tmp_path: Path) -> None:
    expect_one_sentence(
        made(clone, "--python", sys._base_executable, "--wheels", str(tmp_path)), "no bundle of wheels", "make bundle"
    )


def test_a_bundle_for_another_python_is_one_sentence(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_text(
        json.dumps({"python": "3.9", "machine": "linux-riscv64", "requirements": "0"}), encoding="utf-8"
    )
    expect_one_sentence(
        made(clone, "--python", sys._base_executable, "--wheels", str(tmp_path)), "does not fit", "python 3.9 where"
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle") / "wheels"
    made = subprocess.run([sys.executable, "install/bundle.py", str(folder)], cwd=ROOT, capture_output=True, text=True)
    offline = ("NewConnectionError", "Temporary failure in name resolution", "No matching distribution", "Network is unreachable")
    if made.returncode and any(word in made.stderr for word in offline):
        pytest.skip("no network here to collect the wheels from")
    assert made.returncode == 0, made.stderr
    return folder


@pytest.mark.slow
def test_an_office_without_network_or_compiler_installs_from_the_bundle(clone: Path, bundle: Path, tmp_path: Path) -> None:
    cut = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*cut, "true"], capture_output=True).returncode:
        pytest.skip("the network cannot be cut here: unshare is missing or not allowed")
    # neither the machine's own wheels, nor what a make above this one says
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "MAKE", "MFLAGS", "PYTHON"))}
    clean |= {"PATH": path_with(tmp_path / "bare", "sh", "dirname", "make"), "PIP_NO_CACHE_DIR": "1"}
    setup = [*cut, shutil.which("make") or "make", "setup", f"WHEELS={bundle}", f"PYTHON={sys._base_executable}"]
    done = subprocess.run(
        [shutil.which("unshare") or "unshare", *setup[1:]], cwd=clone, capture_output=True, text=True, env=clean
    )
    assert done.returncode == 0, done.stdout + done.stderr
    works = "import durable.engine, duckdb, ibis, service; print('works')"
    asked = subprocess.run([clone / ".venv/bin/python", "-c", works], cwd=clone, capture_output=True, text=True)
    assert asked.stdout == "works\n", asked.stderr
    again = subprocess.run(["make", "setup"], cwd=clone, capture_output=True, text=True, env=clean)
    assert (again.returncode, again.stdout) == (0, ""), "what is complete is left alone"
