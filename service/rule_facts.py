"""What is known of every rule: what its file says, what the last run found and could not judge, and what people made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.desk import Desk
from service.store.judged import Blindness
from service.store.run import Run, RunStep
from service.store.verdict import Judgement, tallied, tallies

FLAGGING = "flag:"


@dataclass(frozen=True)
class RuleFacts:
    """One rule of the book; figures of a run are None where it was not run."""

    id: str
    title: dict[str, str]
    topic: str
    severity: str
    status: str
    owner: str
    tags: tuple[str, ...]
    hash: str
    path: str
    hits: int | None
    """Findings of the last run."""
    right: int
    judged: int
    """Alerts resting on the rule that people found right, and those they judged."""
    blindness: float | None
    """Share of its subjects that it could not judge."""
    seconds: float | None


def rule_facts(desk: Desk, judged: Sequence[Judgement] | None = None) -> list[RuleFacts]:
    """Every rule of the book by id; without a home nothing is known but the files. `judged`: what people decided, where it was read already."""
    figures = _Figures({}, {}, {})
    if desk.settings.home.exists():
        with desk.store.look() as session:
            figures = _figures(session, tallies(session) if judged is None else tallied(judged))
    return [_facts(desk, name, figures) for name in sorted(desk.book.indicators)]


@dataclass(frozen=True)
class _Figures:
    steps: dict[str, tuple[int, float]]
    blind: dict[str, float]
    verdicts: dict[str, tuple[int, int]]


def _figures(session: Session, verdicts: dict[str, tuple[int, int]]) -> _Figures:
    run = Run.newest(session)
    if run is None:
        return _Figures({}, {}, verdicts)
    rows = session.execute(
        select(RunStep.step, RunStep.found, RunStep.seconds).where(
            RunStep.run_id == run.run_id, RunStep.step.startswith(FLAGGING)
        )
    )
    steps = {step.removeprefix(FLAGGING): (found, seconds) for step, found, seconds in rows}
    counted = session.scalars(select(Blindness).where(Blindness.run_id == run.run_id))
    blind = {one.rule: one.body["blind"] / one.body["population"] for one in counted if one.body["population"]}
    return _Figures(steps, blind, verdicts)


def _facts(desk: Desk, name: str, figures: _Figures) -> RuleFacts:
    rule = desk.book.indicators[name]
    hits, seconds = figures.steps.get(name, (None, None))
    right, total = figures.verdicts.get(name, (0, 0))
    return RuleFacts(
        id=name, title={"zh": rule.title.zh, "en": rule.title.en}, topic=rule.topic, severity=rule.severity, status=rule.status,
        owner=rule.owner, tags=rule.tags, hash=rule.hash, path=str(desk.book.paths[name]), hits=hits, right=right, judged=total,
        blindness=figures.blind.get(name), seconds=seconds,
    )  # fmt: skip
