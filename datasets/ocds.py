"""OCDS 1.1 compiled releases (开放招标数据), JSON lines of any size, into the procurement tables of the lake.

One line is one release; each table gets one batch out of the file, whose rows lead back to the line. Ids that
publishers number within a release are stored as `ocid#id`. Times with a zone are stored in UTC, times without one as
published (`zone_known` says which), and the raw texts stand beside them.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from datasets.batch import Batch, Step, batch_id
from datasets.contract import Contract
from datasets.key import Key
from datasets.lake import Lake
from datasets.ocds_found import Found
from datasets.ocds_lines import Line, Lines
from datasets.ocds_release import TABLES, rows_of
from datasets.ocds_sink import NEVER, MergingSink, Sink
from datasets.ocds_values import moment
from datasets.ocds_words import OcdsWords, shipped_words
from datasets.reject import Reject

SOURCE = "ocds"
"""What the batches name as their source."""
READER = 1
"""Counted up when this reader changes what it makes of a file, so that files read before are read anew."""
MERGED = ("unit", "enterprise")
Progress = Callable[[int, int], None]
"""Called with the bytes read so far and the bytes of the file."""


@dataclass
class OcdsImport:
    """What came of one file: lines that are not blank, releases replaced by a newer one of the same ocid, batches."""

    file: str
    lines: int = 0
    replaced: int = 0
    already: bool = False
    batches: list[Batch] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows found in all tables; always accepted + rejected."""
        return sum(batch.rows for batch in self.batches)

    @property
    def accepted(self) -> int:
        return sum(batch.accepted for batch in self.batches)

    @property
    def rejected(self) -> int:
        return sum(batch.rejected for batch in self.batches)


def is_ocds(path: Path) -> bool:
    """Whether the first line of a `.jsonl` or `.ndjson` file, plain or gzipped, is a release with an ocid."""
    if not path.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        return False
    first = next(iter(Lines(path)), None)
    return first is not None and first.release is not None


def import_ocds(
    lake: Lake,
    path: Path,
    key: Key,
    progress: Progress | None = None,
    *,
    label: str | None = None,
    at: datetime | None = None,
    step: Step = lambda _: None,
) -> OcdsImport:
    """Import one OCDS file; the caller holds the lake's `import` lock and has seen to it that the key is the lake's own.

    `label` is the file's name in batches and rejects, `at` the time of import for the manifests, `step` as in `import_paths`. A broken line, a repeated id or a value out of range is a reject
    with its line number, and the rest goes on. The same file twice changes nothing. Raises OSError when the file cannot be read.
    """
    words, label = shipped_words(), label or path.name
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    before = {table: lake.batch(batch_id(table, SOURCE, content)) for table in TABLES}
    revisions = {table: _revision(lake.contracts[table], words) for table in TABLES}
    there = [batch for batch in before.values() if batch is not None]
    # the tender's batch is committed last: where it is, all of the file is, unless a batch was withdrawn since
    if before["tender"] and all(batch.living and batch.revision == revisions[batch.table] for batch in there):
        return OcdsImport(label, lines=before["tender"].lines, already=True, batches=there)
    reading = _Reading(lake, path, key, content, before, words, progress)
    try:
        reading.read()
        return reading.commit(label, revisions, at, step)
    finally:
        reading.clear()


def _revision(contract: Contract, words: OcdsWords) -> str:
    said = [READER, words.model_dump(), [(name, column.type, column.seal) for name, column in contract.columns.items()]]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


