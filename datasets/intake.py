"""Taking one part in: its rows checked, diverted, rejected or sealed, and committed as one batch."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from datasets.batch import Batch, Draft, Step, batch_id
from datasets.cells import BROKEN, Row, parquet
from datasets.check import Checked, Chunk
from datasets.diversion import Diversion
from datasets.files import Blob
from datasets.header import is_row
from datasets.import_report import FileReport, Message, PartReport, Status
from datasets.key import Key
from datasets.lake import Lake
from datasets.lookup import Lookups
from datasets.mapping import Clean, Mapping
from datasets.parts import Part
from datasets.reject import Reject, sealed_rejects
from datasets.rows import RowSealer
from datasets.seen import Seen
from datasets.source import looked_up

READER = "1"
"""Raised when this code reads the same content differently, so that old batches are read anew."""
CHUNK = 500_000


class Importer:
    """Takes parts into one lake, one after another; holds what they share."""

    def __init__(self, lake: Lake, key: Key, at: datetime | None, step: Step) -> None:
        self.lake, self.key, self._at, self._step = lake, key, at, step
        self._lookups = Lookups(lake)
        self._diversion = Diversion(lake, key, at)
        self._known = {batch.batch_id: batch for batch in lake.batches()}

    def take(self, blob: Blob, part: Part, report: FileReport) -> None:
        """Import one part, unless the same content is here already; adds to the file's report."""
        content = part.sheet.content if part.sheet else blob.content
        identity = batch_id(part.table, part.source_name, content)
        before = self._known.get(identity)
        tables = sorted(looked_up(part.source)) if part.source else []
        states = {table: self.lake.state(table) for table in tables}
        if before and before.living and before.revision == self.revision(part) and not _try_again(before, states):
            report.parts.append(_reported(before, "already_here", blob))
            return
        taking = Taking(self, blob, part, identity, before)
        batch = taking.batch(states)
        if short := _short(part, batch, taking.filled):
            taking.draft.abandon()
            report.messages.append(short)
            report.parts.append(PartReport(blob.label, batch.sheet, part.table, part.source_name, identity, "stopped"))
            return
        committed = taking.commit(batch)
        self._known[identity] = committed
        self._lookups.changed(part.table)
        report.parts.append(_reported(committed, "replaced" if before and before.living else "imported", blob))

    def revision(self, part: Part) -> str:
        """16 hex of everything besides the content that decides what a part becomes."""
        contract = self.lake.contracts[part.table]
        said = (READER, part.source.digest if part.source else "", contract.model_dump_json())
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]

    def plan(self, part: Part) -> Mapping | Clean:
        """What reads the part's cells."""
        contract = self.lake.contracts[part.table]
        if part.source is None or part.header is None:
            return Clean(contract)
        return Mapping(contract, part.source, part.header, self._lookups, self.key)

    @property
    def diversion(self) -> Diversion:
        return self._diversion

    @property
    def at(self) -> datetime | None:
        return self._at

    @property
    def step(self) -> Step:
        return self._step


