"""The course of a case file (流程): which step leads from which status to which, and the one place where a status changes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from ibis.backends.duckdb import Backend
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import cases_seen
from service.casework.periods import Periods, limit
from service.errors import Conflict, IllegalMove, NothingFound, Refusal
from service.store.case import CaseFile, CaseLimit
from service.store.case_people import CaseTransfer
from service.store.event import Event, Happening, append
from service.triage.hold import called
from service.triage.offices import Office
from service.words import say
from service.working_days import LOCAL, day_of

Status = Literal[
    "opened",
    "distributed",
    "verifying",
    "drafted",
    "consulting",
    "prominent",
    "lead",
    "deciding",
    "disposing",
    "reported",
    "closed",
]
STATUSES: tuple[Status, ...] = (
    "opened", "distributed", "verifying", "drafted", "consulting", "prominent", "lead", "deciding", "disposing", "reported", "closed",
)  # fmt: skip
"""待分办, 待签收, 核实中, 已出底稿, 会商中, 突出问题, 问题线索, 处置待批, 处置中, 结果待审, 办结."""
LIVING = STATUSES[:-1]
EARLY: tuple[Status, ...] = ("opened", "distributed", "verifying")
"""Before a draft: whoever takes it over distributes it anew."""
WORK, APPROVE = "casework.work", "casework.approve"


class Step(NamedTuple):
    """From which statuses, to which (None: it stays), what one must be allowed, and whether for the lead office."""

    before: tuple[Status, ...]
    after: Status | None
    verb: str = WORK
    lead: bool = True


STEPS: dict[str, Step] = {
    "distribute": Step(EARLY, "distributed"),
    "acknowledge": Step(("distributed",), "verifying", lead=False),
    "decline": Step(("distributed",), "opened", lead=False),
    "verify": Step(("verifying",), "verifying", lead=False),
    "close_unfounded": Step(("verifying",), "closed", APPROVE),
    "draft": Step(("verifying",), "drafted"),
    "settle": Step(("drafted",), "closed", APPROVE),
    "consult": Step(("drafted",), "consulting"),
    "sign": Step(("consulting",), "consulting", lead=False),
    "promote": Step(("consulting",), "prominent", APPROVE),
    "return": Step(("consulting",), "verifying", APPROVE),
    "sheet": Step(("prominent", "lead"), "lead"),
    "propose": Step(("lead",), "deciding"),
    "refuse": Step(("deciding",), "lead", APPROVE),
    "approve": Step(("deciding",), "disposing", APPROVE),
    "conclude": Step(("deciding",), "closed", APPROVE),
    "ask": Step(("disposing",), "disposing"),
    "answer": Step(("disposing",), "disposing"),
    "report": Step(("disposing",), "reported"),
    "send_back": Step(("reported",), "disposing", APPROVE),
    "accept": Step(("reported",), "lead", APPROVE),
    "file": Step(("reported",), "closed", APPROVE),
    "transfer": Step((*EARLY, "drafted", "prominent", "lead"), None),
    "refuse_transfer": Step((*EARLY, "drafted", "prominent", "lead"), None, lead=False),
    "take_early": Step(EARLY, "opened", lead=False),
    "take_later": Step(("drafted", "prominent", "lead"), None, lead=False),
    "add_alert": Step((*EARLY, "drafted"), None),
    "answer_joining": Step(LIVING, None),
    "urge": Step(LIVING, None, APPROVE),
    "recuse": Step(LIVING, None, lead=False),
    "decide_recusal": Step(LIVING, None, APPROVE),
    "ask_extension": Step(LIVING, None, lead=False),
    "decide_extension": Step(LIVING, None, APPROVE),
    "leave_early": Step(EARLY, "opened", APPROVE),
    "group": Step(LIVING, None),
    "hand_above": Step(LIVING, "closed", APPROVE),
}
"""Every step that there is. Opening is none: it makes the file."""


@dataclass(frozen=True)
class Acting:
    """Who acts, when, and what is known beside the store: periods, offices, and the lake's tables where ties are looked up."""

    caller: Caller
    now: datetime
    periods: Periods
    offices: dict[str, Office] = field(default_factory=dict)
    tables: Backend | None = None
    years: int = 5
    """For how many years somebody counts as an earlier colleague."""

    @property
    def name(self) -> str:
        return self.caller.name

    @property
    def today(self) -> date:
        return day_of(self.now)

    def office(self, office_id: str) -> Office:
        """Raises Refusal for an office that is not there."""
        if office_id not in self.offices:
            raise Refusal("casework.wrong.no_office", office=office_id)
        return self.offices[office_id]

    def speaks_for(self, office_id: str, verb: str = WORK) -> bool:
        """Whether the caller does this for an office: bound to it, or to no office."""
        return any(one.bounds.office_id in (None, office_id) for one in self.caller.within(verb))


