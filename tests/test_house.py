"""The house rules that a program can hold: sizes, names, clocks, environment, what must never be imported."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

import datasets
from tests.tree import ROOMS, ROOT, imported, parsed, python, shown, tracked

BUILDINGS = (*ROOMS, "benchmarks", "docs", "install")
NEVER_A_NAME = {"base", "common", "core", "helper", "helpers", "manager", "managers", "misc", "schemas", "util", "utils"}
TEXT = {".py", ".yml", ".md", ".toml", ".txt", ".sh", ".json", ".csv", ".mako", ".ini", ".cfg", ""}


def attributes(path: Path) -> list[tuple[str, int]]:
    """Dotted names used in a file (`os.environ`), each with its line."""
    return [(ast.unparse(node), node.lineno) for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)]


def test_no_file_is_longer_than_300_lines() -> None:
    long = {
        shown(path): lines for path in python(*BUILDINGS) if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert not long


def test_no_function_is_longer_than_50_lines() -> None:
    functions = [
        (f"{shown(path)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for path in python(*BUILDINGS)
        for node in ast.walk(parsed(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert functions
    assert not {name: lines for name, lines in functions if lines > 50}


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    named = [
        shown(path) for path in tracked() if {Path(part).stem.lower() for part in path.relative_to(ROOT).parts} & NEVER_A_NAME
    ]
    assert not named


def test_every_module_says_what_it_is() -> None:
    assert not [
        shown(path) for path in python(*BUILDINGS) if ast.get_docstring(parsed(path)) is None and "migrations" not in path.parts
    ]


def test_an_init_holds_its_docstring_and_nothing_else() -> None:
    inits = [path for path in python(*ROOMS) if path.name == "__init__.py"]
    assert len(inits) >= len(ROOMS)
    assert not [shown(path) for path in inits if len(parsed(path).body) > 1]


def test_the_environment_is_read_in_one_file() -> None:
    reads = re.compile(r"os\.(environ|getenv|environb)\b")
    found = {f"{shown(path)}:{line}" for path in python(*ROOMS) for name, line in attributes(path) if reads.match(name)}
    found |= {shown(path) for path in python(*ROOMS) if {"os.environ", "os.getenv"} & imported(path)}
    assert not {place for place in found if not place.startswith("service/settings.py")}


def test_the_clock_is_read_at_the_edge_only() -> None:
    reads = re.compile(r"(datetime\.|dt\.)*(datetime\.(now|utcnow|today)|date\.today)$|time\.(time|time_ns|localtime|gmtime)$")
    found = [f"{shown(path)}:{line} {name}" for path in python(*ROOMS) for name, line in attributes(path) if reads.match(name)]
    assert not [place for place in found if not place.startswith(("service/cli", "service/site.py"))]


def test_nothing_is_pickled() -> None:
    forbidden = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}
    assert not [shown(path) for path in python(*BUILDINGS) if {name.split(".")[0] for name in imported(path)} & forbidden]
    words = re.compile(r"\.(to_pickle|read_pickle)$")
    assert not [f"{shown(path)}:{line}" for path in python(*BUILDINGS) for name, line in attributes(path) if words.search(name)]


def test_nothing_is_left_to_be_done_later() -> None:
    words = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b|raise NotImplemented[E]rror")
    assert not [shown(path) for path in python() if words.search(path.read_text(encoding="utf-8"))]


def test_the_tests_use_the_real_parts() -> None:
    fakes = [
        shown(path)
        for path in python("tests")
        if any(name.startswith(("unittest.mock", "mock", "pytest_mock")) for name in imported(path))
    ]
    assert not fakes
    patched = re.compile(r"monkeypatch\.set[a]ttr\(")
    assert not [shown(path) for path in python("tests") if patched.search(path.read_text(encoding="utf-8"))]


def test_every_test_asserts_something() -> None:
    silent = []
    for path in python("tests"):
        functions = [node for node in parsed(path).body if isinstance(node, ast.FunctionDef)]
        asserting = {function.name for function in functions if any(isinstance(node, ast.Assert) for node in ast.walk(function))}
        checks = re.compile(r"raises|assert|expect|check|verify|warns|" + "|".join(rf"^{name}$" for name in asserting or {"-"}))
        silent += [
            f"{shown(path)} {function.name}"
            for function in functions
            if function.name.startswith("test_") and function.name not in asserting
            if not any(isinstance(node, ast.Call) and checks.search(ast.unparse(node.func)) for node in ast.walk(function))
        ]
    assert not silent


def test_test_files_have_names_of_their_own() -> None:
    twice = [
        name
        for name, times in Counter(path.name for path in python("tests") if path.name.startswith("test_")).items()
        if times > 1
    ]
    assert not twice


def test_declared_files_end_in_yml() -> None:
    assert not [shown(path) for path in tracked() if path.suffix == ".yaml"]


@pytest.mark.parametrize("stranger", ["datasets", "rules", "django-rules", "models", "service"])
def test_no_stranger_takes_the_name_of_a_room(stranger: str) -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution(stranger)
    assert Path(datasets.__file__).parent == ROOT / "datasets"


def test_what_the_rooms_import_is_declared() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = {re.split(r"[\[<>=!~; ]", line)[0].lower() for line in tomllib.load(file)["project"]["dependencies"]}
    owners = importlib.metadata.packages_distributions()
    used = {name.split(".")[0]: shown(path) for path in python(*ROOMS) for name in imported(path)}
    strangers = {name: path for name, path in used.items() if name not in sys.stdlib_module_names and name not in ROOMS}
    undeclared = {
        name: path
        for name, path in strangers.items()
        if not {owner.lower().replace("_", "-") for owner in owners.get(name, [name])}
        & {word.replace("_", "-") for word in declared}
    }
    # numpy is pandas's own currency: who declares pandas has it
    assert not {name: path for name, path in undeclared.items() if name != "numpy"}


def test_no_file_names_a_registry_or_this_machine() -> None:
    registry = re.compile(r"py[p]i\.(org|python)|python[h]osted|(^|\s)--(extra-)?index-url|(^|\s)--trusted-host|files\.[p]ython")
    machine = re.compile(r"/wor[k]/(main|shared)|/tm[p]/plan|/roo[t]/|\.py[e]nv/versions|" + re.escape(str(Path.home())) + r"/\w")
    named = [
        f"{shown(path)}:{number}"
        for path in tracked()
        if path.suffix in TEXT and path.stat().st_size < 5_000_000
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if registry.search(line) or machine.search(line)
    ]
    assert not named
