"""What is timed, run in a process of its own: `city`, `import` and `run` are the steps of a user, `contest` one rule one way."""

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.contest import WAYS, contest
from benchmarks.watch import Marks
from datasets.city.build import build
from service.desk import Desk
from service.pipeline import run, take_in
from service.settings import Settings
from service.words import speak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["city", "import", "run", "contest"])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--people", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--years", type=int, default=0)
    parser.add_argument("--rule", default="")
    parser.add_argument("--way", choices=WAYS, default="flag")
    parser.add_argument("--marks", type=int, required=True)
    asked = parser.parse_args()
    marks = Marks(asked.marks)
    if asked.part == "city":
        marks.begin("city")
        build(asked.seed, asked.people, asked.years, asked.folder / "city", "clean")
        marks.end()
        return
    speak("en")
    with Desk(settings(asked.folder), clock=lambda: datetime.now(UTC)) as desk:
        PARTS[asked.part](desk, asked, marks)


def settings(folder: Path) -> Settings:
    own = {"GUANTONG_HOME": str(folder / "home"), "GUANTONG_KEY_FILE": str(folder / "key"), "GUANTONG_LANG": "en"}
    return Settings.from_environment({**os.environ, **own, "GUANTONG_BOOK": "", "GUANTONG_DATABASE_URL": ""})


def take(desk: Desk, asked: argparse.Namespace, marks: Marks) -> None:
    marks.begin("import")
    report = take_in(desk, [asked.folder / "city" / "files"])
    tables: dict[str, int] = {}
    for file in report.files:
        for part in file.parts:
            tables[part.table] = tables.get(part.table, 0) + part.accepted
    marks.end(tables=tables)


def go(desk: Desk, asked: argparse.Namespace, marks: Marks) -> None:
    marks.begin("begin the run")
    before = ""

    def watch(what: str, done: int, total: int) -> None:
        nonlocal before
        if what and what != before:
            marks.begin(f"flag: {what}" if what in desk.book.indicators else what)
            before = what

    outcome = run(desk, watch=watch)
    marks.end(as_of=str(outcome.as_of), counts=outcome.counts, signals=outcome.found, failed=outcome.failed)


def compare(desk: Desk, asked: argparse.Namespace, marks: Marks) -> None:
    rule = desk.book.indicators[asked.rule]
    contest(rule, asked.way, desk.lake, desk.contracts, desk.lake.horizon(desk.today), marks)


PARTS: dict[str, Callable[[Desk, argparse.Namespace, Marks], None]] = {"import": take, "run": go, "contest": compare}

if __name__ == "__main__":
    main()
