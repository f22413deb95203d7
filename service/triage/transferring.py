"""Handing an alert to another office (移送): it leads from then on; the one it comes from sees it until it is taken or sent back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import NothingFound, Refusal
from service.handover import Handover
from service.store import event, questions
from service.store.alert import Alert
from service.store.assignment import TRANSFERRED, Assignment
from service.store.event import Happening
from service.store.triage import Move, Transfer
from service.triage.hold import hold, hold_free
from service.triage.moving import Before, By, moved
from service.triage.offices import Office
from service.working_days import day_of

DAYS = 5
"""Working days within which what is handed over is taken (检举控告工作规则 16), where the route had none."""


def transfer(session: Session, by: By, fingerprint: str, version: int, to: Office, reason: str, handover: Handover) -> Move:
    """Hand an alert over. Raises NothingFound, Conflict, IllegalMove, and Refusal for an office that leads already or was recused."""
    alert = hold_free(session, by.caller, fingerprint, version)
    before = Before.of(alert)
    living = questions.present_assignments(session, [fingerprint])[fingerprint]
    lead = next((one for one in living if one.role == "lead"), None)
    if lead is not None and lead.office_id == to.office_id:
        raise Refusal("triage.leads_already", office=to.name)
    if any(one.office_id == to.office_id for one in questions.present_recusals(session, fingerprint)):
        raise Refusal("triage.recused", office=to.name)
    alert.change_hands()
    ended = [one for one in living if one.role == "lead" or one.office_id == to.office_id]
    for one in ended:
        one.ended_run = alert.last_run
    made = [_given(alert, "lead", to.office_id, to.stream, reason, lead, handover, by)]
    if lead is not None:
        made.append(_given(alert, "assist", lead.office_id, lead.stream, reason, lead, handover, by))
    asked = Transfer(
        fingerprint=fingerprint, from_office=lead.office_id if lead else None, to_office=to.office_id, reason=reason,
        asked_by=by.caller.name, asked_at=by.now,
    )  # fmt: skip
    session.add_all([*made, asked])
    session.flush()
    before.made |= {
        "ended": [one.assignment_id for one in ended], "given": [one.assignment_id for one in made], "transfer": asked.transfer_id,
    }  # fmt: skip
    told = {"from_office": asked.from_office, "to_office": to.office_id, "reason": reason}
    return moved(
        session, alert, by, "transfer", before, reason=reason, happening=Happening("alert.transferred", fingerprint, told)
    )


def answer(session: Session, by: By, fingerprint: str, version: int, *, take: bool, reason: str = "") -> Transfer:
    """Take what was handed over (签收), or send it back (退回) with a reason.

    Raises Refusal without the reason, NothingFound when nothing waits for an answer, or the caller does not speak for the office; Conflict.
    """
    if not take and not reason:
        raise Refusal("casework.wrong.reason")
    alert = hold(session, by.caller, fingerprint, version)
    asked = waiting(session, fingerprint)
    if asked is None or not speaks_for(by, asked.to_office):
        raise NothingFound("triage.nothing_waits", alert=fingerprint)
    asked.answer, asked.answered_by, asked.answered_at = "taken" if take else "returned", by.caller.name, by.now
    living = questions.present_assignments(session, [fingerprint])[fingerprint]
    handed = [one for one in living if one.route == TRANSFERRED]
    for one in handed:
        if one.role == "assist" or not take:
            one.ended_run = alert.last_run
    if not take:
        origin = next((one for one in handed if one.role == "assist"), None)
        if origin is not None:
            back = {"role": "lead", "because": {"zh": f"退回：{reason}", "en": f"sent back: {reason}"}}
            session.add(Assignment(**{**_plain(origin), **back}))
        alert.change_hands()
    told = {"answer": asked.answer, "reason": reason, "office": asked.to_office}
    event.append(session, [Happening("transfer.answered", fingerprint, told)], by.caller.name, by.now)
    return asked


def waiting(session: Session, fingerprint: str) -> Transfer | None:
    """The transfer that nobody has answered yet."""
    unanswered = select(Transfer).where(Transfer.fingerprint == fingerprint, Transfer.answer.is_(None))
    return session.scalar(unanswered.order_by(Transfer.transfer_id.desc()).limit(1))


def speaks_for(by: By, office_id: str) -> bool:
    """Whether the caller judges for an office: bound to it, or to no office."""
    return any(one.bounds.office_id in (None, office_id) for one in by.caller.within("alerts.judge"))


def _given(
    alert: Alert, role: str, office_id: str | None, stream: str, reason: str, lead: Assignment | None, handover: Handover, by: By
) -> Assignment:
    days = (lead.due_days if lead else None) or DAYS
    due = handover.due("urgent", days, day_of(by.now))
    because = {"zh": f"移送：{reason}", "en": f"handed over: {reason}"}
    return Assignment(
        fingerprint=alert.fingerprint, stream=stream, office_id=office_id, unit_id=None, role=role, route=TRANSFERRED, because=because,
        due_days=days, channel="urgent", batch_on=None, due_on=due.due_on, due_provisional=due.provisional, given_run=alert.last_run,
        ended_run=None,
    )  # fmt: skip


def _plain(one: Assignment) -> dict[str, object]:
    names = ("fingerprint", "stream", "office_id", "unit_id", "role", "route", "because", "due_days", "channel", "batch_on", "due_on",
             "due_provisional", "given_run")  # fmt: skip
    return {**{name: getattr(one, name) for name in names}, "ended_run": None}
