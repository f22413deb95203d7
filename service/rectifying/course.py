"""The courses of rectification and what follows: which step leads from which status to which, and the one place where a status changes."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight_of_rectification import (
    OPINE,
    REPORT,
    calls_seen,
    follows_seen,
    items_seen,
    letters_seen,
    outside_seen,
    tasks_seen,
)
from service.casework.course import Acting
from service.errors import Conflict, IllegalMove, NothingFound
from service.store.event import Event, Happening, append
from service.store.rectifying import Rectification
from service.store.rectifying_after import FormUsed, NameClearing, Revisit, SupervisionTask
from service.store.rectifying_letters import OutsideLead, Recommendation
from service.triage.hold import called
from service.words import say
from service.working_days import LOCAL

WORK, VERIFY, ASSESS = "rectification.work", "rectification.verify", "rectification.assess"
DRAFT, APPROVE = "letters.draft", "letters.approve"
CASEWORK, CASE_APPROVE, CALL = "casework.work", "casework.approve", "revisits.report"
LIVING = ("given", "reported", "verified")
"""An item on its way: somebody is to do something by a day."""
R = TypeVar("R", Rectification, Recommendation, OutsideLead, NameClearing, FormUsed, Revisit, SupervisionTask)


class Step(NamedTuple):
    """From which statuses, to which (None: it stays), and what one must be allowed."""

    before: tuple[str, ...]
    after: str | None
    verb: str


ITEM = {
    "give": Step(("drafted",), "given", ASSESS),
    "withdraw": Step(("drafted",), "withdrawn", WORK),
    "report": Step(("given",), "reported", REPORT),
    "opine": Step(LIVING, None, OPINE),
    "note": Step(LIVING, None, VERIFY),
    "verify": Step(("reported",), "verified", VERIFY),
    "send_back": Step(("reported",), "given", VERIFY),
    "close": Step(("verified",), "closed", ASSESS),
    "return": Step(("verified",), "given", ASSESS),
    "urge": Step(LIVING, None, WORK),
    "recheck": Step(("closed",), "closed", ASSESS),
    "reopen": Step(("closed",), "given", ASSESS),
    "again": Step(("closed",), "given", ""),
}
"""下达, 撤销, 填报, 主管部门意见, 监督检查室意见, 核实, 核实退回, 评估销号, 评估退回, 督办, 回头看, 重新整改, 问题再现。 `again` is the run's, nobody's by hand."""
LETTER = {
    "revise": Step(("drafted", "refused"), "drafted", DRAFT),
    "drop": Step(("drafted", "refused"), "dropped", DRAFT),
    "approve": Step(("drafted",), "approved", APPROVE),
    "refuse": Step(("drafted",), "refused", APPROVE),
    "send": Step(("approved",), "sent", DRAFT),
    "answer": Step(("sent",), "answered", DRAFT),
    "revisit": Step(("answered",), "revisited", DRAFT),
}
OUTSIDE = {
    "take": Step(("received",), "taken", CASEWORK),
    "draft_answer": Step(("taken",), "answering", CASEWORK),
    "approve_answer": Step(("answering",), "answered", CASE_APPROVE),
    "refuse_answer": Step(("answering",), "taken", CASE_APPROVE),
}
CLEARING = {
    "approve": Step(("proposed",), "approved", CASE_APPROVE),
    "refuse": Step(("proposed",), "refused", CASE_APPROVE),
    "carry_out": Step(("approved",), "done", CASEWORK),
}
FORM = {"approve": Step(("proposed",), "approved", CASE_APPROVE), "refuse": Step(("proposed",), "refused", CASE_APPROVE)}
REVISIT = {"done": Step(("planned",), "done", CASEWORK), "called": Step(("planned",), "done", CALL)}
TASK = {
    "report": Step(("open",), "reported", WORK),
    "accept": Step(("reported",), "closed", ASSESS),
    "send_back": Step(("reported",), "open", ASSESS),
    "urge": Step(("open", "reported"), None, ASSESS),
}
COURSES: dict[Any, dict[str, Step]] = {
    Rectification: ITEM, Recommendation: LETTER, OutsideLead: OUTSIDE, NameClearing: CLEARING, FormUsed: FORM, Revisit: REVISIT, SupervisionTask: TASK,
}  # fmt: skip
NOUNS = {
    Rectification: "rectification", Recommendation: "letter", OutsideLead: "outside", NameClearing: "name", FormUsed: "form", Revisit: "revisit",
    SupervisionTask: "task",
}  # fmt: skip
"""What the audit log calls them: `letter.approve`."""
SEEN: dict[Any, Callable[[Caller, str], ColumnElement[bool]]] = {
    Rectification: items_seen,
    Recommendation: letters_seen,
    OutsideLead: outside_seen,
    SupervisionTask: tasks_seen,
    NameClearing: lambda caller, verb: follows_seen(caller, NameClearing.case_id, verb),
    FormUsed: lambda caller, verb: follows_seen(caller, FormUsed.case_id, verb),
    Revisit: lambda caller, verb: calls_seen(caller) if verb == CALL else follows_seen(caller, Revisit.case_id, verb),
}


def statuses(record: Any) -> set[str]:
    """Every status that a course knows."""
    steps = COURSES[record].values()
    return {one for step in steps for one in step.before} | {step.after for step in steps if step.after}


def hold(session: Session, acting: Acting, record: type[R], number: int, version: int, step: str) -> R:
    """The record, locked until the transaction ends, for a step that it can take now.

    Raises NothingFound for one that is not the caller's to do this with, Conflict when it is no more the version they saw,
    IllegalMove when it cannot take the step.
    """
    said = COURSES[record][step]
    key: Any = inspect(record).primary_key[0]
    mine = select(record).where(key == number, SEEN[record](acting.caller, said.verb))
    found = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NothingFound("rectifying.wrong.not_yours", number=number)
    if found.version != version:
        raise Conflict("casework.wrong.changed", **_last_change(session, found.name))
    _may_step(found, step)
    return found


def advance(session: Session, acting: Acting, one: R, step: str, **told: Any) -> None:
    """Take a step: the status it leads to, and the entry in the log (ids, days and counts; no free text)."""
    _may_step(one, step)
    put_on_record(session, one, step, acting.name, acting.now, **told)


def put_on_record(session: Session, one: R, step: str, actor: str, now: Any, **told: Any) -> None:
    """The change itself: status, version and event. For `advance` and the run only."""
    one.status, one.version = COURSES[type(one)][step].after or one.status, one.version + 1
    session.flush()
    body = {"status": one.status, **{name: value for name, value in told.items() if value is not None}}
    append(session, [Happening(f"{NOUNS[type(one)]}.{step}", one.name, body)], actor, now)


def made(session: Session, acting: Acting, one: R, **told: Any) -> R:
    """Keep a new record, with its entry in the log."""
    session.add(one)
    session.flush()
    body = {"status": one.status, **{name: value for name, value in told.items() if value is not None}}
    append(session, [Happening(f"{NOUNS[type(one)]}.made", one.name, body)], acting.name, acting.now)
    return one


def possible(one: Any, caller: Caller) -> list[str]:
    """Steps that the status and the caller's verbs allow, in the order of the course; the act itself may still refuse."""
    return [
        name for name, step in COURSES[type(one)].items() if one.status in step.before and step.verb and caller.may(step.verb)
    ]


def _may_step(one: R, step: str) -> None:
    if one.status not in COURSES[type(one)][step].before:
        noun = NOUNS[type(one)]
        raise IllegalMove(
            "casework.wrong.step",
            step=say(f"rectifying.step.{noun}.{step}"),
            status=say(f"rectifying.status.{noun}.{one.status}"),
        )


def _last_change(session: Session, name: str) -> dict[str, str]:
    last = session.scalar(select(Event).where(Event.about == name).order_by(Event.seq.desc()).limit(1))
    if last is None:
        return {"who": "-", "what": "-", "at": "-"}
    noun, _, step = last.kind.partition(".")
    who = called(session, [last.actor])[last.actor]
    return {"who": who, "what": say(f"rectifying.step.{noun}.{step}"), "at": f"{last.at.astimezone(LOCAL):%m-%d %H:%M}"}
