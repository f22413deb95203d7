"""A child process for tests: runs the pipeline in an office and kills itself with SIGKILL at a chosen point.

Arguments: when (`before` or `after` a commit, or `never`), which commit counted from 1, the day, the folder of rules.
"""

import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import event as listening
from sqlalchemy.orm import Session

from service.desk import Desk
from service.pipeline import run
from service.settings import Settings

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(when: str, which: int, as_of: str, book: str) -> None:
    seen = 0

    def committing(_: object) -> None:
        nonlocal seen
        seen += 1
        if when == "before" and seen == which:
            die()

    def committed(_: object) -> None:
        if when == "after" and seen == which:
            die()

    listening.listen(Session, "before_commit", committing)
    listening.listen(Session, "after_commit", committed)
    settings = replace(Settings.from_environment(), shipped_rules=Path(book))
    with Desk(settings, clock=lambda: NOW) as desk:
        outcome = run(desk, date.fromisoformat(as_of), watch=lambda *_: sys.stdout.write(".") and sys.stdout.flush())
    sys.stdout.write(f"\n{seen} {outcome.resumed}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])
