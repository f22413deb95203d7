"""Which version of a rule judged what, and what a rule on trial (shadow) finds beside the live ones, from what runs kept."""

from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from service.store.alert import AlertSignal
from service.store.judged import Blindness
from service.store.run import DONE, Run
from service.store.signal import SignalVersion
from service.store.verdict import RIGHT, WRONG, Verdict


class JudgedBy(BaseModel):
    """A version of a rule, by the hash of its logic, and the runs in which it judged."""

    hash: str
    first_run: int
    first_as_of: date
    last_run: int
    last_as_of: date
    runs: int | None
    """How many runs it judged in; null for runs of programs that kept no more than its findings."""
    findings: int
    """Different findings it made, each counted once however often it was seen."""
    current: bool
    """Whether the book holds this version now."""


class Beside(BaseModel):
    """A live rule that found some of the same subjects in the same run."""

    rule: str
    common: int


class OnTrial(BaseModel):
    """What a rule on trial found in the last run, beside the live rules: it opened no alert."""

    rule: str
    run_id: int
    as_of: date
    finished_at: datetime | None
    findings: int
    new: int
    """Findings that the run before did not have."""
    subjects: int
    alone: int
    """Subjects that no live rule found: what going live would add."""
    beside: list[Beside]
    right: int
    wrong: int
    """Subjects found by both, on which people decided that the live rules' alerts were right, or wrong."""


def versions_of(session: Session, rule: str, current: str | None) -> list[JudgedBy]:
    """The versions that judged, the newest first."""
    found: dict[str, list[int]] = {}
    counted = select(
        SignalVersion.rule_hash, func.count(SignalVersion.signal_id.distinct()), func.min(SignalVersion.first_run), func.max(SignalVersion.last_run)
    )  # fmt: skip
    findings: dict[str, int] = {}
    for version, count, first, last in session.execute(
        counted.where(SignalVersion.rule == rule).group_by(SignalVersion.rule_hash)
    ):
        findings[version], found[version] = count, [first, last]
    noted: dict[str, set[int]] = {}
    for run_id, body in session.execute(select(Blindness.run_id, Blindness.body).where(Blindness.rule == rule)):
        if version := body.get("hash"):
            noted.setdefault(version, set()).add(run_id)
            found.setdefault(version, []).append(run_id)
    ends = {run_id for runs in found.values() for run_id in (min(runs), max(runs))}
    days = dict(session.execute(select(Run.run_id, Run.as_of).where(Run.run_id.in_(ends))).all())
    made = [
        JudgedBy(
            hash=version, first_run=min(runs), first_as_of=days[min(runs)], last_run=max(runs), last_as_of=days[max(runs)],
            runs=len(noted[version]) if version in noted else None, findings=findings.get(version, 0), current=version == current,
        )
        for version, runs in found.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.last_run, -one.first_run))


def on_trial(session: Session, rule: str, live: set[str]) -> OnTrial | None:
    """What the rule found in the last run; None when nothing was run yet. O(its findings) rows are looked at."""
    run = Run.newest(session)
    if run is None:
        return None
    mine = and_(SignalVersion.rule == rule, SignalVersion.last_run == run.run_id)
    findings = session.scalar(select(func.count(SignalVersion.signal_id.distinct())).where(mine)) or 0
    subjects = set(session.execute(select(SignalVersion.subject_kind, SignalVersion.subject_id).where(mine).distinct()))
    other = aliased(SignalVersion)
    same = and_(
        other.subject_kind == SignalVersion.subject_kind, other.subject_id == SignalVersion.subject_id,
        other.last_run == run.run_id, other.rule != rule,
    )  # fmt: skip
    pairs = select(other.rule, other.subject_kind, other.subject_id).select_from(SignalVersion).join(other, same).where(mine)
    common: dict[str, set[tuple[str, str]]] = {}
    for name, kind, subject in session.execute(pairs.distinct()):
        if name in live:
            common.setdefault(name, set()).add((kind, subject))
    shared = set().union(*common.values())
    decided = _decided(session, shared)
    return OnTrial(
        rule=rule, run_id=run.run_id, as_of=run.as_of, finished_at=run.finished_at, findings=findings,
        new=findings - _before(session, rule, run.run_id), subjects=len(subjects), alone=len(subjects - shared),
        beside=[Beside(rule=name, common=len(found)) for name, found in sorted(common.items(), key=lambda one: (-len(one[1]), one[0]))],
        right=sum(outcome in RIGHT for outcome in decided.values()), wrong=sum(outcome in WRONG for outcome in decided.values()),
    )  # fmt: skip


def _before(session: Session, rule: str, run_id: int) -> int:
    """How many of the findings of a run an earlier run had made already."""
    earlier = select(func.max(Run.run_id)).where(Run.status == DONE, Run.run_id < run_id).scalar_subquery()
    old = select(SignalVersion.signal_id).where(SignalVersion.rule == rule, SignalVersion.first_run <= earlier)
    now = select(func.count(SignalVersion.signal_id.distinct())).where(
        SignalVersion.rule == rule, SignalVersion.last_run == run_id
    )
    return session.scalar(now.where(SignalVersion.signal_id.in_(old))) or 0


def _decided(session: Session, subjects: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Subject -> the newest outcome that says whether an alert about it was right."""
    query = (
        select(SignalVersion.subject_kind, SignalVersion.subject_id, Verdict.outcome)
        .join(AlertSignal, and_(AlertSignal.signal_id == SignalVersion.signal_id, AlertSignal.version == SignalVersion.version))
        .join(Verdict, Verdict.fingerprint == AlertSignal.fingerprint)
        .where(Verdict.outcome.in_(RIGHT | WRONG))
        .order_by(Verdict.verdict_id)
    )
    return {(kind, subject): outcome for kind, subject, outcome in session.execute(query) if (kind, subject) in subjects}
