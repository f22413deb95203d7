"""The benchmark's watch: stages are cut where they begin and end, and the memory of children counts."""

import sys
from pathlib import Path

import pytest

from benchmarks.report import Contest
from benchmarks.watch import Failed, Stage, watch

CHILD = """
import subprocess, sys, time
from benchmarks.watch import Marks
marks = Marks(int(sys.argv[sys.argv.index("--marks") + 1]))
marks.begin("small")
time.sleep(0.3)
marks.begin("large", rows=7)
held = "held = bytearray(200_000_000); import time; time.sleep(0.5)"
subprocess.run([sys.executable, "-c", held], check=True)
marks.end(done=True)
"""


def written(folder: Path, text: str) -> list[str]:
    (folder / "child.py").write_text(text, encoding="utf-8")
    return [sys.executable, "-c", f"exec(open({str(folder / 'child.py')!r}).read())"]


def test_stages_have_their_time_and_the_memory_of_their_children(tmp_path: Path) -> None:
    (small, large), said = watch(written(tmp_path, CHILD))
    assert (small.name, large.name, said) == ("small", "large", {"rows": 7, "done": True})
    assert 0.3 <= small.seconds < 2 and large.seconds >= 0.5
    assert small.peak < 150_000_000 < 200_000_000 < large.peak


def test_a_stage_that_fails_says_its_last_lines(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="out of order"):
        watch(written(tmp_path, "raise SystemExit('out of order')"))


def test_a_contest_with_different_results_is_no_win() -> None:
    said = {way: ([Stage(way, 1.0, 10)], {"median": 1.0, "rows": 3, "digests": ["a"]}) for way in ("select", "pandas", "flag")}
    assert Contest.of("rule", said).agree
    said["pandas"] = ([Stage("pandas", 4.0, 10)], {"median": 4.0, "rows": 3, "digests": ["b"]})
    contest = Contest.of("rule", said)
    assert (contest.agree, contest.ratio, contest.ratio_in_run) == (False, 4.0, 4.0)
