"""Purging (清除) in the lake: rows and values whose time is over leave every batch, living or withdrawn, with their vault and rejects.

A batch is rewritten whole or not at all, as by an import: a kill leaves some purged and the others to the next purge.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datasets.batch import Batch, Draft, Step
from datasets.contract import Contract
from datasets.expunge import tokens_in_rows
from datasets.lake import Lake
from datasets.reject import SCHEMA
from datasets.retention import Policy, before
from datasets.sealing import VAULT

SHORTEST = 8
"""Characters: a shorter text is not looked for elsewhere, it stands in too many places by chance (同意, 已办结)."""
Progress = Callable[[str, int, int], None]


@dataclass
class Purged:
    """What went, or would go."""

    rows: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    """table.column -> values."""
    derived: Counter[str] = field(default_factory=Counter)
    """Rows of made tables that rest on what went: the next run makes them anew."""
    rejects: int = 0
    withdrawn: int = 0
    """Batches that had been withdrawn and are now empty."""
    secrets: int = 0
    """Sealed values that no batch's vault holds any more."""
    undated: Counter[str] = field(default_factory=Counter)
    """Rows whose age nobody knows: they stay, and are told."""
    texts: set[str] = field(default_factory=set, repr=False)
    tokens: set[str] = field(default_factory=set, repr=False)
    keys: dict[str, set[str]] = field(default_factory=dict, repr=False)
    """Table -> first key column of the rows that went or lost a value."""

    @property
    def anything(self) -> bool:
        return bool(self.rows or self.values or self.derived or self.rejects or self.withdrawn)


@dataclass(frozen=True)
class _Round:
    """What one purge goes by."""

    lake: Lake
    policy: Policy
    as_of: date
    dry: bool
    step: Step
    found: Purged
    left: set[str]
    """Pseudonyms that some vault still holds."""


def purge_lake(
    lake: Lake,
    policy: Policy,
    as_of: date,
    *,
    dry: bool = False,
    progress: Progress = lambda what, done, total: None,
    step: Step = lambda _: None,
) -> Purged:
    """Take out of the lake what is over on a day; with `dry` only count it."""
    now = _Round(lake, policy, as_of, dry, step, Purged(), set())
    with lake.lock("import"):
        batches = [batch for batch in lake.batches() if batch.table in policy.contracts]
        # made tables last: what they are made of is known by then
        for number, batch in enumerate(sorted(batches, key=lambda one: (one.made_by is not None, one.seq))):
            progress(batch.table, number, len(batches))
            _purge(now, batch)
        now.found.tokens -= now.left
        now.found.secrets = len(now.found.tokens)
        if not dry:
            lake.sweep()
            for path in lake.folder.glob("current-*.duckdb"):
                path.unlink(missing_ok=True)  # made anew by whoever opens the lake next
    return now.found


def _purge(now: _Round, batch: Batch) -> None:
    contract, imported = now.policy.contracts[batch.table], _day(batch.imported_at)
    gone = not batch.living and imported is not None and imported < now.policy.copy("withdrawn").until(now.as_of)
    if gone and batch.files:
        now.found.withdrawn += 1
        _note_vault(now, batch, set())
        if not now.dry:
            _commit(now, batch, None, None, None)
        return  # its counts of rows that were rejected stay, what they held does not
    rows = pq.read_table(now.lake.folder / batch.data) if batch.data else None
    kept = _kept(now, contract, batch, rows, imported) if rows is not None else None
    rejects = _rejects(now, batch, imported)
    changed = kept is not None and rows is not None and not kept.equals(rows)
    vault = _note_vault(now, batch, tokens_in_rows(kept) if changed and kept is not None else None)
    if not now.dry and (changed or rejects is not None):
        if rejects is None and batch.rejects:
            rejects = pq.read_table(now.lake.folder / batch.rejects, schema=SCHEMA)
        _commit(now, batch, kept, vault, rejects)


def _kept(now: _Round, contract: Contract, batch: Batch, rows: pa.Table, imported: date | None) -> pa.Table:
    """The rows that stay, without the values that go; what goes is noted."""
    if batch.made_by is not None and not now.policy.counted_from(contract.table):
        return _still_founded(now, contract, rows)
    born = _born(now, contract, rows, imported)
    now.found.undated[contract.table] += pc.sum(born.is_null()).as_py() or 0 if imported is None else 0
    period = now.policy.row(contract.table)
    over = _older(born, before(now.as_of, period)) if period else pa.repeat(pa.scalar(False), rows.num_rows)
    went = rows.filter(over)
    if went.num_rows:
        now.found.rows[contract.table] += went.num_rows
        _note(now, contract, went, [name for name in contract.columns if name in rows.column_names])
    kept, born = rows.filter(pc.invert(over)), born.filter(pc.invert(over))
    for name, shorter in now.policy.columns(contract.table).items():
        if name not in kept.column_names:
            continue
        mask = pc.and_(_older(born, before(now.as_of, shorter)), pc.is_valid(kept[name]))
        number = pc.sum(mask).as_py() or 0
        if number:
            now.found.values[f"{contract.table}.{name}"] += number
            _note(now, contract, kept.filter(mask), [name])
            empty = pa.scalar(None, kept.schema.field(name).type)
            kept = kept.set_column(kept.column_names.index(name), kept.schema.field(name), pc.if_else(mask, empty, kept[name]))
    return kept


