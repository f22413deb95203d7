"""The figures, as JSON and as tables for people."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Self

from benchmarks.report_console import console_section
from benchmarks.report_screening import screening_section
from benchmarks.watch import Stage

LIMIT_SECONDS, LIMIT_BYTES, LIMIT_RATIO = 180, 4 * 10**9, 3.0
"""What was promised of the bench city: its run under 3 minutes and 4 GB in all, the median rule 3 times as fast as pandas."""


@dataclass(frozen=True)
class Contest:
    """One rule three ways: median seconds and peak bytes of each, rows found, whether SELECT and pandas found the same."""

    rule: str
    seconds: dict[str, float]
    peak: dict[str, int]
    rows: int
    agree: bool

    @classmethod
    def of(cls, rule: str, measured: Mapping[str, tuple[list[Stage], Mapping[str, Any]]]) -> Self:
        said = {way: more for way, (_, more) in measured.items()}
        digests = {tuple(said[way]["digests"]) for way in ("select", "pandas")}
        same_rows = len({more["rows"] for more in said.values()}) == 1
        return cls(
            rule,
            {way: float(more["median"]) for way, more in said.items()},
            {way: max(stage.peak for stage in stages) for way, (stages, _) in measured.items()},
            int(said["select"]["rows"]),
            same_rows and len(digests) == 1 and len(next(iter(digests))) == 1,
        )

    @property
    def ratio(self) -> float:
        """How many times as long pandas takes as the rule's SELECT, both from the Parquet files."""
        return self.seconds["pandas"] / self.seconds["select"]

    @property
    def ratio_in_run(self) -> float:
        """How many times as long pandas takes as the whole of `flag`, signals, sentences and blindness included."""
        return self.seconds["pandas"] / self.seconds["flag"]


@dataclass(frozen=True)
class Results:
    """Everything one call measured."""

    machine: dict[str, str]
    size: dict[str, int]
    said: dict[str, Any] = field(default_factory=dict)
    stages: list[Stage] = field(default_factory=list)
    contests: list[Contest] = field(default_factory=list)

    @property
    def agree(self) -> bool:
        return all(contest.agree for contest in self.contests)

    @property
    def ratio(self) -> float:
        return median(contest.ratio for contest in self.contests) if self.contests else 0.0

    @property
    def run(self) -> list[Stage]:
        return [stage for stage in self.stages if stage.part == "run"]

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        contests = [{**asdict(one), "ratio": one.ratio, "ratio_in_run": one.ratio_in_run} for one in self.contests]
        run = {"seconds": sum(stage.seconds for stage in self.run), "peak": max((stage.peak for stage in self.run), default=0)}
        return {
            "machine": self.machine, "size": self.size, **self.said, "stages": [asdict(stage) for stage in self.stages],
            "run": run, "contests": contests, "median_ratio": self.ratio, "agree": self.agree,
        }  # fmt: skip


def page(results: Results) -> str:
    """The tables for people."""
    whole = results.plain()
    return "\n".join(
        [
            "# The bench city, measured",
            "",
            "Written by `make bench`; peak memory counts the process and its children. " + ", ".join(f"{k} {v}" for k, v in results.machine.items()) + ".",
            "",
            "City: " + ", ".join(f"{name} {count:,}" for name, count in results.size.items()) + "; "
            + ", ".join(f"{results.said.get('tables', {}).get(name, 0):,} {name}" for name in ("subsidy_payment", "tender", "bid", "ticket")) + ".",
            "",
            "| stage | seconds | peak memory |",
            "| --- | ---: | ---: |",
            *(f"| {stage.name} | {stage.seconds:.1f} | {memory(stage.peak)} |" for stage in results.stages),
            f"| **`guantong run` in all** | **{whole['run']['seconds']:.1f}** | **{memory(whole['run']['peak'])}** |",
            "",
            f"Promised for 200,000 people: {LIMIT_SECONDS} s and {memory(LIMIT_BYTES)}.",
            "",
            "## Rules against pandas",
            "",
            "Each way starts from the same Parquet files in a process of its own and returns the same rows, columns and evidence (compared); median of three.",
            "*In a run* is the whole of `flag` on the lake that a run has opened: the SELECT on the materialised current view, the signals with their sentences and hashes, and the count of what could not be judged.",
            "",
            "| rule | findings | SELECT | pandas | ratio | SELECT memory | pandas memory | in a run | same result |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
            *(row(contest) for contest in results.contests),
            "",
            f"Median of the ratios: **{results.ratio:.1f}** (promised: {LIMIT_RATIO:.0f} or better).",
            "",
            *screening_section(results.said.get("screening", {})),
            *console_section(results.said.get("console", {})),
        ]
    )  # fmt: skip


def row(one: Contest) -> str:
    seconds = {way: f"{value:.2f} s" for way, value in one.seconds.items()}
    return (
        f"| {one.rule} | {one.rows:,} | {seconds['select']} | {seconds['pandas']} | **{one.ratio:.1f}** | {memory(one.peak['select'])} "
        f"| {memory(one.peak['pandas'])} | {seconds['flag']} | {'yes' if one.agree else 'NO'} |"
    )


def memory(size: int) -> str:
    return f"{size / 10**9:.2f} GB"
