"""Committing parts (入湖): each part of a file becomes one batch of the lake, unless the same content is here already."""

import hashlib
from collections import Counter
from datetime import datetime

from datasets.batch import Batch, Draft, Step, batch_id
from datasets.contract import Contract
from datasets.diversion import Diversion
from datasets.expunge import expunge
from datasets.files import Blob
from datasets.import_report import FileReport, Message, PartReport, Status
from datasets.key import Key
from datasets.lake import Lake
from datasets.lookup import Lookups
from datasets.mapping import Clean, Mapping
from datasets.parts import Part
from datasets.reject import sealed_rejects
from datasets.rows import RowSealer
from datasets.seen import Seen
from datasets.source import Source, looked_up
from datasets.taking import Taking

READER = "2"
"""Raised when this code reads the same content differently, so that old batches are read anew."""


class Importer:
    """Takes parts into one lake, one after another; holds what they share."""

    def __init__(self, lake: Lake, key: Key, at: datetime | None, step: Step, seen: Seen) -> None:
        self._lake, self._key, self._at, self._step, self._seen = lake, key, at, step, seen
        self._lookups = Lookups(lake)
        self._diversion = Diversion(lake, key, at)
        self._known = {batch.batch_id: batch for batch in lake.batches()}

    def take(self, blob: Blob, part: Part, report: FileReport) -> None:
        """Import one part, unless the same content is here already; adds to the file's report."""
        identity = batch_id(part.table, part.source_name, _content(blob, part))
        before = self._known.get(identity)
        states = {table: self._lake.state(table) for table in sorted(looked_up(part.source) if part.source else ())}
        if before and before.living and before.revision == self._revision(part) and not _try_again(before, states):
            report.parts.append(_reported(before, "already_here", blob))
            return
        contract = self._lake.contracts[part.table]
        draft = Draft(self._lake.folder, contract, identity, before.version + 1 if before else 1)
        sealer = RowSealer(self._lake, self._key, contract)
        taking = Taking(blob, part, contract, draft, sealer, self._diversion)
        taking.read(self._plan(part), self._seen)
        if short := _short(part, taking, draft.accepted):
            draft.abandon()
            report.messages.append(short)
            sheet = part.sheet.name if part.sheet else ""
            report.parts.append(PartReport(blob.label, sheet, part.table, part.source_name, identity, "stopped"))
            return
        batch = self._batch(blob, part, before, taking, draft, states)
        committed = self._commit(batch, before, taking, draft, sealer)
        report.parts.append(_reported(committed, "replaced" if before and before.living else "imported", blob))

    def finish(self) -> int:
        """Take out of earlier batches what may not be entered by what is known now; returns how many rows."""
        return expunge(self._lake, self._key, self._diversion, self._step)

    def _commit(self, batch: Batch, before: Batch | None, taking: Taking, draft: Draft, sealer: RowSealer) -> Batch:
        # the stubs first: a crash between them and the batch leaves a stub whose ticket is diverted again
        self._diversion.remember()
        draft.beside("vault", sealer.vault())
        about = {
            "batch_id": batch.batch_id,
            "table": batch.table,
            "source": batch.source,
            "file": batch.file,
            "sheet": batch.sheet,
        }
        draft.beside("rejects", sealed_rejects(taking.rejects, self._key, **about))
        committed = self._lake.commit(draft, batch, before, self._step)
        self._known[batch.batch_id] = committed
        self._lookups.changed(batch.table)
        self._diversion.changed(batch.table)
        return committed

    def _batch(self, blob: Blob, part: Part, before: Batch | None, taking: Taking, draft: Draft, states: dict[str, str]) -> Batch:
        codes = Counter(reject.code for reject in taking.rejects)
        return Batch(
            batch_id=draft.batch_id, table=part.table, source=part.source_name, revision=self._revision(part),
            seq=before.seq if before and before.living else self._lake.next_seq(),
            file=blob.label, sheet=part.sheet.name if part.sheet else "", content=_content(blob, part),
            lines=taking.lines, rows=taking.rows, accepted=draft.accepted, rejected=taking.rejected,
            diverted=codes["diverted"], skipped=taking.skipped, codes=dict(sorted(codes.items())), looked_up=states,
            corrects=taking.corrects, judged=self._diversion.knowledge if self._diversion.concerns(part.table) else "", imported_at=self._at.isoformat() if self._at else None,
        )  # fmt: skip

    def _revision(self, part: Part) -> str:
        return revision_of(self._lake.contracts[part.table], part.source)

    def _plan(self, part: Part) -> Mapping | Clean:
        contract = self._lake.contracts[part.table]
        if part.source is None or part.header is None:
            return Clean(contract)
        return Mapping(contract, part.source, part.header, self._lookups, self._key)


def revision_of(contract: Contract, source: Source | None) -> str:
    """16 hex of everything besides the content that decides what a part becomes."""
    said = (READER, source.digest if source else "", contract.model_dump_json())
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]


def _content(blob: Blob, part: Part) -> str:
    return part.sheet.content if part.sheet else blob.content


def _try_again(before: Batch, states: dict[str, str]) -> bool:
    """Rows that found no reference are tried again once the tables looked up in have changed."""
    unknown = before.codes.get("unknown_reference", 0) + before.codes.get("ambiguous_reference", 0)
    return bool(unknown) and before.looked_up != states


def _reported(batch: Batch, status: Status, blob: Blob) -> PartReport:
    return PartReport(
        blob.label, batch.sheet, batch.table, batch.source, batch.batch_id, status, batch.lines, batch.rows, batch.accepted,
        batch.rejected, batch.diverted, batch.skipped, batch.codes,
    )  # fmt: skip


def _short(part: Part, taking: Taking, accepted: int) -> Message | None:
    """Why a part that falls short of its source's expectations stops, or None."""
    if part.source is None:
        return None
    expect = part.source.expect
    if taking.rows < expect.min_rows:
        return Message(
            "stopped", f"只有 {taking.rows} 行，少于来源要求的 {expect.min_rows} 行，未导入",
            f"has {taking.rows} rows, the source expects {expect.min_rows}: nothing was imported",
        )  # fmt: skip
    for name, share in expect.fill.items():
        if accepted and taking.filled[name] < share * accepted:
            got = f"{taking.filled[name] / accepted:.0%}"
            return Message(
                "stopped", f"列 {name} 只有 {got} 有值，来源要求 {share:.0%}，未导入",
                f"column {name} is filled in {got} of the rows, the source expects {share:.0%}: nothing was imported",
            )  # fmt: skip
    return None
