"""Where the rows of an OCDS file go: one draft of a batch for each table, sealed and written in pieces."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from datasets.batch import Draft, arrow_schema
from datasets.contract import Contract
from datasets.current import quoted
from datasets.key import Key
from datasets.ocds_found import Row
from datasets.reject import Reject, sealed_rejects
from datasets.sealing import Sealer

PIECE = 20_000
"""Rows kept in memory before they are written."""
MOST_COPIES = 1_000
LONGEST_COPY = 32_000
"""Of how many rejected parts a (sealed) copy is kept, and how many characters of each: the rest is in the file itself."""
NEVER = datetime.min


class Sink:
    """The draft of one table: rows go in as they are found, secrets are sealed before anything is written."""

    def __init__(self, folder: Path, contract: Contract, identity: str, version: int, key: Key) -> None:
        self.contract, self.draft, self._key = contract, Draft(folder, contract, identity, version), key
        self._sealer = Sealer(key)
        self._sealed = {name: column.seal for name, column in contract.columns.items() if column.seal}
        self._schema = pa.schema([field for field in arrow_schema(contract) if field.name != "batch_id"])
        self._rows: list[Row] = []
        self.rejects: list[Reject] = []
        self._copies = 0

    def add(self, row: Row, line: int, released: datetime | None = None) -> None:
        """Take one row found in this line."""
        row["row_no"], row["sheet"] = line, ""
        self._rows.append(row)
        if len(self._rows) >= PIECE:
            self.flush()

    def refuse(self, reject: Reject, part: Any = None) -> None:
        """Take one rejected part; `part` is what the file says there."""
        if part is not None and self._copies < MOST_COPIES:
            self._copies += 1
            copy = part if isinstance(part, str) else json.dumps(part, ensure_ascii=False, default=str)
            reject = Reject(reject.row_no, reject.column, reject.code, reject.value, (("release", copy[:LONGEST_COPY]),))
        self.rejects.append(reject)

    def flush(self) -> None:
        if self._rows:
            self._write(self._table(self._schema))
            self._rows = []

    def close(self, source: str, file: str) -> None:
        """Write what is left, the vault and the rejects."""
        self.flush()
        self.draft.beside("vault", self._sealer.vault())
        refused = sealed_rejects(
            self.rejects, self._key, batch_id=self.draft.batch_id, table=self.contract.table, source=source, file=file, sheet=""
        )
        self.draft.beside("rejects", refused)

    def abandon(self) -> None:
        self.draft.abandon()

    def _table(self, schema: pa.Schema) -> pa.Table:
        table = pa.Table.from_pylist(self._rows, schema)
        for name, kind in self._sealed.items():
            table = table.set_column(schema.names.index(name), name, self._sealer.column(kind, table[name].combine_chunks()))
        return table

    def _write(self, piece: pa.Table) -> None:
        self.draft.add(piece)


class MergingSink(Sink):
    """The draft of a table whose rows every release repeats: organisations. Of each key the version of the newest release stays.

    Versions wait in a file of their own, sealed like everything, until the whole OCDS file is read.
    """

    def __init__(self, folder: Path, contract: Contract, identity: str, version: int, key: Key, waiting: Path) -> None:
        super().__init__(folder, contract, identity, version, key)
        self._waiting = waiting / f"{contract.table}.parquet"
        self._with_date = self._schema.append(pa.field("released", pa.timestamp("us")))
        self._known: dict[str, bytes] = {}
        self._writer: pq.ParquetWriter | None = None

    def add(self, row: Row, line: int, released: datetime | None = None) -> None:
        """Take one version, unless the release before said the same of this organisation."""
        key, said = str(row[self.contract.key[0]]), _digest(row.values())
        if self._known.get(key) == said:
            return
        self._known[key] = said
        row["released"] = released or NEVER
        super().add(row, line)

    def flush(self) -> None:
        if self._rows:
            if self._writer is None:
                self._waiting.parent.mkdir(parents=True, exist_ok=True)
                self._writer = pq.ParquetWriter(self._waiting, self._with_date)
            self._writer.write_table(self._table(self._with_date))
            self._rows = []

    def close(self, source: str, file: str) -> None:
        self.flush()
        if self._writer is not None:
            self._writer.close()
            key = ", ".join(quoted(name) for name in self.contract.key)
            newest = f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY released DESC, row_no DESC) = 1 ORDER BY {key}"
            with duckdb.connect() as con:
                con.execute("SET temp_directory = $1", [str(self._waiting.parent)])
                versions = con.sql(f"SELECT * EXCLUDE (released) FROM read_parquet($1) {newest}", params=[str(self._waiting)])  # noqa: S608
                for piece in versions.to_arrow_reader(PIECE):
                    self.draft.add(pa.Table.from_batches([piece]))
        super().close(source, file)

    def abandon(self) -> None:
        if self._writer is not None:
            self._writer.close()
        super().abandon()


def _digest(values: Iterable[Any]) -> bytes:
    return hashlib.blake2b(repr(list(values)).encode("utf-8", "replace"), digest_size=12).digest()
