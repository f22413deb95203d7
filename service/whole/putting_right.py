"""How units put right what they were told to (整改): the office's own ledger, as far as the caller sees it, and what other systems brought in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight_of_rectification import UNSEEN, items_seen
from service.reading import Reading
from service.store.rectifying import Rectification


@dataclass(frozen=True)
class Rectified:
    """The items of one unit."""

    items: int
    closed: int
    late: int
    """Closed after their day, or open past it."""
    again: int = 0
    """Open a second time, because the problem came back."""


NOTHING = Rectified(0, 0, 0)


def rectified(seen: Reading, caller: Caller, units: Sequence[str], today: date) -> dict[str, Rectified]:
    """Unit -> its items, of both kinds, for those of the units that have any."""
    found = _brought_in(seen, units, today)
    for unit, own in _own(seen.session, caller, today).items():
        if unit in units:
            one = found.get(unit, NOTHING)
            found[unit] = Rectified(one.items + own.items, one.closed + own.closed, one.late + own.late, own.again)
    return found


def whole(session: Session, caller: Caller, today: date) -> Rectified:
    """All items of the office's own ledger that the caller sees."""
    some = _own(session, caller, today).values()
    return Rectified(
        sum(x.items for x in some), sum(x.closed for x in some), sum(x.late for x in some), sum(x.again for x in some)
    )


def _own(session: Session, caller: Caller, today: date) -> dict[str, Rectified]:
    if not caller.may("rectification.read"):
        return {}
    closed = Rectification.status == "closed"
    late = case((closed, func.date(Rectification.closed_at) > Rectification.due_on), else_=Rectification.due_on < today)
    counts = (_count(closed), _count(late), _count(Rectification.round > 1))
    kept = select(Rectification.unit_id, func.count(), *counts).where(items_seen(caller), Rectification.status.not_in(UNSEEN))
    rows = session.execute(kept.group_by(Rectification.unit_id))
    return {str(unit): Rectified(*(int(one or 0) for one in counted)) for unit, *counted in rows}


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))


def _brought_in(seen: Reading, units: Sequence[str], today: date) -> dict[str, Rectified]:
    query = """
        SELECT unit_id, count(*), count(closed_on), count(*) FILTER (WHERE coalesce(closed_on, ?::DATE) > due_on)
        FROM rectification WHERE unit_id IN (SELECT unnest(?)) GROUP BY unit_id
    """
    rows = seen.tables.con.execute(query, [today, list(units)]).fetchall()
    return {str(unit): Rectified(int(items), int(closed), int(late)) for unit, items, closed, late in rows}
