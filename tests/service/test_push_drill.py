"""Records pushed by 8 unreliable clients while the server is killed and the database restarted: each row in once, the log whole.

The full size: GUANTONG_DRILL=100000, or `python -m benchmarks.push_drill --database postgresql`.
"""

import os
from pathlib import Path

import pytest

from benchmarks.push_drill import Drilled, drill, postgresql

ROWS = int(os.environ.get("GUANTONG_DRILL", "5000"))
KILLS = 1 if ROWS < 50_000 else 3


def proven(drilled: Drilled) -> None:
    assert drilled.whole, drilled
    assert drilled.seen["200"] == drilled.pushes
    assert len(drilled.seen) > 2, "requests were broken off, and the server was away"


@pytest.mark.slow
def test_every_row_is_in_once_though_the_server_is_killed(tmp_path: Path) -> None:
    drilled = drill(tmp_path, "", ROWS, 100, KILLS)
    proven(drilled)
    assert len(drilled.done) == KILLS


@pytest.mark.slow
def test_every_row_is_in_once_though_several_servers_are_killed_and_postgresql_restarts(tmp_path: Path) -> None:
    with postgresql() as (url, restart):
        drilled = drill(tmp_path, url, ROWS, 100, KILLS, restart, workers=2)
    proven(drilled)
    assert len(drilled.done) == KILLS + 1
