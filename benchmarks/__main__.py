"""make bench: build the bench city, import it, run the book, and let six rules race their pandas twins.

Everything happens in child processes that are watched from outside, in a folder that is made anew. The figures go
to `results.json` and, as tables for people, to `results.md`.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.contest import TWINS, WAYS
from benchmarks.machine import machine
from benchmarks.report import Contest, Results, page
from benchmarks.watch import Failed, watch

HERE = Path(__file__).parent
AS_INSTALLED = ("env", "GLIBC_TUNABLES=glibc.malloc.tcache_count=500")
"""How the units of install/systemd start what screens."""
SMALL = 20_000
"""People below whom a bench shows that it works, and its figures say little: fewer rows are screened."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--years", type=int, default=2)
    parser.add_argument(
        "--folder", type=Path, default=Path("out/bench"), help="where the city and the lake are made; emptied first"
    )
    parser.add_argument("--results", type=Path, default=HERE, help="where results.json and results.md are written")
    parser.add_argument(
        "--alerts", type=int, help="alerts of the console's bench; half as many as people where not said, 100,000 for 200,000"
    )
    parser.add_argument("--rule", action="append", choices=TWINS, help="race only this rule; may be repeated")
    asked = parser.parse_args()
    shutil.rmtree(asked.folder, ignore_errors=True)
    asked.folder.mkdir(parents=True)
    results = Results(machine(), {"people": asked.people, "seed": asked.seed, "years": asked.years})
    try:
        for _ in measure(asked, results):
            save(results, asked.results)  # after every part: a failure late does not cost what was measured before
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 3
    print(page(results))
    return 0 if results.agree else 1


def measure(asked: argparse.Namespace, results: Results) -> Iterator[None]:
    """Measure part after part, each added to the results."""
    for part in ("city", "import", "run"):
        print(f"{part} ...", file=sys.stderr, flush=True)
        stages, said = watch([*child(asked), part])
        results.stages.extend(replace(stage, part=part) for stage in stages)
        results.said.update(said)
        yield
    for rule in asked.rule or TWINS:
        print(f"{rule} ...", file=sys.stderr, flush=True)
        ways = {way: watch([*child(asked), "contest", "--rule", rule, "--way", way]) for way in WAYS}
        results.contests.append(Contest.of(rule, ways))
        yield
    print("screening ...", file=sys.stderr, flush=True)
    few = [] if asked.people >= SMALL else ["--singles", "20", "--list", "500"]
    stages, said = watch([*AS_INSTALLED, sys.executable, "-m", "benchmarks.screening", "--folder", str(asked.folder), *few])
    results.stages.extend(replace(stage, part="screening") for stage in stages)
    results.said.update(said)
    yield
    print("console ...", file=sys.stderr, flush=True)
    crowd = [
        "--folder",
        str(asked.folder / "console"),
        "--people",
        str(max(1000, min(1200, asked.people))),
        "--alerts",
        str(asked.alerts or asked.people // 2),
    ]
    (asked.folder / "console").mkdir()
    stages, said = watch([sys.executable, "-m", "benchmarks.console", *crowd])
    results.stages.extend(replace(stage, part="console") for stage in stages)
    results.said.update(said)
    yield


def save(results: Results, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results.plain(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "results.md").write_text(page(results), encoding="utf-8")


def child(asked: argparse.Namespace) -> list[str]:
    numbers = [f"--{name}={getattr(asked, name)}" for name in ("folder", "people", "seed", "years")]
    return [sys.executable, "-m", "benchmarks.stages", *numbers]


if __name__ == "__main__":
    sys.exit(main())
