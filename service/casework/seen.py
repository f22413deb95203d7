"""A case file as people see it: everything that stands in it, what is due and why, and which acts are the caller's to do now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from service.access.sight import cases_seen, narrowed
from service.casework.consulting import opinions
from service.casework.course import APPROVE, STEPS, WORK, Acting, waiting_transfer
from service.casework.disposing import entitled
from service.casework.distributing import overdue
from service.casework.extending import extendable, extensions_of
from service.casework.offered import Offered, offered
from service.casework.ties import alerts_of
from service.casework.ways import Ways
from service.errors import NothingFound
from service.store import questions
from service.store.alert import ACCEPTED, Alert
from service.store.case import CaseClaim, CaseFile, CaseLimit, CaseOffice
from service.store.case_lead import Disposal, Lead
from service.store.case_people import CaseHelper, CaseRecusal, CaseTransfer, Expert
from service.store.case_work import CaseExtension, CaseTask, Consultation, Draft, Opinion, Verification
from service.store.event import Event
from service.store.record import Record

R = TypeVar("R", bound=Record)


@dataclass
class Seen:
    """A case file with all that belongs to it, oldest first."""

    case: CaseFile
    alerts: list[Alert]
    tasks: list[CaseTask]
    verifications: list[Verification]
    drafts: list[Draft]
    consultations: list[tuple[Consultation, list[Opinion]]]
    leads: list[Lead]
    disposals: list[Disposal]
    transfers: list[CaseTransfer]
    recusals: list[CaseRecusal]
    offices: list[CaseOffice]
    helpers: list[tuple[CaseHelper, Expert]]
    limits: list[CaseLimit]
    extensions: list[CaseExtension]
    extendable: list[CaseLimit]
    history: list[Event]
    late: list[CaseLimit]
    offered: Offered
    evidence: list[dict[str, Any]] = field(default_factory=list)
    """Rows of the lake that its alerts rest on: {table, key}."""

    @property
    def sent_back(self) -> tuple[Event, str] | None:
        """The entry by which it was last sent back (退回) and why, while nothing has moved it on since."""
        moved = (one for one in reversed(self.history) if _moves(one.kind.removeprefix("case.")))
        last = next(moved, None)
        reason = "" if last is None else self._why(last.kind.removeprefix("case."))
        return (last, reason) if last is not None and reason else None

    def _why(self, step: str) -> str:
        decided = [called.decision_reason for called, _ in self.consultations if called.decision == "return"]
        said = {
            "decline": [one.answer_reason for one in self.tasks if one.answer == "declined"],
            "return": decided,
            "refuse": [one.decision_reason for one in self.disposals if one.status == "refused"],
            "send_back": [one.return_reason for one in self.disposals],
            "refuse_transfer": [one.answer_reason for one in self.transfers if one.answer == "refused"],
        }.get(step, [])
        return next((one for one in reversed(said) if one), "")

    @property
    def actors(self) -> list[str]:
        """Everybody who did something here."""
        consulted = [one for called, _ in self.consultations for one in called.participants]
        present = [one for record in self.verifications for one in record.present]
        handled = [one.handler for one in self.tasks if one.handler]
        recused = [one.caller for one in self.recusals]
        said = [one.actor for one in self.history]
        own = [self.case.handler] if self.case.handler else []
        return sorted({*consulted, *present, *handled, *recused, *said, *own})


def see(session: Session, acting: Acting, ways: Ways, case_id: int) -> Seen:
    """One case file. Raises NothingFound for one that is not the caller's to see."""
    case = session.scalar(select(CaseFile).where(CaseFile.case_id == case_id, cases_seen(acting.caller)))
    if case is None:
        raise NothingFound("casework.wrong.not_yours", case=case_id)
    called = _all(session, Consultation, case_id)
    helpers = select(CaseHelper, Expert).join(Expert).where(CaseHelper.case_id == case_id, CaseHelper.ended_at.is_(None))
    history = select(Event).where(Event.about == case.name).order_by(Event.seq)
    prints = alerts_of(session, case)
    consultations = [(one, opinions(session, one)) for one in called]
    disposals, drafts, verifications = (
        _all(session, Disposal, case_id),
        _all(session, Draft, case_id),
        _all(session, Verification, case_id),
    )
    tasks, recusals = _all(session, CaseTask, case_id), _all(session, CaseRecusal, case_id)
    joining = _all(session, CaseOffice, case_id)
    late = overdue(session, acting, case)
    extensions, may_extend = extensions_of(session, case_id), extendable(session, case_id)
    acts = offered(
        acting, case, tasks=tasks, verifications=verifications, drafts=drafts, consultations=consultations, disposals=disposals,
        recusals=recusals, joining=joining, late=bool(late), transfer=waiting_transfer(session, case_id), extensions=extensions,
        extendable=bool(may_extend),
        approves=frozenset(name for name, way in ways.ways.items() if entitled(acting, way.approved_by)),
    )  # fmt: skip
    return Seen(
        case=case, alerts=[session.get_one(Alert, one) for one in prints], tasks=tasks, verifications=verifications, drafts=drafts,
        consultations=consultations, leads=_all(session, Lead, case_id), disposals=disposals, transfers=_all(session, CaseTransfer, case_id),
        recusals=recusals, offices=joining, helpers=[(one, expert) for one, expert in session.execute(helpers.order_by(CaseHelper.helper_id))],
        limits=_all(session, CaseLimit, case_id), extensions=extensions, extendable=may_extend, history=list(session.scalars(history)), late=late, offered=acts,
        evidence=_evidence(session, prints),
    )  # fmt: skip


