"""The lake (数据湖): accepted rows as Parquet by table and batch, and the current view of them in DuckDB, reached through Ibis.

Below `<home>/lake`: `<table>/` the rows, `batches/` the manifests, `vault/` the way back from pseudonyms,
`rejects/` the quarantine, `diverted/` the stubs, `current-<state>.duckdb` the current view. Everything
there is sealed; a crash leaves the old state or the new one, and the next import sweeps what is left over.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from datasets import current
from datasets.batch import TEMPORARY, Batch, Draft, Step, arrow_schema, batch_id, durable, write_manifest
from datasets.contract import Contracts
from datasets.key import Key, KeyProblem


class LakeProblem(Exception):
    """The lake cannot be used as asked: unknown batch, or a lock that somebody else holds."""


class Lake:
    """All records of one home folder, under the given contracts. Opening reads; only `replace` and importing write."""

    def __init__(self, home: Path, contracts: Contracts) -> None:
        self.home, self.contracts = home, contracts
        self.folder = home / "lake"

    def own(self, key: Key) -> Key:
        """Note on first use which key seals this lake; returns the key with this lake's data keys.

        Raises KeyProblem for another key: pseudonyms would not join.
        """
        path = self.folder / "key-check"
        check = key.digest("lake", "guantong")[:32]
        self.folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.with_suffix(TEMPORARY).write_text(check, encoding="ascii")
            durable(path.with_suffix(TEMPORARY), path)
        if path.read_text(encoding="ascii") != check:
            raise KeyProblem("this lake was sealed with another key")
        return key.at(self.folder)

    def batches(self) -> list[Batch]:
        """Living and withdrawn batches in the order of their import."""
        found = [Batch.model_validate_json(path.read_bytes()) for path in (self.folder / "batches").glob("*.json")]
        return sorted(found, key=lambda batch: (batch.seq, batch.batch_id))

    def living(self, *tables: str) -> list[Batch]:
        """Living batches in the order of their import, of these tables or of all."""
        return [batch for batch in self.batches() if batch.living and (not tables or batch.table in tables)]

    def batch(self, batch_id: str) -> Batch | None:
        """One batch by its id, or None."""
        path = self.folder / "batches" / f"{batch_id}.json"
        return Batch.model_validate_json(path.read_bytes()) if path.exists() else None

    def state(self, *tables: str) -> str:
        """16 hex that identify the current content, of these tables or of all: living batches and contracts."""
        hashed = hashlib.sha256(b"1")
        for batch in self.living(*tables):
            hashed.update(f"{batch.batch_id}.{batch.version}.{batch.seq};".encode())
        for table in tables or sorted(self.contracts):
            contract = self.contracts[table]
            hashed.update(repr((table, contract.key, [(name, col.type) for name, col in contract.columns.items()])).encode())
        return hashed.hexdigest()[:16]

    def open(self, *, memory: str | None = None, threads: int | None = None, locked: bool = True) -> Backend:
        """An Ibis DuckDB backend with a view of every contract table (maybe empty) on the current rows.

        Columns are the contract's, then batch_id, sheet, row_no. The stored data are attached read-only; temporary
        tables may be made, and one named like a table hides it. `locked` shuts off files, network and settings.
        """
        for _ in range(5):
            path = self._current(memory)
            backend = ibis.duckdb.connect()
            try:
                backend.con.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS lake (READ_ONLY)")
                break
            except duckdb.IOException:  # another process made a newer view and removed this one in between
                backend.disconnect()
        else:
            raise LakeProblem("the lake changes faster than it can be opened")
        con = backend.con
        con.execute("SET temp_directory = $1", [str(self.folder / "tmp")])
        for name, value in (("memory_limit", memory), ("threads", threads)):
            if value is not None:
                con.execute(f"SET {name} = $1", [value])
        for table in self.contracts:
            con.execute(f"CREATE VIEW {current.quoted(table)} AS SELECT * FROM lake.main.{current.quoted(table)}")  # noqa: S608
        if locked:
            con.execute("SET enable_external_access = false")
            con.execute("SET lock_configuration = true")
        return backend

    def _current(self, memory: str | None) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.lock("commit", shared=True):
            path = self.folder / f"current-{self.state()}.duckdb"
            if path.exists():
                return path
            built = self.folder / f"current-{self.state()}.{os.getpid()}{TEMPORARY}"
            built.unlink(missing_ok=True)
            spill = self.folder / "tmp" / str(os.getpid())  # sealed rows only: spilling is harmless here
            current.make_all(built, self.folder, self.contracts, self.living(), spill, memory)
            shutil.rmtree(spill, ignore_errors=True)
            built.replace(path)
        for other in self.folder.glob("current-*.duckdb"):
            if other != path:
                other.unlink(missing_ok=True)  # whoever has it open keeps it
        return path

    def horizon(self, today: date) -> date:
        """The newest value, not after today, of all columns with `clock: true`; today when there is none."""
        newest: list[date] = []
        with self.lock("commit", shared=True), duckdb.connect() as con:
            for batch in self.living():
                contract = self.contracts.get(batch.table)
                clocks = [name for name, column in contract.columns.items() if column.clock] if contract and batch.data else []
                for name in map(current.quoted, clocks):
                    sql = f"SELECT max({name}::DATE) FROM read_parquet(?) WHERE {name}::DATE <= ?"  # noqa: S608
                    found = con.execute(sql, [str(self.folder / str(batch.data)), today]).fetchone()
                    newest += [found[0]] if found and found[0] else []
        return max(newest, default=today)

    def replace(self, table: str, rows: pa.Table | pa.RecordBatchReader, made_by: str) -> Batch:
        """Store a made table (mention, link, score …) as the single living batch of this maker.

        `rows` has the contract's columns (a missing one is NULL); values must be sealed already. The maker's earlier
        rows are replaced in one step. Returns the batch.
        """
        contract = self.contracts[table]
        identity = batch_id(table, "made", made_by)
        with self.lock("import"):
            before = self.batch(identity)
            draft = Draft(self.folder, contract, identity, before.version + 1 if before else 1)
            pieces = [rows] if isinstance(rows, pa.Table) else (pa.Table.from_batches([piece]) for piece in rows)
            number = 0
            for piece in pieces:
                draft.add(_fitted(piece, arrow_schema(contract), number))
                number += piece.num_rows
            made = Batch(
                batch_id=identity, table=table, source=made_by, revision="made", seq=before.seq if before else self.next_seq(),
                rows=number, accepted=number, made_by=made_by,
            )  # fmt: skip
            return self.commit(draft, made, before, lambda _: None)

    def next_seq(self) -> int:
        """The order number of the next batch."""
        return max((batch.seq for batch in self.batches()), default=0) + 1

    def commit(self, draft: Draft, batch: Batch, before: Batch | None, step: Step) -> Batch:
        """Publish a draft's files, make the manifest say so in one rename, and remove the files it replaces."""
        with self.lock("commit"):
            committed = batch.model_copy(update={"version": before.version + 1 if before else 1, **draft.publish(step)})
            step("published")
            write_manifest(self.folder, committed)
            step("committed")
            for path in before.files if before else ():
                if path not in committed.files:
                    (self.folder / path).unlink(missing_ok=True)
            step("tidied")
        return committed

    def sweep(self) -> None:
        """Remove what a killed import or opening left: temporary files, and files that no manifest names."""
        kept = {path for batch in self.batches() for path in batch.files}
        for path in self.folder.glob(f"*/*{TEMPORARY}"):
            path.unlink(missing_ok=True)
        for path in self.folder.glob("*/*.parquet"):
            if path.relative_to(self.folder).as_posix() not in kept:
                path.unlink(missing_ok=True)
        for path in (*self.folder.glob(f"current-*{TEMPORARY}*"), *(self.folder / "tmp").glob("*")):
            if not _alive(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    @contextmanager
    def lock(self, name: str, *, shared: bool = False) -> Iterator[None]:
        """Hold the lake's lock of this name: `import` one writer at a time, `commit` while files change their meaning."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            yield


def _alive(path: Path) -> bool:
    """Whether the process whose id the temporary name carries still runs."""
    numbers: Sequence[str] = [part for part in path.name.split(".") if part.isdigit()]
    return any(Path(f"/proc/{number}").exists() for number in numbers)


def _fitted(rows: pa.Table, schema: pa.Schema, before: int) -> pa.Table:
    columns = {name: rows[name] for name in rows.column_names if name in schema.names}
    for field in schema:
        if field.name not in columns:
            columns[field.name] = pa.nulls(rows.num_rows, field.type)
    columns["sheet"] = pa.repeat(pa.scalar(""), rows.num_rows)
    columns["row_no"] = pa.array(range(before + 1, before + rows.num_rows + 1), pa.int64())
    del columns["batch_id"]
    return pa.table(columns)