def _still_founded(now: _Round, contract: Contract, rows: pa.Table) -> pa.Table:
    """Rows of a made table without those that refer to a row that went or lost a value."""
    kept = rows
    for name, column in contract.columns.items():
        table = (column.refers or "").partition(".")[0]
        if name in kept.column_names and now.found.keys.get(table):
            gone = pc.is_in(kept[name], pa.array(sorted(now.found.keys[table]), kept.schema.field(name).type))
            went = kept.filter(gone)
            if went.num_rows:
                now.found.derived[contract.table] += went.num_rows
                _note(now, contract, went, list(contract.columns))
            kept = kept.filter(pc.invert(gone))
    return kept


def _born(now: _Round, contract: Contract, rows: pa.Table, imported: date | None) -> pa.ChunkedArray:
    columns = [rows[name].cast(pa.date32()) for name in now.policy.counted_from(contract.table) if name in rows.column_names]
    if columns:
        return pc.coalesce(*columns)
    return pa.chunked_array([pa.repeat(pa.scalar(imported, pa.date32()), rows.num_rows)])


def _older(born: pa.ChunkedArray, day: date) -> pa.ChunkedArray:
    return pc.fill_null(pc.less(born, pa.scalar(day, pa.date32())), False)


def _note(now: _Round, contract: Contract, rows: pa.Table, columns: Sequence[str]) -> None:
    """Remember what goes, so that it is found in what was made of it."""
    now.found.keys.setdefault(contract.table, set()).update(rows[contract.key[0]].cast(pa.string()).drop_null().to_pylist())
    for name in columns:
        if name not in rows.column_names or name in contract.key or not pa.types.is_string(rows.schema.field(name).type):
            continue
        free = not contract.columns[name].allowed and contract.columns[name].refers is None and not name.endswith("_id")
        if free and contract.columns[name].seal is None:
            now.found.texts.update(text for text in pc.unique(rows[name].drop_null()).to_pylist() if len(text) >= SHORTEST)


def _note_vault(now: _Round, batch: Batch, kept: set[str] | None) -> pa.Table | None:
    """The batch's vault for the pseudonyms that are still in its rows (None: for all of them); the others are noted."""
    if not batch.vault:
        return None
    vault = pq.read_table(now.lake.folder / batch.vault, schema=VAULT)
    if kept is None:
        now.left.update(vault["token"].to_pylist())
        return vault
    stays = pc.is_in(vault["token"], pa.array(sorted(kept), pa.string()))
    now.found.tokens.update(vault["token"].filter(pc.invert(stays)).to_pylist())
    vault = vault.filter(stays)
    now.left.update(vault["token"].to_pylist())
    return vault


def _rejects(now: _Round, batch: Batch, imported: date | None) -> pa.Table | None:
    """The batch's rejects with their contents emptied where their time is over; None where nothing changes."""
    if not batch.rejects:
        return None
    rows = pq.read_table(now.lake.folder / batch.rejects, schema=SCHEMA)
    holding = pc.or_(pc.is_valid(rows["raw"]), pc.is_valid(rows["value"]))
    number = pc.sum(holding).as_py() or 0
    if imported is None:
        now.found.undated["rejects"] += number
    if not number or imported is None or imported >= now.policy.copy("rejects").until(now.as_of):
        return None
    now.found.rejects += number
    for name in ("value", "raw"):
        rows = rows.set_column(SCHEMA.names.index(name), SCHEMA.field(name), pa.nulls(rows.num_rows, pa.binary()))
    return rows


def _commit(now: _Round, batch: Batch, rows: pa.Table | None, vault: pa.Table | None, rejects: pa.Table | None) -> None:
    contract = now.policy.contracts[batch.table]
    draft = Draft(now.lake.folder, contract, batch.batch_id, batch.version + 1)
    number = rows.num_rows if rows is not None else 0
    if rows is not None and number:
        draft.add(_whole(rows, contract))
    if vault is not None:
        draft.beside("vault", vault)
    if rejects is not None:
        draft.beside("rejects", rejects)
    went = batch.accepted - number
    counts = {"rows": batch.rows - went, "accepted": number, "data": None, "vault": None, "rejects": None}
    now.lake.commit(draft, batch.model_copy(update=counts), batch, now.step)


def _whole(rows: pa.Table, contract: Contract) -> pa.Table:
    """The stored rows in the contract's present shape; a column that it gained since is empty."""
    for name in contract.columns:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(rows.num_rows, pa.string()))
    return rows.drop_columns(["batch_id"])


def _day(instant: str | None) -> date | None:
    return datetime.fromisoformat(instant).date() if instant else None
