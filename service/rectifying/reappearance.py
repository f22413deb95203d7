"""The same problem comes back (问题再现): a new alert of the same family of rules on the same unit opens a closed item again."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.indicator import Indicator
from service.casework.periods import Periods
from service.rectifying.assessing import begin_again
from service.rectifying.course import put_on_record
from service.store.alert import ACCEPTED, OPEN, Alert, AlertSignal
from service.store.rectifying import Rectification, RectificationAlert
from service.store.signal import SignalVersion
from service.working_days import day_of


def family(rules: Collection[str], book: Mapping[str, Indicator]) -> set[str]:
    """These rules, and those that stand for the same pattern of the catalogue (they share a tag)."""
    tags = {tag for one in rules if one in book for tag in book[one].tags}
    return {*rules, *(name for name, one in book.items() if tags.intersection(one.tags))}


def open_again(session: Session, book: Mapping[str, Indicator], periods: Periods, now: datetime) -> list[int]:
    """Open every closed item again whose problem came back since; returns which. For the end of a run."""
    again = []
    closed = select(Rectification).where(Rectification.status == "closed", Rectification.closed_at.is_not(None))
    for item in session.scalars(closed.order_by(Rectification.item_id)).all():
        prints = _since(session, item, family(item.rules, book)) if item.rules else []
        if not prints:
            continue
        session.add_all(RectificationAlert(item_id=item.item_id, fingerprint=one, again=True, added_at=now) for one in prints)
        due = periods.due("rectify", day_of(now))
        item.due_on, item.due_provisional = due.due_on, due.provisional
        begin_again(item)
        put_on_record(session, item, "again", "run", now, alerts=prints, round=item.round, due_on=due.due_on.isoformat())
        again.append(item.item_id)
    return again


def _since(session: Session, item: Rectification, rules: Collection[str]) -> list[str]:
    """Living alerts on the unit, opened after the item was closed, that rest on one of the rules."""
    known = select(RectificationAlert.fingerprint).where(RectificationAlert.item_id == item.item_id)
    new = (
        select(Alert.fingerprint)
        .join(AlertSignal, AlertSignal.fingerprint == Alert.fingerprint)
        .join(SignalVersion, (SignalVersion.signal_id == AlertSignal.signal_id) & (SignalVersion.version == AlertSignal.version))
        .where(Alert.unit_id == item.unit_id, Alert.opened_at > item.closed_at, Alert.status.in_((OPEN, ACCEPTED)))
        .where(AlertSignal.last_run == Alert.last_run, SignalVersion.rule.in_(sorted(rules)), Alert.fingerprint.not_in(known))
    )
    return sorted(set(session.scalars(new)))
