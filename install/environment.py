"""Make or renew .venv with the running Python: what `make setup` does. Standard library only.

Everything installed is pinned and hashed. With --wheels it comes from a folder that `make bundle`
filled, and no network is touched. Obstacles are one sentence on stderr and exit code 2.
"""

import argparse
import hashlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "guantong.json"
LOCKS = {"build": "requirements-build.txt", "run": "requirements.txt", "dev": "requirements-dev.txt"}


class Obstacle(Exception):
    """Something the person at the keyboard can put right; the message is the sentence they read."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests, checks and benchmarks need")
    parser.add_argument("--wheels", type=Path, help="install from this folder, without network")
    chosen = parser.parse_args()
    try:
        make(chosen.dev, wheels_of(chosen.wheels))
    except Obstacle as obstacle:
        print(obstacle, file=sys.stderr)
        return 2
    return 0


def make(dev: bool, wheels: Path | None) -> None:
    """Bring .venv to what the requirement files say; does nothing when it is there already."""
    kept = read_stamp()
    dev = dev or bool(kept.get("dev"))  # what is installed is not taken away
    wanted = stamp(dev)
    if kept == wanted and (VENV / "bin" / "python").exists():
        return
    demand_venv()
    if wheels is None:
        demand_headers()
        demand_compiler()
    if not same_python():
        shutil.rmtree(VENV, ignore_errors=True)
        print(f"Making .venv with Python {platform.python_version()} ...", flush=True)
        run([sys.executable, "-m", "venv", str(VENV)], "The virtual environment could not be made; see the lines above.")
    STAMP.unlink(missing_ok=True)
    print("Installing the pinned requirements (a minute or two) ...", flush=True)
    install(dev, wheels)
    STAMP.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")
    print("The environment is ready: .venv", flush=True)


def install(dev: bool, wheels: Path | None) -> None:
    # a folder of wheels brings its own locks: the hash of the wheel it built from durable-rules' source is added there
    folder = wheels or ROOT
    source = ["--no-index", "--find-links", str(wheels)] if wheels else []
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *source]
    failed = "pip could not install what the requirement files name; see the lines above." + (
        "" if wheels else " Without network: run `make bundle` where there is one and bring the folder wheels here."
    )
    run([*pip, "--require-hashes", "-r", str(folder / LOCKS["build"])], failed)
    # no build isolation: it would fetch setuptools, unpinned, from the network
    lock = folder / LOCKS["dev" if dev else "run"]
    run([*pip, "--require-hashes", "--no-build-isolation", "--use-pep517", "-r", str(lock)], failed)
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], failed)


def run(command: list[str], failed: str) -> None:
    if subprocess.run(command, cwd=ROOT, env=build_environment(), check=False).returncode:
        raise Obstacle(failed)


def build_environment() -> dict[str, str]:
    """The environment of this process, with what durable-rules 2.0.28 needs to be built."""
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    environment.pop("PYTHONPATH", None)
    if sys.version_info >= (3, 13):
        # PyEval_CallObject left Python 3.13: without this the library compiles and then fails when imported
        flags = environment.get("CPPFLAGS", "")
        environment["CPPFLAGS"] = f"{flags} -DPyEval_CallObject=PyObject_CallObject".strip()
    if (compiler := compiler_found()) and "CC" not in environment and compiler != compiler_named():
        environment["CC"] = compiler
    return environment


def compiler_named() -> str:
    words = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")
    return words[0] if words else "cc"


def compiler_found() -> str | None:
    names = [compiler_named()] if os.environ.get("CC") else [compiler_named(), "cc", "gcc", "clang"]
    return next((name for name in names if shutil.which(name)), None)


def demand_compiler() -> None:
    compiler = compiler_found()
    if compiler is None or not shutil.which("ar"):
        raise Obstacle(
            "A C compiler is needed to build durable-rules and none was found: install one (Debian, Ubuntu: apt install gcc libc6-dev; "
            "Fedora, openEuler: dnf install gcc), or install from a bundle with WHEELS=wheels."
        )
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "trial.c"
        trial.write_text("#include <stdio.h>\n#include <Python.h>\n", encoding="utf-8")
        command = [compiler, f"-I{sysconfig.get_path('include')}", "-c", str(trial), "-o", str(trial.with_suffix(".o"))]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            raise Obstacle(
                f"The C compiler {compiler} is here but cannot compile a small program: install the C library's headers (Debian, Ubuntu: "
                "apt install libc6-dev; Fedora, openEuler: dnf install glibc-devel), or install from a bundle with WHEELS=wheels."
            )


def demand_headers() -> None:
    if not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        short = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Obstacle(
            f"Python {short} is here without its C headers (Python.h), which building durable-rules needs: install them (Debian, Ubuntu: "
            f"apt install python{short}-dev; Fedora, openEuler: dnf install python3-devel), or install from a bundle with WHEELS=wheels."
        )


def demand_venv() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        short = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise Obstacle(
            f"Python {short} is here without its venv module: install it (Debian, Ubuntu: apt install python{short}-venv)."
        ) from None


def wheels_of(given: Path | None) -> Path | None:
    """The folder of wheels to install from, or None for the network.

    Raises Obstacle when a folder was named that is no bundle for this Python, machine and requirements.
    """
    if given is None:
        return None
    folder = given.resolve()
    try:
        made_for = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Obstacle(f"{given} is no bundle of wheels: make one with `make bundle` where there is a network.") from None
    if made_for != (here := bundled_for()):
        differing = ", ".join(
            f"{key} {made_for.get(key)} where {here[key]} is needed" for key in here if made_for.get(key) != here[key]
        )
        raise Obstacle(
            f"The bundle {given} does not fit ({differing}): make it anew with `make bundle` on a machine like this one."
        )
    return folder


def bundled_for() -> dict[str, str]:
    """What a bundle fits: the Python, the kind of machine, the requirement files."""
    locks = "".join(digest(ROOT / name) for name in LOCKS.values())
    return {
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
        "machine": sysconfig.get_platform(),
        "requirements": hashlib.sha256(locks.encode()).hexdigest()[:16],
    }


def stamp(dev: bool) -> dict[str, object]:
    """What .venv was made from; when it changes, .venv is renewed."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    declared = json.dumps([project["project"], project["build-system"]], sort_keys=True)
    return {
        "dev": dev,
        "folder": str(ROOT),
        "python": str(base_python()),
        "version": platform.python_version(),
        "project": hashlib.sha256(declared.encode()).hexdigest()[:16],
        "requirements": {name: digest(ROOT / name) for part, name in LOCKS.items() if dev or part != "dev"},
    }


def read_stamp() -> dict[str, object]:
    try:
        kept = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def same_python() -> bool:
    """Whether .venv stands in this folder and was made by the running Python."""
    question = "import sys; print(sys._base_executable, *sys.version_info[:3], sys.prefix, sep='\\n')"
    try:
        answer = subprocess.run([str(VENV / "bin" / "python"), "-c", question], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    executable, *version, prefix = answer.stdout.splitlines()
    kept = read_stamp().get("folder", str(ROOT))
    same_version = tuple(map(int, version)) == sys.version_info[:3]
    return same_version and Path(executable).resolve() == base_python() and Path(prefix) == VENV and kept == str(ROOT)


def base_python() -> Path:
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
