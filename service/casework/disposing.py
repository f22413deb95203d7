"""Disposal (处置): drafted by one, approved by another who is entitled to, carried out, reported, and the report accepted by another again."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.role import roles
from service.casework.claims import end
from service.casework.course import APPROVE, Acting, advance, hold, meet, not_the_same, start_limit
from service.casework.leads import newest_lead
from service.casework.ways import WAYS, Ways
from service.errors import NothingFound, Refusal
from service.store.case import CaseFile
from service.store.case_lead import Disposal

MANNERS = ("talk", "letter")
RESULTS = ("unfounded", "minor", "filed", "unclear")
"""不属实, 情节轻微（批评教育、谈话提醒）, 需要立案, 尚未查清."""


@dataclass(frozen=True)
class Opinion:
    """What is proposed."""

    way: str
    opinion: str
    plan: str
    manner: str | None = None


def propose(session: Session, acting: Acting, case_id: int, version: int, said: Opinion) -> Disposal:
    """Draft the disposal opinion with its plan. Raises Refusal for one that is not whole; NothingFound, Conflict, IllegalMove."""
    case = hold(session, acting, case_id, version, "propose")
    lead = newest_lead(session, case_id)
    manner = said.manner if said.way == "talk" else None
    whole = said.way in WAYS and said.opinion.strip() and said.plan.strip() and (said.way != "talk" or manner in MANNERS)
    if lead is None or not whole:
        raise Refusal("casework.wrong.opinion_parts")
    made = Disposal(
        case_id=case_id, lead_id=lead.lead_id, way=said.way, manner=manner, opinion=said.opinion.strip(), plan=said.plan.strip(),
        status="drafted", drafted_by=acting.name, drafted_at=acting.now, decided_by=None, decided_at=None, decision_reason=None,
        asked_on=None, answered_on=None, countersigned=False, result=None, report=None, reported_by=None, reported_at=None,
        accepted_by=None, accepted_at=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    meet(session, case, acting.now, period="opinion")
    meet(session, case, acting.now, period="task")
    advance(session, acting, case, "propose", disposal=made.disposal_id, way=said.way)
    return made


def decide(session: Session, acting: Acting, ways: Ways, case_id: int, version: int, *, agree: bool, reason: str) -> CaseFile:
    """Approve the opinion, or refuse it with a reason. What is to be concluded closes; else the way's time begins to run.

    Raises Refusal for who drafted it, has no role that approves this way, or gives no reason; NothingFound, Conflict, IllegalMove.
    """
    made = current(session, case_id)
    step = "refuse" if not agree else "conclude" if made.way == "conclude" else "approve"
    case = hold(session, acting, case_id, version, step)
    not_the_same(acting.name, made.drafted_by)
    way = ways.ways[made.way]  # type: ignore[index]
    if not entitled(acting, way.approved_by):
        raise Refusal("casework.wrong.not_entitled")
    if not agree and not reason.strip():
        raise Refusal("casework.wrong.reason")
    made.status, made.decided_by, made.decided_at = "approved" if agree else "refused", acting.name, acting.now
    made.decision_reason = reason.strip() or None
    if step == "approve" and way.limit is not None:
        start_limit(session, acting, case, way.limit, f"disposal:{made.disposal_id}", acting.today)
    if step == "conclude":
        made.status = "done"
        end(session, acting, case, "concluded")
    advance(session, acting, case, step, disposal=made.disposal_id, way=made.way, outcome=case.outcome)
    return case


def ask(session: Session, acting: Acting, case_id: int, version: int, on: date) -> Disposal:
    """Note the talk that was held, or the letter that was sent: the time for the conclusion, or for the answer, begins to run.

    Raises Refusal for another way, a second time, or a day ahead; NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "ask")
    made = current(session, case_id)
    if made.way != "talk" or made.asked_on is not None:
        raise Refusal("casework.wrong.not_to_ask")
    _not_ahead(acting, on)
    made.asked_on = on
    period = "answer" if made.manner == "letter" else "talk_report"
    start_limit(session, acting, case, period, f"disposal:{made.disposal_id}", on)
    advance(session, acting, case, "ask", disposal=made.disposal_id, manner=made.manner)
    return made


