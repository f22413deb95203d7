"""What the rules could judge and what not (覆盖与盲区): unknown is not clean."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import func, select

from datasets.lake import Lake
from service.api.gate import Here, may
from service.store.alert import Alert
from service.store.judged import Blindness
from service.store.run import Run
from service.store.signal import SignalVersion
from service.words import either

router = APIRouter(tags=["coverage"], dependencies=[may("coverage.read")])


class TableCoverage(BaseModel):
    """One table of the lake."""

    table: str
    title: str
    rows: int
    batches: int


class RuleCoverage(BaseModel):
    """What one rule could judge in the newest run."""

    rule: str
    title: str
    status: str
    found: int
    population: int
    """Subjects it should judge."""
    blind: int
    """Of them, those with a value it needs unknown."""
    by_need: dict[str, int]
    no_records: list[str]
    """Needed tables without any row: the rule was not run."""


class Coverage(BaseModel):
    """The whole picture, of the newest finished run."""

    run: int | None
    as_of: date | None
    open_alerts: int
    tables: list[TableCoverage]
    rules: list[RuleCoverage]


@router.get("/coverage")
def read_coverage(here: Here) -> Coverage:
    """Which tables hold how many rows, and what each rule could and could not judge in the newest run."""
    with here.desk.store.look() as session:
        run = Run.newest(session)
        bodies, found = {}, {}
        if run is not None:
            bodies = {one.rule: one.body for one in session.scalars(select(Blindness).where(Blindness.run_id == run.run_id))}
            counted = select(SignalVersion.rule, func.count()).where(SignalVersion.last_run == run.run_id)
            found = {row[0]: row[1] for row in session.execute(counted.group_by(SignalVersion.rule))}
        alerts = session.scalar(select(func.count()).select_from(Alert).where(Alert.status == "open")) or 0
    rules = here.desk.book.indicators
    return Coverage(
        run=run.run_id if run else None,
        as_of=run.as_of if run else None,
        open_alerts=alerts,
        tables=_tables(here.desk.lake),
        rules=[
            RuleCoverage(
                rule=rule, title=either(rules[rule].title) if rule in rules else rule,
                status=rules[rule].status if rule in rules else "gone", found=found.get(rule, 0),
                population=body["population"], blind=body["blind"], by_need=body["by_need"], no_records=body["no_records"],
            )
            for rule, body in sorted(bodies.items())
        ],
    )  # fmt: skip


def _tables(lake: Lake) -> list[TableCoverage]:
    rows: dict[str, list[int]] = {}
    for batch in lake.living():
        rows.setdefault(batch.table, []).append(batch.accepted)
    return [
        TableCoverage(table=table, title=either(lake.contracts[table].title), rows=sum(counts), batches=len(counts))
        for table, counts in sorted(rows.items())
    ]
