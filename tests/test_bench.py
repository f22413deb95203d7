"""`make bench` at a small size: every stage is measured, and the rules and their twins find the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tree import ROOT


@pytest.mark.slow
def test_a_small_bench_measures_every_stage_and_the_twins_agree(tmp_path: Path) -> None:
    size = [
        "--people",
        "1500",
        "--years",
        "1",
        "--alerts",
        "500",
        "--folder",
        str(tmp_path / "made"),
        "--results",
        str(tmp_path / "results"),
    ]
    rules = ["--rule", "paid_after_death", "--rule", "reassignment_ping_pong"]
    done = subprocess.run([sys.executable, "-m", "benchmarks", *size, *rules], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    names = {stage["name"] for stage in results["stages"]}
    assert {"city", "import", "flag: paid_after_death", "flag: overdue", "correlate", "route", "store"} <= names
    assert not results["failed"]
    assert all(stage["seconds"] >= 0 and stage["peak"] > 10**7 for stage in results["stages"])
    assert results["agree"] and [contest["rule"] for contest in results["contests"]] == [
        "paid_after_death",
        "reassignment_ping_pong",
    ]
    assert results["tables"]["subsidy_payment"] > 1000
    assert results["console"]["alerts"] == 500
    for database in ("sqlite", "postgresql"):
        for who, what in (
            ("leader", "queue"),
            ("leader", "overview"),
            ("office", "cases"),
            ("data", "rules"),
            ("leader", "first page after a run"),
        ):
            assert 0 < results["console"][database][who][what]["median"] <= results["console"][database][who][what]["worst"]
    paint = results["console"]["paint"]
    assert "missing" in paint or paint["queue"] > 0 and paint["alert"] > 0
    page = (tmp_path / "results" / "results.md").read_text(encoding="utf-8")
    assert "## The console with 500 alerts" in page and "| leader | queue |" in page
    assert "| **`guantong run` in all** |" in page and page == done.stdout[:-1]