def cases(session: Session, acting: Acting, *, closed: bool = False, mine: bool = False, limit: int = 200) -> list[CaseFile]:
    """Case files that the caller sees: those due first, then the newest; or the closed ones, the last closed first."""
    query = select(CaseFile).where(cases_seen(acting.caller))
    query = query.where(CaseFile.status == "closed") if closed else query.where(CaseFile.status != "closed")
    if mine:
        query = query.where(CaseFile.handler == acting.name)
    order = (CaseFile.closed_at.desc(),) if closed else (CaseFile.due_on.is_(None), CaseFile.due_on)
    return list(session.scalars(query.order_by(*order, CaseFile.case_id.desc()).limit(limit)))


def to_open(session: Session, acting: Acting, limit: int = 50) -> list[Alert]:
    """Accepted alerts of the caller's that no open case file works on: the highest priority first."""
    taken = select(CaseClaim.key).where(CaseClaim.kind == "alert")
    mine = narrowed(select(Alert), acting.caller, WORK).where(Alert.status == ACCEPTED, Alert.fingerprint.not_in(taken))
    judged = or_(Alert.holder == acting.name, Alert.holder.is_not(None))
    return list(session.scalars(mine.where(judged).order_by(Alert.priority.desc(), Alert.fingerprint).limit(limit)))


def may_approve(acting: Acting, case: CaseFile) -> bool:
    """Whether the caller approves for the lead office."""
    return acting.speaks_for(case.office_id, APPROVE)


def _moves(step: str) -> bool:
    """Whether a step leads on; what leaves the status as it was (督办, 回避, 延期) covers no reason up."""
    known = STEPS.get(step)
    return step == "refuse_transfer" or (known is not None and known.after is not None)


def _all(session: Session, record: type[R], case_id: int) -> list[R]:
    number: Any = inspect(record).primary_key[0]
    case: Any = record.case_id  # type: ignore[attr-defined]
    return list(session.scalars(select(record).where(case == case_id).order_by(number)))


def _evidence(session: Session, prints: Sequence[str], most: int = 12) -> list[dict[str, Any]]:
    found = [
        {"table": table, "key": key}
        for signals in questions.present_signals(session, list(prints)).values()
        for one in signals
        for table, keys in one.body.get("evidence", {}).items()
        for key in keys
        if table != "signal"
    ]
    unique = {(one["table"], one["key"]): one for one in found}
    return list(unique.values())[:most]
