"""How units put right what they were told to (整改), from the office's ledger and from what other systems brought in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ibis.backends.duckdb import Backend


@dataclass(frozen=True)
class Rectified:
    """The items of one unit."""

    items: int
    closed: int
    late: int
    """Closed after their day, or open past it."""


NOTHING = Rectified(0, 0, 0)


def rectified(tables: Backend, units: Sequence[str], today: date) -> dict[str, Rectified]:
    """Unit -> its items on record, for those of the units that have any."""
    query = """
        SELECT unit_id, count(*), count(closed_on), count(*) FILTER (WHERE coalesce(closed_on, ?::DATE) > due_on)
        FROM rectification WHERE unit_id IN (SELECT unnest(?)) GROUP BY unit_id
    """
    rows = tables.con.execute(query, [today, list(units)]).fetchall()
    return {str(unit): Rectified(int(items), int(closed), int(late)) for unit, items, closed, late in rows}