def answer(session: Session, acting: Acting, case_id: int, version: int, on: date, *, countersigned: bool) -> Disposal:
    """Note the written answer, which the unit's Party head signs: the time for the conclusion begins to run.

    Raises Refusal when no letter is out, for a day before it or ahead, and without that signature; NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "answer")
    made = current(session, case_id)
    if made.manner != "letter" or made.asked_on is None or made.answered_on is not None or on < made.asked_on:
        raise Refusal("casework.wrong.no_letter")
    if not countersigned:
        raise Refusal("casework.wrong.countersigned")
    _not_ahead(acting, on)
    made.answered_on, made.countersigned = on, True
    about = f"disposal:{made.disposal_id}"
    meet(session, case, acting.now, period="answer", about=[about])
    start_limit(session, acting, case, "talk_report", about, on)
    advance(session, acting, case, "answer", disposal=made.disposal_id)
    return made


def report(session: Session, acting: Acting, case_id: int, version: int, result: str, said: str) -> Disposal:
    """Report what came of it. Raises Refusal without words, or before a talk was held or answered; NothingFound, Conflict, IllegalMove."""
    case = hold(session, acting, case_id, version, "report")
    made = current(session, case_id)
    if result not in RESULTS or not said.strip():
        raise Refusal("casework.wrong.report")
    heard = made.answered_on if made.manner == "letter" else made.asked_on
    if made.way == "talk" and heard is None:
        raise Refusal("casework.wrong.not_heard")
    if result == "filed" and made.way != "check":
        raise Refusal("casework.wrong.file_after_check")
    made.status, made.result, made.report = "reported", result, said.strip()
    made.reported_by, made.reported_at = acting.name, acting.now
    advance(session, acting, case, "report", disposal=made.disposal_id, result=result)
    return made


def accept(
    session: Session, acting: Acting, ways: Ways, case_id: int, version: int, *, agree: bool, reason: str = ""
) -> CaseFile:
    """Accept the report: filed matters (立案) leave casework, others get their next opinion; or send it back with a reason.

    Raises Refusal for whoever reported, for who has no role that approves this way, and for sending back without a reason; NothingFound,
    Conflict, IllegalMove.
    """
    made = current(session, case_id)
    step = "send_back" if not agree else "file" if made.result == "filed" else "accept"
    case = hold(session, acting, case_id, version, step)
    not_the_same(acting.name, made.reported_by)
    if not entitled(acting, ways.ways[made.way].approved_by):  # type: ignore[index]
        raise Refusal("casework.wrong.not_entitled")
    if not agree and not reason.strip():
        raise Refusal("casework.wrong.reason")
    if not agree:
        made.status, made.return_reason = "approved", reason.strip()
    else:
        made.status, made.accepted_by, made.accepted_at = "done", acting.name, acting.now
        meet(session, case, acting.now, about=[f"disposal:{made.disposal_id}"])
    if step == "file":
        end(session, acting, case, "filed")
    elif step == "accept":
        start_limit(session, acting, case, "opinion", "case", acting.today)  # the next opinion is due as the first one was
    advance(session, acting, case, step, disposal=made.disposal_id, result=made.result, outcome=case.outcome)
    return case


def current(session: Session, case_id: int) -> Disposal:
    """The opinion that is drafted, under way or reported. Raises NothingFound."""
    mine = select(Disposal).where(Disposal.case_id == case_id, Disposal.status.in_(("drafted", "approved", "reported")))
    found = session.scalar(mine.order_by(Disposal.disposal_id.desc()).limit(1))
    if found is None:
        raise NothingFound("casework.wrong.no_disposal")
    return found


def entitled(acting: Acting, wanted: tuple[str, ...]) -> bool:
    """Whether the caller holds one of these roles."""
    return any(one.role == roles()[name] for one in acting.caller.within(APPROVE) for name in wanted)


def _not_ahead(acting: Acting, on: date) -> None:
    if on > acting.today:
        raise Refusal("casework.wrong.in_future", day=on)