class Taking:
    """One part while it is being read: counts, rejects, and the draft of its batch."""

    def __init__(self, importer: Importer, blob: Blob, part: Part, identity: str, before: Batch | None) -> None:
        self._importer, self._blob, self._part, self._before = importer, blob, part, before
        self._contract = importer.lake.contracts[part.table]
        self.draft = Draft(importer.lake.folder, self._contract, identity, before.version + 1 if before else 1)
        self._sealer = RowSealer(importer.lake, importer.key, self._contract)
        self._rejects: list[Reject] = []
        self._lines = self._rows = self._rejected = self._skipped = 0
        self.filled: Counter[str] = Counter()

    def batch(self, states: dict[str, str]) -> Batch:
        """Read everything, write the draft's files, and say what the batch will be."""
        plan, seen = self._importer.plan(self._part), Seen(self._contract)
        for chunk in self._chunks():
            self._chunk(chunk, plan.check(chunk), seen)
        sheet = self._part.sheet.name if self._part.sheet else ""
        lake, codes = self._importer.lake, Counter(reject.code for reject in self._rejects)
        return Batch(
            batch_id=self.draft.batch_id, table=self._part.table, source=self._part.source_name,
            revision=self._importer.revision(self._part), seq=self._before.seq if self._before and self._before.living else lake.next_seq(),
            file=self._blob.label, sheet=sheet, content=self._part.sheet.content if self._part.sheet else self._blob.content,
            lines=self._lines, rows=self._rows, accepted=self.draft.accepted, rejected=self._rejected,
            diverted=codes["diverted"], skipped=self._skipped, codes=dict(sorted(codes.items())), looked_up=states,
            imported_at=self._importer.at.isoformat() if self._importer.at else None,
        )  # fmt: skip

    def commit(self, batch: Batch) -> Batch:
        """Write vault and rejects, the stubs of diverted rows first of all, and commit."""
        importer = self._importer
        importer.diversion.remember()
        self.draft.beside("vault", self._sealer.vault())
        about = {"batch_id": batch.batch_id, "table": batch.table, "source": batch.source, "file": batch.file, "sheet": batch.sheet}
        self.draft.beside("rejects", sealed_rejects(self._rejects, importer.key, **about))
        return importer.lake.commit(self.draft, batch, self._before, importer.step)

    def _chunks(self) -> Iterator[Chunk]:
        if self._part.sheet is None:
            number = 1
            for piece in parquet(self._blob).iter_batches(batch_size=CHUNK):
                numbers = pa.array(range(number, number + piece.num_rows), pa.int64())
                self._lines += piece.num_rows
                number += piece.num_rows
                yield Chunk(numbers, tuple(piece.schema.names), piece.columns)
            return
        rows = self._data_rows()
        while some := list(islice(rows, CHUNK)):
            yield self._cells(some)

    def _data_rows(self) -> Iterator[Row]:
        source, header, sheet = self._part.source, self._part.header, self._part.sheet
        assert source is not None and header is not None and sheet is not None
        for row in sheet.rows():
            self._lines += row[0] > 0
            if row[0] > header.row_no and is_row(source, header, row):
                yield row
            elif row[0] > header.row_no:
                self._skipped += 1

    def _cells(self, rows: list[Row]) -> Chunk:
        assert self._part.header is not None
        names = self._part.header.names
        width, broken = len(names), [row for row in rows if any(BROKEN in cell for cell in row[1])]
        if broken:
            self._undecodable(broken)
            gone = {row[0] for row in broken}
            rows = [row for row in rows if row[0] not in gone]
        columns = [
            pa.array([cells[index] if index < len(cells) else "" for _, cells in rows], pa.string()) for index in range(width)
        ]
        return Chunk(pa.array([number for number, _ in rows], pa.int64()), names, columns)

    def _undecodable(self, rows: list[Row]) -> None:
        self._rows += len(rows)
        self._rejected += len(rows)
        for number, cells in rows:
            raw = tuple((f"#{index}", cell.replace(BROKEN, "?")) for index, cell in enumerate(cells, start=1))
            self._rejects.append(Reject(number, None, "undecodable", None, raw))

    def _chunk(self, chunk: Chunk, checked: Checked, seen: Seen) -> None:
        self._rows += chunk.rows
        diverted = self._importer.diversion.diverted(self._part.table, checked)
        if diverted is not None:
            number = pc.sum(diverted).as_py() or 0
            self._rejects += [Reject.diverted()] * number
            self._rejected += number
        kept = pc.invert(diverted) if diverted is not None else pa.repeat(pa.scalar(True), chunk.rows)
        checked.fault(self._contract.key[0], seen.again(checked, pc.and_(kept, pc.invert(checked.faulty()))), "duplicate_key")
        faulty = pc.and_(kept, checked.faulty())
        self._reject(chunk, checked, faulty)
        good = pc.and_(kept, pc.invert(faulty))
        if pc.any(good).as_py():
            self._accept(chunk, checked, good)

    def _reject(self, chunk: Chunk, checked: Checked, faulty: pa.Array) -> None:
        index = pc.indices_nonzero(faulty).to_pylist()
        self._rejected += len(index)
        codes = {name: column.take(pa.array(index, pa.int64())).to_pylist() for name, column in checked.faults.items()} if index else {}
        for place, row in enumerate(index):
            raw, number = chunk.raw(row), chunk.row_no[row].as_py()
            for name in codes:
                if code := codes[name][place]:
                    self._rejects.append(Reject(number, name, code, self._value(name, raw), raw))

    def _value(self, name: str, raw: tuple[tuple[str, str], ...]) -> str | None:
        """The text of the cell a column was read from; of a computed one, all that it was computed from."""
        part = self._part
        if part.source is None or part.header is None:
            return dict(raw).get(name)
        rule = part.source.columns.get(name)
        index = [part.header.index([header]) for header in rule.hash] if rule and rule.hash else []
        if rule and rule.headers:
            index = [part.header.index(rule.headers)]
        found = [raw[one][1] for one in index if one is not None]
        return found[0] if len(found) == 1 else json.dumps(found, ensure_ascii=False) if found else None

    def _accept(self, chunk: Chunk, checked: Checked, good: pa.Array) -> None:
        values = {name: column.filter(good) for name, column in checked.values.items()}
        for name in self._part.source.expect.fill if self._part.source else ():
            self.filled[name] += len(values[name]) - values[name].null_count
        sealed = self._sealer.seal(values)
        number = len(next(iter(sealed.values())))
        sheet = self._part.sheet.name if self._part.sheet else ""
        self.draft.add(pa.table({**sealed, "sheet": pa.repeat(pa.scalar(sheet), number), "row_no": chunk.row_no.filter(good)}))


def _try_again(before: Batch, states: dict[str, str]) -> bool:
    """Rows that found no reference are tried again once the tables looked up in have changed."""
    unknown = before.codes.get("unknown_reference", 0) + before.codes.get("ambiguous_reference", 0)
    return bool(unknown) and before.looked_up != states


def _reported(batch: Batch, status: Status, blob: Blob) -> PartReport:
    return PartReport(
        blob.label, batch.sheet, batch.table, batch.source, batch.batch_id, status, batch.lines, batch.rows, batch.accepted,
        batch.rejected, batch.diverted, batch.skipped, batch.codes,
    )  # fmt: skip


def _short(part: Part, batch: Batch, filled: Counter[str]) -> Message | None:
    """Why a part that falls short of its source's expectations stops, or None."""
    if part.source is None:
        return None
    expect = part.source.expect
    if batch.rows < expect.min_rows:
        return Message(
            "stopped", f"只有 {batch.rows} 行，少于来源要求的 {expect.min_rows} 行，未导入",
            f"has {batch.rows} rows, the source expects {expect.min_rows}: nothing was imported",
        )  # fmt: skip
    for name, share in expect.fill.items():
        if batch.accepted and filled[name] < share * batch.accepted:
            got = f"{filled[name] / batch.accepted:.0%}"
            return Message(
                "stopped", f"列 {name} 只有 {got} 有值，来源要求 {share:.0%}，未导入",
                f"column {name} is filled in {got} of the rows, the source expects {share:.0%}: nothing was imported",
            )  # fmt: skip
    return None
