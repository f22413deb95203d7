"""A batch (批次): the rows of one table out of one part of one file, identified by content, committed whole or not at all."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from datasets.contract import Contract, Type

ARROW_TYPE: dict[Type, pa.DataType] = {
    "text": pa.string(), "integer": pa.int64(), "money": pa.decimal128(18, 2), "quantity": pa.decimal128(18, 4),
    "number": pa.float64(), "date": pa.date32(), "timestamp": pa.timestamp("us"), "boolean": pa.bool_(),
}  # fmt: skip
TEMPORARY = ".tmp"

Step = Callable[[str], None]
"""Called at every point where a crash would leave different things behind; tests die there."""


class Pushed(BaseModel):
    """One push in a batch that grows by pushes: its rows are numbered from `first` on in the order they came.

    rows = accepted + duplicate + rejected; a duplicate is in the lake already and is not stored again.
    """

    model_config = ConfigDict(frozen=True)

    push: str
    """24 hex that identify what was pushed."""
    by: str
    """The caller, as the audit log names it."""
    at: str | None
    first: int
    rows: int
    accepted: int
    duplicate: int
    rejected: int
    diverted: int


class Batch(BaseModel):
    """What a batch's manifest says. The manifest's atomic rename is the commit.

    rows = accepted + rejected, and rejected counts the diverted ones too. `seq` orders batches: of two
    versions of a key the one with the higher seq is current. Paths are relative to the lake's folder.
    """

    model_config = ConfigDict(frozen=True)

    format: int = 1
    batch_id: str
    table: str
    source: str
    """Name of the source file that mapped it; `clean` for the clean form, or the maker of a made table."""
    revision: str
    """Identifies source, contract and reader: the same content under another revision is read anew."""
    version: int = 1
    """Counts the times this content was read anew; it is part of the files' names, so that a replacement writes beside the old."""
    seq: int
    file: str = ""
    sheet: str = ""
    content: str = ""
    lines: int = 0
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    diverted: int = 0
    skipped: int = 0
    codes: dict[str, int] = {}
    looked_up: dict[str, str] = {}
    """Table looked up in -> its state then: rows rejected for an unknown name are tried again when it changed."""
    corrects: dict[str, list[int]] = {}
    """Batch -> its rejected rows that were corrected and tried again in this one."""
    judged: str = ""
    """Under what knowledge its rows were judged for diversion; other knowledge means they are judged anew."""
    made_by: str | None = None
    imported_at: str | None = None
    pushes: tuple[Pushed, ...] = ()
    """What other platforms pushed into it, in order; nothing for a batch out of a file."""
    withdrawn: str | None = None
    """Why it was withdrawn; None for a living batch."""
    data: str | None = None
    vault: str | None = None
    rejects: str | None = None

    @property
    def living(self) -> bool:
        return self.withdrawn is None

    @property
    def files(self) -> list[str]:
        return [path for path in (self.data, self.vault, self.rejects) if path]


def batch_id(table: str, source: str, content: str) -> str:
    """16 hex that identify a batch by what it holds."""
    return hashlib.sha256("\x1f".join((table, source, content)).encode()).hexdigest()[:16]


def arrow_schema(contract: Contract) -> pa.Schema:
    """The stored columns of a table: the contract's own, then batch_id, sheet, row_no."""
    own = [pa.field(name, ARROW_TYPE[column.type]) for name, column in contract.columns.items()]
    return pa.schema([*own, ("batch_id", pa.string()), ("sheet", pa.string()), ("row_no", pa.int64())])


class Draft:
    """A batch being written. Its files are complete and on disk before `publish` gives them their names.

    Only sealed rows may be given to `add`: the temporary file is below the lake too.
    """

    def __init__(self, folder: Path, contract: Contract, batch_id: str, version: int) -> None:
        self._folder, self._schema = folder, arrow_schema(contract)
        self._name = f"{batch_id}-{version}.parquet"
        self._written: list[str] = []
        self._writer: pq.ParquetWriter | None = None
        self.table, self.batch_id = contract.table, batch_id
        self.accepted = 0

    def add(self, rows: pa.Table) -> None:
        """Append sealed rows that have the contract's columns, `sheet` and `row_no`."""
        if self._writer is None:
            path = self._temporary(self.table)
            self._writer = pq.ParquetWriter(path, self._schema, compression="zstd", compression_level=1)
        stamped = rows.append_column("batch_id", pa.repeat(pa.scalar(self.batch_id), rows.num_rows))
        self._writer.write_table(stamped.select(self._schema.names).cast(self._schema))
        self.accepted += rows.num_rows

    def beside(self, kind: str, rows: pa.Table) -> None:
        """Write the batch's `vault` or `rejects` file, when there is anything to write."""
        if rows.num_rows:
            pq.write_table(rows, self._temporary(kind), compression="zstd")

    def _temporary(self, kind: str) -> Path:
        path = self._folder / kind / (self._name + TEMPORARY)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._written.append(f"{kind}/{self._name}")
        return path

    def publish(self, step: Step) -> dict[str, str]:
        """Make the files durable and give them their names; returns kind (`data`, `vault`, `rejects`) -> path."""
        if self._writer is not None:
            self._writer.close()
        step("written")
        found = {}
        for path in self._written:
            durable(self._folder / (path + TEMPORARY), self._folder / path)
            kind = path.partition("/")[0]
            found["data" if kind == self.table else kind] = path
            step(f"named {kind}")
        return found

    def abandon(self) -> None:
        """Remove what was written of a batch that will not be committed."""
        if self._writer is not None:
            self._writer.close()
        for path in self._written:
            (self._folder / (path + TEMPORARY)).unlink(missing_ok=True)


def durable(written: Path, name: Path) -> None:
    """Give a finished file its name so that a crash leaves the old or the new, never half."""
    with written.open("rb") as file:
        os.fsync(file.fileno())
    written.replace(name)
    folder = os.open(name.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_manifest(folder: Path, batch: Batch) -> None:
    """Commit: the batch is as this manifest says from the moment of the rename."""
    path = folder / "batches" / f"{batch.batch_id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + TEMPORARY)
    temporary.write_text(batch.model_dump_json(indent=1), encoding="utf-8")
    durable(temporary, path)