class _Reading:
    """One file on its way into drafts."""

    def __init__(
        self,
        lake: Lake,
        path: Path,
        key: Key,
        content: str,
        before: dict[str, Batch | None],
        words: OcdsWords,
        progress: Progress | None,
    ) -> None:
        self.lake, self.path, self.key, self.content, self.before, self.words = lake, path, key, content, before, words
        self.progress = progress or (lambda done, total: None)
        self.waiting = lake.folder / "tmp" / str(os.getpid()) / content[:16]
        self.sinks: dict[str, Sink] = {}
        self.lines = 0
        self.replaced: set[int] = set()

    def read(self) -> None:
        """Fill the drafts. Only when a release turns out to replace an earlier one are they filled again, without that one."""
        while True:
            known = frozenset(self.replaced)
            self.sinks = {table: self._sink(table) for table in TABLES}
            self._pass(known)
            if self.replaced == known:
                return
            self.clear()

    def _sink(self, table: str) -> Sink:
        before, contract = self.before[table], self.lake.contracts[table]
        identity, version = batch_id(table, SOURCE, self.content), before.version + 1 if before else 1
        if table in MERGED:
            return MergingSink(self.lake.folder, contract, identity, version, self.key, self.waiting)
        return Sink(self.lake.folder, contract, identity, version, self.key)

    def _pass(self, known: frozenset[int]) -> None:
        newest: dict[str, tuple[datetime, int]] = {}
        lines, total, self.lines = Lines(self.path), self.path.stat().st_size, 0
        for line in lines:
            self.lines += 1
            if self.lines % 200 == 0:
                self.progress(lines.done, total)
            if line.release is None:
                assert line.code is not None
                column = "tender_id" if line.code == "missing" else None
                self.sinks["tender"].refuse(Reject(line.number, column, line.code), line.raw.decode("utf-8", "replace"))
            elif line.number in known or self._is_older(line, newest, known):
                self.sinks["tender"].refuse(Reject(line.number, "tender_id", "duplicate_key", line.release["ocid"]))
            else:
                self._put(rows_of(line.release, line.number, self.words), moment(line.release.get("date"))[0])
        self.progress(total, total)

    def _is_older(self, line: Line, newest: dict[str, tuple[datetime, int]], known: frozenset[int]) -> bool:
        """Whether an earlier line holds a newer release of the same ocid; else that earlier line is replaced."""
        assert line.release is not None
        ocid = line.release["ocid"].strip()
        released = moment(line.release.get("date"))[0] or NEVER
        if ocid in newest:
            if newest[ocid][0] > released:
                self.replaced.add(line.number)
                return line.number not in known
            self.replaced.add(newest[ocid][1])
        newest[ocid] = (released, line.number)
        return False

    def _put(self, found: Found, released: datetime | None) -> None:
        for table, rows in found.rows.items():
            sink = self.sinks[table]
            for row in rows:
                sink.add(row, found.line, released)
        for refused in found.refused:
            self.sinks[refused.table].refuse(
                Reject(refused.line, refused.column, refused.code, refused.value or None), refused.part
            )

    def commit(self, label: str, revisions: dict[str, str], at: datetime | None, step: Step) -> OcdsImport:
        """Make the drafts batches, the tender's last."""
        done = OcdsImport(label, lines=self.lines, replaced=len(self.replaced))
        for table in sorted(TABLES, key=lambda name: name == "tender"):
            sink, before = self.sinks[table], self.before[table]
            sink.close(SOURCE, label)
            if table == "tender" or before is not None or sink.draft.accepted or sink.rejects:
                batch = self._batch(sink, label, revisions[table], at)
                done.batches.append(self.lake.commit(sink.draft, batch, before, step))
        self.sinks = {}
        return done

    def _batch(self, sink: Sink, label: str, revision: str, at: datetime | None) -> Batch:
        codes: dict[str, int] = {}
        for reject in sink.rejects:
            codes[reject.code] = codes.get(reject.code, 0) + 1
        table, accepted, rejected = sink.contract.table, sink.draft.accepted, len(sink.rejects)
        before = self.before[table]
        return Batch(
            batch_id=sink.draft.batch_id, table=table, source=SOURCE, revision=revision,
            seq=before.seq if before and before.living else self.lake.next_seq(), file=label, content=self.content,
            # the lines of the file are counted once, with the table that has a row for each
            lines=self.lines if table == "tender" else 0,
            rows=accepted + rejected, accepted=accepted, rejected=rejected, codes=dict(sorted(codes.items())),
            imported_at=at.isoformat() if at else None,
        )  # fmt: skip

    def clear(self) -> None:
        """Remove what was written and not committed."""
        _abandon(self.sinks.values())
        self.sinks = {}
        shutil.rmtree(self.waiting, ignore_errors=True)


def _abandon(sinks: Iterable[Sink]) -> None:
    for sink in sinks:
        sink.abandon()
