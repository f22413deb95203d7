"""Letters of recommendation (建议书): drafted from a case, approved by another, numbered without a gap, sent, answered, re-visited."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.access.sight import cases_seen
from service.casework.course import Acting, not_the_same
from service.casework.leads import newest_lead
from service.errors import NothingFound, Refusal
from service.rectifying.course import APPROVE, DRAFT, advance, hold, made
from service.rectifying.giving import ahead, drafted_in, for_office
from service.rectifying.letter import KINDS, TITLES
from service.rectifying.seat import Unit
from service.store.case import CaseFile
from service.store.case_work import Verification
from service.store.rectifying import Rectification
from service.store.rectifying_letters import LetterCount, Recommendation
from service.working_days import day_of

PARTS = ("issuer", "title", "addressee", "source", "problem", "cause", "advice")


@dataclass(frozen=True)
class Wording:
    """What somebody drafts."""

    kind: str
    issuer: str
    title: str
    addressee: str
    source: str
    problem: str
    cause: str
    advice: str
    reply_by: date
    copies: tuple[str, ...] = field(default_factory=tuple)


def proposed(session: Session, acting: Acting, case_id: int, unit: Unit, kind: str, issuer: str) -> Wording:
    """A first wording from the case's own papers; a person reads, mends and completes it before anybody else sees it.

    Source: since when it is checked on the spot. Problem: the newest draft, else what checks found. Cause: the lead sheet's why (何故). Advice:
    the measures of its items of rectification. Nothing is taken from complaints or alerts, nor the day on which the case came: that is the
    day of the complaint, and tells the unit that there was one. Raises NothingFound for a case not the caller's.
    """
    mine = select(CaseFile).where(CaseFile.case_id == case_id, cases_seen(acting.caller))
    case = session.scalar(mine)
    if case is None:
        raise NothingFound("casework.wrong.not_yours", case=case_id)
    reply = acting.periods.due("reply", acting.today).due_on
    title = f"关于{unit.name}有关问题的{TITLES.get(kind, '')}"
    lead = newest_lead(session, case_id)
    cause = str(lead.whats.get("why") or "") if lead is not None else ""
    return Wording(
        kind,
        issuer,
        title,
        unit.name,
        _source(session, case_id),
        _problem(session, case_id),
        cause,
        _advice(session, case_id),
        reply,
    )


def draft_letter(
    session: Session, acting: Acting, unit: Unit, office_id: str, said: Wording, case_id: int | None = None
) -> Recommendation:
    """Draft a letter. Raises Refusal for parts that are missing, a kind that the office does not issue, a day that is over, another's office; NothingFound."""
    _whole(acting, office_id, said)
    if case_id is not None:
        proposed(session, acting, case_id, unit, said.kind, said.issuer)
    letter = Recommendation(
        kind=said.kind, status="drafted", year=None, number=None, case_id=case_id, item_id=None, office_id=office_id,
        stream=acting.office(office_id).stream, **{part: getattr(said, part).strip() for part in PARTS}, unit_id=unit.unit_id,
        reply_by=said.reply_by, copies=list(said.copies), drafted_by=acting.name, drafted_at=acting.now, decided_by=None, decided_at=None,
        decision_reason=None, sent_on=None, sent_by=None, answered_on=None, answer=None, answered_by=None, revisited_on=None, adopted=None,
        revisit=None, revisited_by=None, version=1,
    )  # fmt: skip
    return made(session, acting, letter, kind=said.kind, unit=unit.unit_id, case=case_id)


def revise(session: Session, acting: Acting, letter_id: int, version: int, said: Wording) -> Recommendation:
    """Write a draft anew. Raises as drafting does, and Conflict, IllegalMove."""
    letter = hold(session, acting, Recommendation, letter_id, version, "revise")
    _whole(acting, letter.office_id, said)
    for part in PARTS:
        setattr(letter, part, getattr(said, part).strip())
    letter.kind, letter.reply_by, letter.copies = said.kind, said.reply_by, list(said.copies)
    letter.drafted_by, letter.drafted_at = acting.name, acting.now
    advance(session, acting, letter, "revise")
    return letter


def drop(session: Session, acting: Acting, letter_id: int, version: int) -> Recommendation:
    """Give a draft up; it had no number. Raises NothingFound, Conflict, IllegalMove, Refusal."""
    letter = hold(session, acting, Recommendation, letter_id, version, "drop")
    for_office(acting, letter.office_id, DRAFT)
    advance(session, acting, letter, "drop")
    return letter


def decide_letter(session: Session, acting: Acting, letter_id: int, version: int, *, agree: bool, reason: str) -> Recommendation:
    """Approve it (签发), which gives it the next number of its kind and year; or refuse it with a reason.

    Raises Refusal for whoever drafted it, for another office, for a refusal without a reason; NothingFound, Conflict, IllegalMove.
    """
    step = "approve" if agree else "refuse"
    letter = hold(session, acting, Recommendation, letter_id, version, step)
    for_office(acting, letter.office_id, APPROVE)
    not_the_same(acting.name, letter.drafted_by)
    if not agree and not reason.strip():
        raise Refusal("casework.wrong.reason")
    letter.decided_by, letter.decided_at, letter.decision_reason = acting.name, acting.now, reason.strip() or None
    if agree:
        letter.year, letter.number = acting.today.year, _next(session, letter.kind, acting.today.year)
    advance(session, acting, letter, step, year=letter.year, number=letter.number)
    return letter