def hold(session: Session, acting: Acting, case_id: int, version: int, step: str) -> CaseFile:
    """The case file, locked until the transaction ends, for a step that it can take now.

    Raises NothingFound for one that is not the caller's to do this with, Conflict when it is no more the version they saw,
    IllegalMove when it cannot take the step, or waits for another office to take it over.
    """
    said = STEPS[step]
    mine = select(CaseFile).where(CaseFile.case_id == case_id, cases_seen(acting.caller, said.verb))
    case = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if case is None:
        raise NothingFound("casework.wrong.not_yours", case=case_id)
    if said.lead and not acting.speaks_for(case.office_id, said.verb):
        raise Refusal("casework.wrong.lead_only")
    if case.version != version:
        raise Conflict("casework.wrong.changed", **_last_change(session, case))
    if case.status not in said.before:
        raise IllegalMove("casework.wrong.step", step=say(f"casework.step.{step}"), status=say(f"casework.status.{case.status}"))
    if step not in ("take_early", "take_later", "refuse_transfer") and waiting_transfer(session, case_id) is not None:
        raise IllegalMove("casework.wrong.in_transfer")
    return case


def advance(session: Session, acting: Acting, case: CaseFile, step: str, **told: Any) -> None:
    """Take a step: the status it leads to, the nearest limit, and the entry in the log (ids and names of fields, no free text)."""
    said = STEPS[step]
    if case.status not in said.before:
        raise IllegalMove("casework.wrong.step", step=say(f"casework.step.{step}"), status=say(f"casework.status.{case.status}"))
    case.status, case.version = said.after or case.status, case.version + 1
    session.flush()
    settle_due(session, case)
    body = {"status": case.status, **{name: value for name, value in told.items() if value is not None}}
    append(session, [Happening(f"case.{step}", case.name, body)], acting.name, acting.now)


def not_the_same(by: str, *authors: str | None) -> None:
    """Raises Refusal when somebody would approve what is their own."""
    if by in authors:
        raise Refusal("casework.wrong.same_person")


def waiting_transfer(session: Session, case_id: int) -> CaseTransfer | None:
    """The transfer that the other office has not answered yet."""
    return session.scalar(select(CaseTransfer).where(CaseTransfer.case_id == case_id, CaseTransfer.answer.is_(None)).limit(1))


def start_limit(session: Session, acting: Acting, case: CaseFile, period: str, about: str, starts_on: date) -> CaseLimit:
    """A time limit begins to run. Raises Refusal when no version of it held on that day."""
    made = limit(case.case_id, period, about, starts_on, acting.periods.due(period, starts_on))
    session.add(made)
    return made


def meet(
    session: Session, case: CaseFile, now: datetime, *, period: str | None = None, about: Iterable[str] | None = None
) -> None:
    """Limits that were kept or fell away: of a period, of certain things, or (neither said) all."""
    open_ = select(CaseLimit).where(CaseLimit.case_id == case.case_id, CaseLimit.met_at.is_(None))
    if period is not None:
        open_ = open_.where(CaseLimit.period == period)
    if about is not None:
        open_ = open_.where(CaseLimit.about.in_(list(about)))
    for one in session.scalars(open_):
        one.met_at = now


def settle_due(session: Session, case: CaseFile) -> None:
    """The case file is due when the first of its open limits is."""
    open_ = select(CaseLimit).where(CaseLimit.case_id == case.case_id, CaseLimit.met_at.is_(None))
    first = session.scalar(open_.order_by(CaseLimit.due_on, CaseLimit.limit_id).limit(1))
    case.due_on, case.due_provisional = (first.due_on, first.provisional) if first is not None else (None, False)


def _last_change(session: Session, case: CaseFile) -> dict[str, str]:
    last = session.scalar(select(Event).where(Event.about == case.name).order_by(Event.seq.desc()).limit(1))
    if last is None:
        return {"who": "-", "what": "-", "at": "-"}
    what = say(f"casework.step.{last.kind.removeprefix('case.')}")
    return {"who": called(session, [last.actor])[last.actor], "what": what, "at": f"{last.at.astimezone(LOCAL):%m-%d %H:%M}"}
