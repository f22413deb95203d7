"""Pushing (推送入湖): rows that come by API -> checked, diverted, sealed and stored like those of a file, in batches that grow.

Nothing is in clear but in memory. A push is identified by what it says; its rows that the lake holds already are duplicates, so that
a push that comes again changes nothing. See docs/decisions/0014.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

from datasets.batch import Batch, Draft, Pushed, Step, batch_id
from datasets.contract import Contract
from datasets.correction import CLEAN
from datasets.diversion import Diversion
from datasets.expunge import expunge
from datasets.files import Blob
from datasets.growing import grow
from datasets.intake import revision_of
from datasets.key import Key
from datasets.lake import Lake
from datasets.mapping import Clean
from datasets.parts import Part
from datasets.reject import Reject
from datasets.rows import RowSealer
from datasets.seen import Seen
from datasets.standing import standing
from datasets.taking import Taking

GROWS_TO, MOST_PUSHES = 20_000, 500
"""Rows, or pushes, from which on a batch grows no more: it is written anew with every push, which costs more the larger it is."""
SAYS_WHO = ("person", "public_employee", "office")
"""Tables that say whose cases belong higher up: tickets are judged anew when they change."""


@dataclass(frozen=True)
class Push:
    """What somebody pushed: a table of strings (NULL: not given), one column for each column of the contract that was given."""

    rows: pa.Table
    by: str

    @property
    def identity(self) -> str:
        """24 hex that identify what is said, whatever its form was."""
        said = hashlib.sha256(repr(self.rows.column_names).encode())
        for column in self.rows.columns:
            said.update(repr(column.to_pylist()).encode())
        return said.hexdigest()[:24]


@dataclass(frozen=True)
class Taken:
    """What became of a push. rows = accepted + duplicate + rejected, and rejected counts the diverted."""

    push: str
    batch_id: str | None
    """The batch that has it; None when there is none, because every row stands in earlier ones."""
    here_already: bool
    rows: int
    accepted: int
    duplicate: int
    rejected: int
    diverted: int
    faults: tuple[Reject, ...]
    """Row numbers begin with 1; in clear. Diverted rows are not among them."""


@dataclass(frozen=True)
class Judged:
    """A push whose rows were checked and sealed, before it is stored."""

    push: Push
    identity: str
    taking: Taking
    sealer: RowSealer
    fresh: pa.Table
    duplicate: int
    known: bool
    """Whether it came before: its rejects are in quarantine already."""


def take_pushes(
    lake: Lake, key: Key, table: str, pushes: Sequence[Push], at: datetime | None = None, step: Step = lambda _: None
) -> tuple[list[Taken], list[Batch]]:
    """Store pushes of one table in their order, in one commit; returns what became of each, and the batches that have them
    with the one that grew before: what was pushed into those should be on record.

    Raises KeyError for an unknown table, KeyProblem when the lake was sealed with another key.
    """
    contract = lake.contracts[table]
    with lake.lock("import"), Seen() as seen:
        key = lake.own(key)
        diversion = Diversion(lake, key, at)
        living = lake.living(table)
        judged = list(_judged(lake, key, contract, pushes, living, diversion, seen))
        new = [one for one in judged if one.fresh.num_rows or (one.taking.rejected and not one.known)]
        batch = _store(lake, key, contract, living, new, diversion, at, step) if new else None
        if batch is not None and (table in SAYS_WHO or diversion.concerns(table)):
            diversion.changed(table)
            expunge(lake, key, diversion, step)
    mine = {one.identity for one in judged}
    holding = {
        one.push: found.batch_id for found in (*living, *([batch] if batch else [])) for one in found.pushes if one.push in mine
    }
    wanted = set(holding.values()) | {one.batch_id for one in living[-1:]}
    touched = {one.batch_id: one for one in (*living, *([batch] if batch else [])) if one.pushes and one.batch_id in wanted}
    return [_told(one, holding.get(one.identity), one in new) for one in judged], list(touched.values())


def _judged(
    lake: Lake, key: Key, contract: Contract, pushes: Sequence[Push], living: list[Batch], diversion: Diversion, seen: Seen
) -> Iterator[Judged]:
    known = {one.push for batch in living for one in batch.pushes}
    pending: list[pa.Table] = []
    for push in pushes:
        blob = Blob(f"{contract.table}.parquet", load=lambda push=push: _parquet(push.rows))  # type: ignore[misc]
        sealer, hand = RowSealer(lake, key, contract), _InHand(lake, contract)
        taking = Taking(blob, Part(contract.table, None), contract, hand, sealer, diversion)
        taking.read(Clean(contract), seen)
        rows = hand.rows()
        again = set(standing(seen.con, lake, contract, living, pending, rows)) if rows.num_rows else set()
        fresh = rows.filter(pa.array([place not in again for place in range(rows.num_rows)], pa.bool_()))
        identity = push.identity
        yield Judged(push, identity, taking, sealer, fresh, len(again), identity in known)
        known.add(identity)
        if fresh.num_rows:
            pending.append(fresh)


def _store(
    lake: Lake,
    key: Key,
    contract: Contract,
    living: list[Batch],
    new: list[Judged],
    diversion: Diversion,
    at: datetime | None,
    step: Step,
) -> Batch:
    """Add the pushes to the table's newest batch when that one grows still, else begin one."""
    newest = living[-1] if living else None
    revision = revision_of(contract, None)
    before = newest if newest and newest.revision == revision and _grows(newest) else None
    seq = before.seq if before else lake.next_seq()
    identity = before.batch_id if before else batch_id(contract.table, CLEAN, f"{new[0].identity}.{seq}")
    first, added = before.lines if before else 0, []
    for one in new:
        rejected = 0 if one.known else one.taking.rejected
        added.append(
            Pushed(
                push=one.identity, by=one.push.by, at=at.isoformat() if at else None, first=first + 1, rows=one.taking.rows,
                accepted=one.fresh.num_rows, duplicate=one.taking.rows - one.fresh.num_rows - rejected, rejected=rejected,
                diverted=0 if one.known else _diverted(one),
            )
        )  # fmt: skip
        first += one.taking.rows
    codes = Counter(before.codes if before else {})
    codes.update(reject.code for one in new for reject in _rejects(one))
    batch = Batch(
        batch_id=identity, table=contract.table, source=CLEAN, revision=revision, seq=seq, file=f"push/{contract.table}", lines=first,
        rows=_sum(before, "rows") + sum(one.rows - one.duplicate for one in added),
        accepted=_sum(before, "accepted") + sum(one.accepted for one in added),
        rejected=_sum(before, "rejected") + sum(one.rejected for one in added),
        diverted=_sum(before, "diverted") + sum(one.diverted for one in added),
        skipped=_sum(before, "skipped") + sum(one.duplicate for one in added), codes=dict(sorted(codes.items())),
        judged=_knowledge(diversion, contract, before), imported_at=at.isoformat() if at else None,
        pushes=(*(before.pushes if before else ()), *added),
    )  # fmt: skip
    diversion.remember()  # the stubs first: a crash between them and the batch leaves a stub whose ticket is diverted again
    pieces = [(one.fresh, one.sealer.vault(), _rejects(one), place.first - 1) for one, place in zip(new, added, strict=True)]
    return grow(lake, key, batch, before, pieces, step)


