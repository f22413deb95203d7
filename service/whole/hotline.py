"""How units handled the hotline's orders (热线办理): late, not satisfied, raised again. Merged repeats are one order (国办函〔2025〕66号).

Accusations (检举控告) are no orders to be handled and are not counted: a portrait must not tell that there are any.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ibis.backends.duckdb import Backend

TOPICS = 5
"""Categories that are named as the reason."""


@dataclass(frozen=True)
class Handling:
    """The orders of one unit: how many, and of how many each thing is known and true."""

    orders: int
    late: int
    dated: int
    """Orders whose time limit is known, of which `late` were late."""
    unhappy: int
    asked: int
    """Orders whose caller was asked, of which `unhappy` were not satisfied or not helped."""
    again: int
    """Orders that raise again what an earlier one was about."""


NOTHING = Handling(0, 0, 0, 0, 0, 0)
_ORDERS = "merged_into IS NULL AND coalesce(regime, 'ordinary') <> 'accusation'"
_DUE = "coalesce(extended_to, due_at)"


def handling(tables: Backend, units: Sequence[str], as_of: object) -> dict[str, Handling]:
    """Unit -> its orders, for those of the units that have any; an open order is late when its limit lies before `as_of`."""
    query = f"""
        SELECT unit_id, count(*),
               count(*) FILTER (WHERE coalesce(closed_at, ?::TIMESTAMP) > {_DUE}), count(*) FILTER (WHERE {_DUE} IS NOT NULL),
               count(*) FILTER (WHERE solved = false OR satisfied = false),
               count(*) FILTER (WHERE solved IS NOT NULL OR satisfied IS NOT NULL), count(*) FILTER (WHERE related_id IS NOT NULL)
        FROM ticket WHERE {_ORDERS} AND unit_id IN (SELECT unnest(?)) GROUP BY unit_id
    """  # noqa: S608 - fixed parts of this module
    rows = tables.con.execute(query, [as_of, list(units)]).fetchall()
    return {str(unit): Handling(*(int(one) for one in rest)) for unit, *rest in rows}


def categories(tables: Backend, unit: str) -> list[tuple[str, int]]:
    """What a unit's orders are about, most first."""
    query = f"""
        SELECT category, count(*) FROM ticket WHERE {_ORDERS} AND unit_id = ? AND category IS NOT NULL
        GROUP BY category ORDER BY 2 DESC, 1 LIMIT ?
    """  # noqa: S608 - fixed parts of this module
    return [(str(name), int(count)) for name, count in tables.con.execute(query, [unit, TOPICS]).fetchall()]


def records(tables: Backend, units: Sequence[str]) -> dict[str, int]:
    """Unit -> payments, tenders and orders on record that it answers for: how much there was to find something in."""
    query = """
        SELECT unit_id, sum(n) FROM (
            SELECT unit_id, count(*) AS n FROM subsidy_payment GROUP BY 1 UNION ALL
            SELECT unit_id, count(*) FROM ticket GROUP BY 1 UNION ALL
            SELECT buyer_id, count(*) FROM tender GROUP BY 1
        ) WHERE unit_id IN (SELECT unnest(?)) GROUP BY 1
    """
    return {str(unit): int(count) for unit, count in tables.con.execute(query, [list(units)]).fetchall()}