def send(session: Session, acting: Acting, letter_id: int, version: int, on: date) -> Recommendation:
    """Note the day it went out. Raises Refusal for a day ahead, before its approval, or after the reply is due; NothingFound, Conflict, IllegalMove."""
    letter = hold(session, acting, Recommendation, letter_id, version, "send")
    for_office(acting, letter.office_id, DRAFT)
    approved = day_of(letter.decided_at) if letter.decided_at else on
    if on > acting.today:
        raise Refusal("casework.wrong.in_future", day=on)
    if on < approved or on >= letter.reply_by:
        raise Refusal("rectifying.wrong.sent_on")
    letter.sent_on, letter.sent_by = on, acting.name
    advance(session, acting, letter, "send")
    return letter


def answer_letter(session: Session, acting: Acting, letter_id: int, version: int, on: date, said: str) -> Recommendation:
    """Put the unit's answer on record. Raises Refusal without words, for a day ahead or before it was sent; NothingFound, Conflict, IllegalMove."""
    letter = hold(session, acting, Recommendation, letter_id, version, "answer")
    for_office(acting, letter.office_id, DRAFT)
    if not said.strip():
        raise Refusal("rectifying.wrong.words")
    _between(acting, letter.sent_on, on)
    letter.answered_on, letter.answer, letter.answered_by = on, said.strip(), acting.name
    advance(session, acting, letter, "answer", late=on > letter.reply_by)
    return letter


def revisit_letter(
    session: Session, acting: Acting, letter_id: int, version: int, on: date, said: str, *, adopted: bool
) -> Recommendation:
    """Go and see whether it was followed (回访). Raises Refusal for whoever put the answer on record, without words, for a wrong day; else as above."""
    letter = hold(session, acting, Recommendation, letter_id, version, "revisit")
    for_office(acting, letter.office_id, DRAFT)
    not_the_same(acting.name, letter.answered_by)
    if not said.strip():
        raise Refusal("rectifying.wrong.words")
    _between(acting, letter.answered_on, on)
    letter.revisited_on, letter.revisit, letter.adopted, letter.revisited_by = on, said.strip(), adopted, acting.name
    advance(session, acting, letter, "revisit", adopted=adopted)
    return letter


def _source(session: Session, case_id: int) -> str:
    """Since when it is checked, which the unit saw itself; while nothing was checked no day at all."""
    since = session.scalar(select(func.min(Verification.checked_on)).where(Verification.case_id == case_id))
    if since is None:
        return "我机关在监督检查中发现以下问题"
    return f"我机关自{since.year}年{since.month}月{since.day}日起对你单位有关事项进行核实，发现以下问题"


def _problem(session: Session, case_id: int) -> str:
    """The newest draft's problem, facts, basis and amount; without a draft what the checks found."""
    draft = drafted_in(session, case_id)
    if draft is not None:
        amount = f"涉及金额{draft.amount:,.2f}元。" if draft.amount is not None else ""
        return "\n".join(
            one for one in (draft.problem, draft.facts, amount, f"依据：{draft.basis}" if draft.basis else "") if one
        )
    found = select(Verification.finding).where(
        Verification.case_id == case_id, Verification.result.in_(("substantiated", "partly"))
    )
    return "\n".join(session.scalars(found.order_by(Verification.verification_id)))


def _advice(session: Session, case_id: int) -> str:
    """The measures that the case's items of rectification demand, a line each."""
    measures = select(Rectification.measure).where(Rectification.case_id == case_id, Rectification.status != "withdrawn")
    return "\n".join(dict.fromkeys(session.scalars(measures.order_by(Rectification.item_id))))


def _whole(acting: Acting, office_id: str, said: Wording) -> None:
    if not acting.speaks_for(office_id, DRAFT):
        raise Refusal("casework.wrong.not_your_office")
    if said.kind not in KINDS or not all(getattr(said, part).strip() for part in PARTS):
        raise Refusal("rectifying.wrong.letter_parts")
    if (said.kind == "inspection") != (acting.office(office_id).stream == "inspection"):
        raise Refusal("rectifying.wrong.letter_kind")
    ahead(acting, said.reply_by)


def _between(acting: Acting, first: date | None, on: date) -> None:
    if on > acting.today:
        raise Refusal("casework.wrong.in_future", day=on)
    if first is not None and on < first:
        raise Refusal("rectifying.wrong.too_early", day=first)


def _next(session: Session, kind: str, year: int) -> int:
    """The next number; whoever comes at the same moment waits for this transaction to end."""
    if session.get(LetterCount, (kind, year)) is None:
        try:
            with session.begin_nested():
                session.add(LetterCount(kind=kind, year=year, last=0))
                session.flush()
        except IntegrityError:
            session.expire_all()
    mine = select(LetterCount).where(LetterCount.kind == kind, LetterCount.year == year)
    count = session.scalars(mine.with_for_update().execution_options(populate_existing=True)).one()
    count.last += 1
    session.flush()
    return count.last
