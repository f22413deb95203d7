"""Backtest (回测): what a rule finds in the records at hand, by month, unit and severity, what it cannot judge, and what it costs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from rules.findings_diff import month_of
from rules.flag import Flagged
from rules.severity import GRADES


@dataclass(frozen=True)
class Precision:
    """What people decided about alerts that rest on the rule (查实率)."""

    right: int
    judged: int

    @property
    def share(self) -> float | None:
        """Share of the judged that were right; None while none was judged."""
        return self.right / self.judged if self.judged else None


@dataclass(frozen=True)
class Backtest:
    """One rule over all records of a lake."""

    rule: str
    findings: int
    by_month: Mapping[str, int]
    by_unit: Mapping[str, int]
    """The unit with most findings first; '' stands for none."""
    by_severity: Mapping[str, int]
    """The gravest first."""
    population: int
    blind: int
    no_records: tuple[str, ...]
    """Needed tables without any record: the rule was not run."""
    precision: Precision
    seconds: float
    rows: int

    @property
    def blindness(self) -> float | None:
        """Share of the subjects that could not be judged; None when there are no subjects."""
        return self.blind / self.population if self.population else None


def backtest(flagged: Flagged, verdicts: Mapping[str, tuple[int, int]]) -> Backtest:
    """Count what a rule found; `verdicts` are, by rule, the alerts that were right and those judged."""
    units = Counter(one.unit_id or "" for one in flagged.signals)
    severities = Counter(one.severity for one in flagged.signals)
    return Backtest(
        rule=flagged.rule,
        findings=len(flagged.signals),
        by_month=dict(sorted(Counter(map(month_of, flagged.signals)).items())),
        by_unit=dict(sorted(units.items(), key=lambda item: (-item[1], item[0]))),
        by_severity={grade: severities[grade] for grade in reversed(GRADES) if severities[grade]},
        population=flagged.blindness.population,
        blind=flagged.blindness.blind,
        no_records=flagged.blindness.no_records,
        precision=Precision(*verdicts.get(flagged.rule, (0, 0))),
        seconds=flagged.seconds,
        rows=flagged.rows,
    )
