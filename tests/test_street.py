"""The street: imports go one way between the rooms, none go round inside one, and one file speaks durable-rules."""

import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("datasets", "models", "rules", "service")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*ROOMS, include_external_packages=True, cache_dir=None)


def test_the_contracts_of_the_street_are_kept() -> None:
    lint = subprocess.run([Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert lint.returncode == 0, lint.stdout
    assert ", 0 broken." in lint.stdout


def test_the_contracts_name_the_whole_street() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    street, cycles, fence = contracts
    assert street["layers"] == ["service", "rules | models", "datasets"]
    assert tuple(cycles["ancestors"]) == ROOMS
    assert tuple(fence["source_modules"]) == ROOMS and fence["forbidden_modules"] == ["durable"]


def test_datasets_imports_no_room(graph: grimp.ImportGraph) -> None:
    others = {module for room in ROOMS[1:] for module in (room, *graph.find_descendants(room))}
    of_datasets = {"datasets", *graph.find_descendants("datasets")}
    assert {upstream for module in of_datasets for upstream in graph.find_modules_directly_imported_by(module)}.isdisjoint(others)


def test_at_most_one_file_imports_durable_rules(graph: grimp.ImportGraph) -> None:
    speakers = graph.find_modules_that_directly_import("durable") if "durable" in graph.modules else set()
    assert len(speakers) <= 1 and all(module.startswith("rules.reasoner") for module in speakers)


def test_no_import_stands_inside_a_function_of_a_room() -> None:
    lint = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "PLC0415", *ROOMS], cwd=ROOT, capture_output=True, text=True
    )
    assert lint.returncode == 0, lint.stdout