def _grows(batch: Batch) -> bool:
    return 0 < len(batch.pushes) < MOST_PUSHES and batch.rows < GROWS_TO


def _rejects(one: Judged) -> list[Reject]:
    """What goes into quarantine: nothing of a push that is in it already."""
    return [] if one.known else one.taking.rejects


def _diverted(one: Judged) -> int:
    return sum(reject.code == "diverted" for reject in one.taking.rejects)


def _sum(before: Batch | None, name: str) -> int:
    return int(getattr(before, name)) if before else 0


def _knowledge(diversion: Diversion, contract: Contract, before: Batch | None) -> str:
    """Under what knowledge all rows of the batch were judged: '' when the earlier ones were judged under another."""
    if not diversion.concerns(contract.table):
        return ""
    return diversion.knowledge if before is None or before.judged == diversion.knowledge else ""


def _told(one: Judged, batch: str | None, new: bool) -> Taken:
    faults = tuple(replace(reject, raw=()) for reject in one.taking.rejects if reject.row_no is not None)
    return Taken(
        one.identity, batch, not new, one.taking.rows, one.fresh.num_rows, one.duplicate, one.taking.rejected, _diverted(one), faults
    )  # fmt: skip


def _parquet(rows: pa.Table) -> bytes:
    """The rows as a file of the clean form, in memory only."""
    sink = io.BytesIO()
    pq.write_table(rows, sink, compression="none")
    return sink.getvalue()


class _InHand(Draft):
    """Sealed rows that are kept in memory until it is known which of them are new."""

    def __init__(self, lake: Lake, contract: Contract) -> None:
        super().__init__(lake.folder, contract, "", 0)
        self._pieces: list[pa.Table] = []

    def add(self, rows: pa.Table) -> None:
        self._pieces.append(rows)
        self.accepted += rows.num_rows

    def rows(self) -> pa.Table:
        """All of them, in the stored columns' types without the batch."""
        schema = pa.schema([field for field in self._schema if field.name != "batch_id"])
        return pa.concat_tables([piece.select(schema.names).cast(schema) for piece in self._pieces] or [schema.empty_table()])
