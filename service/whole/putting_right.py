"""How units put right what they were told to (整改): the office's own ledger, as far as the caller sees it, and what other systems brought in."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight_of_rectification import UNSEEN, items_seen
from service.reading import Reading
from service.store.rectifying import Rectification
from service.working_days import day_of


@dataclass(frozen=True)
class Rectified:
    """The items of one unit."""

    items: int
    closed: int
    late: int
    """Closed after their day, or open past it."""
    again: int = 0
    """Open a second time, because the problem came back."""

    def __add__(self, more: "Rectified") -> "Rectified":
        return Rectified(self.items + more.items, self.closed + more.closed, self.late + more.late, self.again + more.again)


NOTHING = Rectified(0, 0, 0)


def rectified(seen: Reading, caller: Caller, units: Sequence[str], today: date) -> dict[str, Rectified]:
    """Unit -> its items, of both kinds, for those of the units that have any."""
    found = _brought_in(seen, units, today)
    for unit, own in _own(seen.session, caller, today).items():
        if unit in units:
            found[unit] = found.get(unit, NOTHING) + own
    return found


def whole(session: Session, caller: Caller, today: date) -> Rectified:
    """All items of the office's own ledger that the caller sees."""
    return sum(_own(session, caller, today).values(), NOTHING)


def _own(session: Session, caller: Caller, today: date) -> dict[str, Rectified]:
    if not caller.may("rectification.read"):
        return {}
    asked = select(Rectification.unit_id, Rectification.due_on, Rectification.closed_at, Rectification.round)
    found: dict[str, Rectified] = defaultdict(lambda: NOTHING)
    for unit, due_on, closed_at, turn in session.execute(asked.where(items_seen(caller), Rectification.status.not_in(UNSEEN))):
        # asked here, for databases know no day where the offices are
        ended = day_of(closed_at) if closed_at else today
        found[unit] += Rectified(1, int(closed_at is not None), int(ended > due_on), int(turn > 1))
    return found


def _brought_in(seen: Reading, units: Sequence[str], today: date) -> dict[str, Rectified]:
    query = """
        SELECT unit_id, count(*), count(closed_on), count(*) FILTER (WHERE coalesce(closed_on, ?::DATE) > due_on)
        FROM rectification WHERE unit_id IN (SELECT unnest(?)) GROUP BY unit_id
    """
    rows = seen.tables.con.execute(query, [today, list(units)]).fetchall()
    return {str(unit): Rectified(int(items), int(closed), int(late)) for unit, items, closed, late in rows}
