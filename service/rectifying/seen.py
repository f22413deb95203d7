"""The ledger as our own people see it: filtered; one item with everything of it, and which acts are the caller's to do now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from service.access.sight import cases_seen, narrowed
from service.access.sight_of_rectification import items_seen
from service.casework.course import Acting
from service.errors import NothingFound
from service.rectifying.attached import Attached, files_of
from service.rectifying.course import LIVING, possible
from service.rectifying.reporting import newest_report
from service.store.alert import Alert
from service.store.case import CaseFile
from service.store.event import Event
from service.store.record import Record
from service.store.rectifying import Rectification, RectificationAlert, RectificationCheck, RectificationUrge, UnitReport

S = TypeVar("S", bound=Record)
SHOWN = ("open", "overdue", "mine", "closed")
"""在办, 逾期, 等我办, 已销号."""
ORDER = ("verify", "close", "give", "urge", "note", "reopen", "withdraw")
"""The forms of the page: a form of two steps goes by the good one."""
FORMS = {"verify": ("verify", "send_back"), "close": ("close", "return"), "reopen": ("recheck", "reopen")}


@dataclass
class SeenItem:
    """An item with all that belongs to it, oldest first."""

    item: Rectification
    reports: list[UnitReport]
    checks: list[RectificationCheck]
    urges: list[RectificationUrge]
    alerts: list[tuple[Alert, bool]]
    """Those that the caller sees, and whether they brought it back."""
    case: CaseFile | None
    """None when the caller does not see it."""
    history: list[Event]
    files: dict[int, list[Attached]]
    """Report -> its files."""
    first: str | None
    others: list[str] = field(default_factory=list)

    @property
    def actors(self) -> list[str]:
        """Everybody who did something here."""
        return sorted({one.actor for one in self.history if one.actor != "run"})


def ledger(
    session: Session,
    acting: Acting,
    *,
    shown: str = "open",
    unit_id: str | None = None,
    office_id: str | None = None,
    limit: int = 200,
) -> list[Rectification]:
    """Items that the caller sees, those due first; or the closed ones, the last closed first."""
    query = select(Rectification).where(items_seen(acting.caller))
    if shown == "closed":
        query = query.where(Rectification.status.in_(("closed", "withdrawn"))).order_by(Rectification.closed_at.desc())
    else:
        query = query.where(Rectification.status.in_(("drafted", *LIVING))).order_by(Rectification.due_on, Rectification.item_id)
    if shown == "overdue":
        query = query.where(Rectification.status.in_(LIVING), Rectification.due_on < acting.today)
    if unit_id is not None:
        query = query.where(Rectification.unit_id == unit_id)
    if office_id is not None:
        query = query.where(Rectification.office_id == office_id)
    found = list(session.scalars(query.limit(limit)))
    return [one for one in found if _first(session, acting, one)[0]] if shown == "mine" else found


def of_case(session: Session, acting: Acting, case_id: int) -> list[Rectification]:
    """Items that follow from a case."""
    mine = select(Rectification).where(Rectification.case_id == case_id, items_seen(acting.caller))
    return list(session.scalars(mine.order_by(Rectification.item_id)))


def see_item(session: Session, acting: Acting, item_id: int) -> SeenItem:
    """One item. Raises NothingFound for one that is not the caller's to see."""
    item = session.scalar(select(Rectification).where(Rectification.item_id == item_id, items_seen(acting.caller)))
    if item is None:
        raise NothingFound("rectifying.wrong.not_yours", number=item_id)
    case = session.scalar(select(CaseFile).where(CaseFile.case_id == item.case_id, cases_seen(acting.caller)))
    ties = {one.fingerprint: one.again for one in _all(session, RectificationAlert, item_id)}
    alerts = session.scalars(narrowed(select(Alert), acting.caller).where(Alert.fingerprint.in_(ties)))
    history = session.scalars(select(Event).where(Event.about == item.name).order_by(Event.seq))
    first, others = _first(session, acting, item)
    return SeenItem(
        item=item, reports=_all(session, UnitReport, item_id), checks=_all(session, RectificationCheck, item_id),
        urges=_all(session, RectificationUrge, item_id), alerts=[(one, ties[one.fingerprint]) for one in alerts], case=case,
        history=list(history), files=files_of(session, item_id, acting.caller.sees_names), first=first, others=others,
    )  # fmt: skip


def _first(session: Session, acting: Acting, item: Rectification) -> tuple[str | None, list[str]]:
    """The likely act of the caller, and the others: nobody is offered what would be refused."""
    can = possible(item, acting.caller)
    mine = [one for one in ORDER if set(FORMS.get(one, (one,))) & set(can) and _fits(session, acting, item, one)]
    first = next((one for one in mine if one in ("verify", "close", "give", "urge")), None)
    return first, [one for one in mine if one != first]


def _fits(session: Session, acting: Acting, item: Rectification, form: str) -> bool:
    office = {"verify": item.stationed_office_id, "note": item.room_office_id}.get(form, item.office_id)
    verb = {"verify": "rectification.verify", "note": "rectification.verify", "urge": "rectification.work",
            "withdraw": "rectification.work"}.get(form, "rectification.assess")  # fmt: skip
    if office is None or not acting.speaks_for(office, verb):
        return False
    if form == "urge":
        return late(item, acting.today)
    if form == "give":
        return item.opened_by != acting.name
    if form == "reopen":
        return item.closed_by != acting.name
    return form != "close" or acting.name not in (item.opened_by, *_authors(session, item))


def late(item: Rectification, today: date) -> bool:
    """Whether its day is over and somebody still has to act."""
    return item.status in LIVING and item.due_on < today


def _authors(session: Session, item: Rectification) -> Sequence[str]:
    last = newest_report(session, item)
    number = last.report_id if last else None
    verified = select(RectificationCheck.made_by).where(
        RectificationCheck.report_id == number, RectificationCheck.kind == "verify"
    )
    return session.scalars(verified).all()


def _all(session: Session, record: type[S], item_id: int) -> list[S]:
    number: Any = inspect(record).primary_key[0]
    item: Any = record.item_id  # type: ignore[attr-defined]
    return list(session.scalars(select(record).where(item == item_id).order_by(number)))
