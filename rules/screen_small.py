"""Small tables (小表): the rows that decide about a few subjects, and the rules' SELECTs over them, planned once and run many times.

Nothing is created or dropped between two screenings, so that plans stay good; only contents change. Plans are made without the
optimizer: one that was optimized is planned again whenever it is run, which takes longer than running it over so few rows.
Contents are put in by a transaction that is never committed: rows deleted for good would stay in the tables and be read over.
"""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from rules.empty_tables import create
from rules.screen_columns import Hashes, among, hashes

NO_ROWS = pa.table({"subject_id": pa.array([], pa.string())})


class Box:
    """What a name stands for in the database: another Arrow table each time it is read, always with the same columns."""

    def __init__(self, name: str, content: pa.Table) -> None:
        self.name, self.content = name, content

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The content, for whoever reads Arrow."""
        return self.content.__arrow_c_stream__(requested_schema)


class Small:
    """Tables in memory with the columns given (table -> column -> type), empty at first."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 1")
        self.connection.execute("PRAGMA disable_optimizer")
        for name, columns in tables.items():
            create(self.connection, name, columns)
        self.kept: set[str] = set()
        """Tables that are there whole, between screenings too."""
        self._left: set[str] = set()
        """Tables that are no longer kept and still hold what was."""
        self._contents: dict[str, pa.Table] | None = None
        """What the transaction holds; None: there is none."""
        self._boxes: dict[str, Box] = {}
        self._plans: dict[str, str] = {}
        """What was prepared under each name."""
        self._outputs: dict[str, tuple[str, ...]] = {}
        """The output columns of each."""

    def close(self) -> None:
        """Let go of it."""
        self.connection.close()

    def fill(self, contents: Mapping[str, pa.Table]) -> None:
        """Have these rows and no others in the tables; what is kept stays as it is."""
        self._leave()
        for name in self._left:
            self.connection.execute(f'DELETE FROM "{name}"')  # noqa: S608 - contracts' names
        self._left.clear()
        self._contents = {name: rows for name, rows in contents.items() if name not in self.kept}
        self._enter()

    def keep(self, name: str, rows: pa.Table) -> None:
        """Have all of a table, and leave it there: a calendar, the limits of the law."""
        self._leave()
        self.connection.execute(f'DELETE FROM "{name}"')  # noqa: S608 - contracts' names
        self._put(name, rows)
        self._left.discard(name)
        self.kept.add(name)

    def unkeep(self, name: str) -> None:
        """Keep a table no longer."""
        if name in self.kept:
            self.kept.discard(name)
            self._left.add(name)

    def run(self, name: str, select: str) -> list[tuple[object, ...]]:
        """The rows of a SELECT, which is planned when its name stands for another one or for none."""
        if self._plans.get(name) != select:
            self.connection.execute(f"PREPARE {name} AS {select}")
            self._plans[name] = select
            self._outputs.pop(name, None)
        try:
            found: list[tuple[object, ...]] = self.connection.execute(f"EXECUTE {name}").fetchall()
        except duckdb.Error:
            self._enter_again()  # it took the transaction with it
            raise
        return found

    def rows(self, name: str, select: str, subjects: Hashes) -> pa.Table:
        """The same as Arrow, when any of them is about one of the subjects: hardly any is, and making Arrow takes as long as running it."""
        found = self.run(name, select)
        if not found or not _about(found, self._subject_at(name), subjects):
            return NO_ROWS
        if all(value is None or isinstance(value, str | bool) for row in found for value in row):
            return pa.table(dict(zip(self._outputs[name], map(list, zip(*found, strict=True)), strict=True)))
        return self.connection.sql(f"EXECUTE {name}").to_arrow_table()

    def rows_afresh(self, select: str) -> pa.Table:
        """The rows of a SELECT over many rows, for which the optimizer is worth its time."""
        self.connection.execute("PRAGMA enable_optimizer")
        try:
            return self.connection.sql(select).to_arrow_table()
        except duckdb.Error:
            self._enter_again()
            raise
        finally:
            self.connection.execute("PRAGMA disable_optimizer")

    def of(self, rows: pa.Table, types: Mapping[str, str], outputs: str) -> list[tuple[object, ...]]:
        """Expressions over columns of these rows, which have the types given."""
        box = self._box("incoming", rows.select(list(types)) if types else rows)
        cast = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in types.items()) or "1 AS one"
        return self.run(f"of_{box}", f"SELECT {outputs} FROM (SELECT {cast} FROM {box}) AS incoming")  # noqa: S608 - contracts' names

    def _subject_at(self, name: str) -> int:
        """The place of the subject among the outputs of what was run last."""
        if name not in self._outputs:
            self._outputs[name] = tuple(one[0] for one in self.connection.description or ())
        return [one.lower() for one in self._outputs[name]].index("subject_id")

    def _enter(self) -> None:
        """Begin a transaction with the contents."""
        self.connection.execute("BEGIN")
        for name, rows in (self._contents or {}).items():
            self._put(name, rows)

    def _enter_again(self) -> None:
        if self._contents is not None:
            self.connection.execute("ROLLBACK")
            self._enter()

    def _leave(self) -> None:
        if self._contents is not None:
            self.connection.execute("ROLLBACK")
            self._contents = None

    def _put(self, name: str, rows: pa.Table) -> None:
        box = self._box(name, rows)
        if self._plans.get(f"fill_{name}") != box:
            self.connection.execute(f'PREPARE fill_{name} AS INSERT INTO "{name}" BY NAME SELECT * FROM {box}')  # noqa: S608
            self._plans[f"fill_{name}"] = box
        self.connection.execute(f"EXECUTE fill_{name}")

    def _box(self, table: str, rows: pa.Table) -> str:
        """The name under which the database reads these rows: another one for other columns."""
        of = f"{table} {rows.schema}"
        if of not in self._boxes:
            box = self._boxes[of] = Box(f"box_{len(self._boxes)}", rows)
            self.connection.register(box.name, box)
        self._boxes[of].content = rows
        return self._boxes[of].name


def _about(rows: list[tuple[object, ...]], place: int, subjects: Hashes) -> bool:
    """Whether some row may be about one of the subjects."""
    named = [row[place] for row in rows if row[place] is not None]
    if not all(isinstance(one, str) for one in named):
        return True
    return bool(among(hashes(pa.array(named, pa.string())), subjects).any())
