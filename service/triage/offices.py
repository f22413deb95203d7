"""The supervision offices that an alert can be handed to."""

from typing import NamedTuple

from ibis.backends.duckdb import Backend


class Office(NamedTuple):
    """A supervision office (监督机构)."""

    office_id: str
    name: str
    stream: str


def offices(tables: Backend) -> dict[str, Office]:
    """Every office by its id, by stream and name."""
    rows = tables.con.execute("SELECT office_id, max(name), max(stream) FROM office GROUP BY 1 ORDER BY 3, 2, 1").fetchall()
    return {str(one): Office(str(one), str(name), str(stream)) for one, name, stream in rows}
