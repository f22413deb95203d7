"""What ids are called: units, offices, villages, programmes, firms, tenders; people by their (masked) name."""

from collections.abc import Iterable

from ibis.backends.duckdb import Backend

from datasets.contract import Contracts, subject_kinds
from service.words import either, say

NAMED_BY = ("name", "title")
PATTERN = "pattern"
"""The kind of subject of an alert about a problem common to units."""


class Names:
    """Looks names up in the lake, many at a time, and remembers them."""

    def __init__(self, tables: Backend, contracts: Contracts) -> None:
        self._tables = tables
        kinds = {
            **subject_kinds(contracts),
            **{table: (table, one.key[0]) for table, one in contracts.items() if len(one.key) == 1},
        }
        kinds |= {"village": kinds["area"], "official": kinds["person"]}
        self._columns = {
            kind: (table, column, name)
            for kind, (table, column) in kinds.items()
            for name in NAMED_BY
            if name in contracts[table].columns
        }
        self._known: dict[tuple[str, str], str] = {}
        self._kinds = contracts["unit"].columns["kind"].words

    def learn(self, kind: str, ids: Iterable[str | None]) -> None:
        """Fetch the names of these ids; kinds without a name column are passed over."""
        wanted = sorted({one for one in ids if one and (kind, one) not in self._known})
        if not wanted or kind not in self._columns:
            return
        table, column, name = self._columns[kind]
        query = f'SELECT "{column}", max("{name}") FROM "{table}" WHERE "{column}" IN (SELECT unnest(?)) GROUP BY 1'  # noqa: S608 - names of contracts
        rows = self._tables.con.execute(query, [wanted]).fetchall()
        self._known.update({(kind, str(one)): str(called) for one, called in rows if called})

    def of(self, kind: str, one: str | None) -> str:
        """The name with the id behind it, the id alone when it has no name, `-` for none."""
        if one is None:
            return "-"
        if kind == PATTERN:
            return self._pattern(one)
        self.learn(kind, [one])
        called = self._known.get((kind, one))
        return say("value.named", name=called, id=one) if called else one

    def short(self, kind: str, one: str | None) -> str:
        """The name alone, else the id."""
        if one is None:
            return "-"
        if kind == PATTERN:
            return self._pattern(one)
        self.learn(kind, [one])
        return self._known.get((kind, one), one)

    def _pattern(self, one: str) -> str:
        """What is wrong with a unit, or what is common to units: the rule (whose title the caller puts in) and their kind."""
        rule, bar, kind = one.partition("|")
        if not bar:
            return say(f"pattern.{one}")
        return say("value.pattern", rule=rule, kind=either(self._kinds[kind]) if kind in self._kinds else kind)
