"""The stationed group verifies (核实), the inspection body assesses by explicit criteria (评估) and looks again later (回头看)."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.casework.course import Acting, not_the_same
from service.errors import Refusal
from service.rectifying.course import ASSESS, VERIFY, advance, hold
from service.rectifying.giving import ahead, for_office
from service.rectifying.reporting import newest_report
from service.rectifying.terms import Effect
from service.store.rectifying import Rectification, RectificationCheck


def verify_item(
    session: Session, acting: Acting, item_id: int, version: int, *, good: bool, said: str, due_on: date | None = None
) -> RectificationCheck:
    """Verify the unit's report on the spot, or send it back with the reason and a day.

    Raises Refusal for others than the stationed group, without words, and for a day that is not ahead; NothingFound, Conflict, IllegalMove.
    """
    step = "verify" if good else "send_back"
    item = hold(session, acting, Rectification, item_id, version, step)
    for_office(acting, item.stationed_office_id, VERIFY)
    kept = _check(session, acting, item, "verify", "stationed", said, good=good)
    if not good:
        _new_day(acting, item, due_on)
    advance(session, acting, item, step, check=kept.check_id, report=kept.report_id)
    return kept


def assess(
    session: Session, acting: Acting, effect: Effect, item_id: int, version: int, marks: Mapping[str, str], said: str, *,
    good: bool, due_on: date | None = None,
) -> RectificationCheck:  # fmt: skip
    """Assess the effect: closed (销号) when the score is enough, or returned with the reason and a day; both keep their marks.

    Raises Refusal for whoever verified or drafted it, for another office, missing marks or words, and for closing below the pass mark;
    NothingFound, Conflict, IllegalMove.
    """
    step = "close" if good else "return"
    item = hold(session, acting, Rectification, item_id, version, step)
    for_office(acting, item.office_id, ASSESS)
    score = effect.score(marks)
    if good and not effect.passes(marks):
        raise Refusal("rectifying.wrong.not_enough", score=score, least=effect.least)
    not_the_same(acting.name, item.opened_by, *_verifiers(session, item))
    kept = _check(session, acting, item, "assess", "assessor", said, good=good, marks=marks, score=score)
    item.score = score
    if good:
        item.closed_by, item.closed_at = acting.name, acting.now
        item.recheck_on = acting.periods.due("recheck", acting.today).due_on
    else:
        _new_day(acting, item, due_on)
    advance(session, acting, item, step, check=kept.check_id, score=score)
    return kept


def recheck(
    session: Session, acting: Acting, item_id: int, version: int, *, good: bool, said: str, due_on: date | None = None
) -> RectificationCheck:
    """Look again at what was closed (回头看): it holds, or it is to be put right anew.

    Raises Refusal for whoever closed it, for another office, without words; NothingFound, Conflict, IllegalMove.
    """
    step = "recheck" if good else "reopen"
    item = hold(session, acting, Rectification, item_id, version, step)
    for_office(acting, item.office_id, ASSESS)
    not_the_same(acting.name, item.closed_by)
    kept = _check(session, acting, item, "recheck", "assessor", said, good=good)
    item.recheck_on = None
    if not good:
        _new_day(acting, item, due_on)
        begin_again(item)
    advance(session, acting, item, step, check=kept.check_id, round=item.round)
    return kept


def begin_again(item: Rectification) -> None:
    """Another round; what was closed is so no more."""
    item.round, item.closed_by, item.closed_at, item.score, item.recheck_on = item.round + 1, None, None, None, None


def _new_day(acting: Acting, item: Rectification, due_on: date | None) -> None:
    reckoned = acting.periods.due("rectify", acting.today)
    day, provisional = (due_on, False) if due_on is not None else (reckoned.due_on, reckoned.provisional)
    ahead(acting, day)
    item.due_on, item.due_provisional = day, provisional


def _verifiers(session: Session, item: Rectification) -> list[str]:
    """Who verified or reported the newest report."""
    last = newest_report(session, item)
    if last is None:
        return []
    mine = select(RectificationCheck.made_by).where(
        RectificationCheck.report_id == last.report_id, RectificationCheck.kind == "verify"
    )
    return [last.made_by, *session.scalars(mine)]


def _check(
    session: Session, acting: Acting, item: Rectification, kind: str, party: str, said: str, *, good: bool,
    marks: Mapping[str, str] | None = None, score: int | None = None,
) -> RectificationCheck:  # fmt: skip
    if not said.strip():
        raise Refusal("rectifying.wrong.words")
    last = newest_report(session, item)
    kept = RectificationCheck(
        item_id=item.item_id, report_id=last.report_id if last else None, kind=kind, party=party, good=good, said=said.strip(),
        marks=dict(marks or {}), score=score, made_by=acting.name, made_at=acting.now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept
