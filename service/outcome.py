"""What a run did, for the person or program that started it."""

from datetime import date

from ibis.backends.duckdb import Backend
from pydantic import BaseModel

from rules.correlate import Correlated
from service.flagging import Findings
from service.steps import Steps


class Blind(BaseModel):
    """What a rule could not judge: unknown is not clean."""

    population: int
    blind: int
    by_need: dict[str, int]
    no_records: list[str]
    """Needed tables without any row: the rule was not run."""


class Moved(BaseModel):
    """What models read or write that looks otherwise in the newest batch than before."""

    table: str
    column: str
    psi: float
    level: str
    because: str


class Outcome(BaseModel):
    """The figures of a run."""

    run_id: int
    as_of: date
    resumed: bool
    counts: dict[str, int]
    found: dict[str, int]
    """Rule -> signals."""
    blind: dict[str, Blind]
    failed: dict[str, str]
    """Rule -> why it could not be run."""
    left_out: int
    """Facts for which the joint conclusions had no room; their signals are alerts all the same."""

    drift: list[Moved]
    """What moved, the furthest first; what is stable is in the table score_drift."""

    @classmethod
    def of(
        cls, steps: Steps, counts: dict[str, int], found: Findings, correlated: Correlated, drift: list[Moved] | None = None
    ) -> "Outcome":
        signals = dict.fromkeys([*found.blindness, *found.failed], 0)
        for signal in (*found.signals, *found.shadow):
            signals[signal.rule] += 1
        blind = {
            rule: Blind(population=one.population, blind=one.blind, by_need=one.by_need, no_records=list(one.no_records))
            for rule, one in sorted(found.blindness.items())
        }
        return cls(
            run_id=steps.run_id, as_of=steps.question.as_of, resumed=steps.resumed, counts=counts, found=signals, blind=blind,
            failed=found.failed, left_out=sum(one.count for one in correlated.left_out), drift=drift or [],
        )  # fmt: skip


def moved(tables: Backend) -> list[Moved]:
    """What the table score_drift says has moved, the furthest first."""
    rows = tables.con.execute(
        "SELECT table_name, column_name, psi, level, because FROM score_drift WHERE level <> 'stable' ORDER BY psi DESC, 1, 2"
    ).fetchall()
    return [
        Moved(table=table, column=column, psi=psi, level=level, because=because) for table, column, psi, level, because in rows
    ]
