"""Parts (文件部分): which source takes which sheet of which file, and in what order they must come in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from datasets.cells import WORKBOOKS, Sheet, parquet, sheets
from datasets.contract import Contracts
from datasets.correction import CLEAN, corrections
from datasets.files import Blob, FileRefused, blobs, check_readable, fits, walk
from datasets.header import Header, find_header, score
from datasets.import_report import Message
from datasets.ocds import is_ocds
from datasets.ocds_release import TABLES as OCDS_TABLES
from datasets.source import Source, Sources, looked_up

_KEPT_BYTES = 64 << 20
"""Sheets of small files are kept between finding their sources and reading them, up to this much together."""


@dataclass
class Part:
    """One sheet and the source that takes it; `source` None is the clean form of `table`."""

    table: str
    source: Source | None
    sheet: Sheet | None = None
    header: Header | None = None

    @property
    def source_name(self) -> str:
        return self.source.source if self.source else CLEAN


@dataclass
class Found:
    """One file or member with the tables it fills; `open()` gives its parts with their sheets. OCDS `releases` have none."""

    blob: Blob
    tables: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    open: Callable[[], list[Part]] = list
    releases: bool = False


class Finder:
    """Finds the parts of files under some sources, in the order their tables depend on one another."""

    def __init__(self, sources: Sources, contracts: Contracts) -> None:
        self._sources, self._contracts = sources, contracts
        self._kept = 0
        self._rank = {table: rank for rank, table in enumerate(table_order(sources, contracts))}

    def find(self, paths: Iterable[Path]) -> list[Found]:
        """Every file below the paths, those that others look names up in first; refused files carry a message."""
        found = []
        for root, path in _labelled(paths):
            label = path.relative_to(root).as_posix()
            try:
                check_readable(path, label)
                if is_ocds(path):
                    found.append(Found(Blob(label, path=path), set(OCDS_TABLES), releases=True))
                    continue
                found += [self._file(blob) for blob in blobs(path, label)]
            except FileRefused as refused:
                found.append(Found(Blob(refused.label, path=path), messages=[Message("refused", refused.zh, refused.en)]))
        return sorted(found, key=lambda one: (max((self._rank[table] for table in one.tables), default=-1), one.blob.label))

    def _file(self, blob: Blob) -> Found:
        try:
            if clean := self._clean(blob):
                table, messages = clean
                return Found(blob, {table}, messages, lambda: [Part(table, None)])
            parts, messages = self._parts(blob)
        except FileRefused as refused:
            return Found(blob, messages=[Message("refused", refused.zh, refused.en)])
        if not parts:
            return Found(
                blob, messages=[*messages, Message("no_source", "没有来源映射认得这个文件", "no source takes this file")]
            )
        size = blob.path.stat().st_size if blob.path else len(blob.read())
        if size + self._kept <= _KEPT_BYTES:
            self._kept += size
            return Found(blob, {part.table for part in parts}, messages, lambda: parts)
        return Found(blob, {part.table for part in parts}, messages, lambda: self._parts(blob)[0])

    def _clean(self, blob: Blob) -> tuple[str, list[Message]] | None:
        """The table of a Parquet file in the clean form: named `<table>*.parquet`, with every required column of the contract."""
        if blob.ending != "parquet":
            return None
        stem, columns = blob.name.removesuffix(".parquet"), set(parquet(blob).schema_arrow.names)
        fitting = []
        for table, contract in self._contracts.items():
            required = {name for name, column in contract.columns.items() if column.required}
            if (stem == table or stem.startswith((f"{table}-", f"{table}_", f"{table}."))) and required <= columns:
                fitting.append(table)
        if not fitting:
            return None
        table = max(fitting, key=len)
        ignored = "、".join(sorted(columns - set(self._contracts[table].columns)))
        message = Message(
            "unknown_columns", f"表 {table} 没有这些列，未导入：{ignored}", f"{table} has no such columns, left out: {ignored}"
        )
        return table, [message] if ignored else []

    def _parts(self, blob: Blob) -> tuple[list[Part], list[Message]]:
        takers = [source for source in self._sources.values() if fits(blob.name, source.match.files)]
        found: list[Part] = []
        messages: list[Message] = []
        book = sheets(blob) if blob.ending in WORKBOOKS else None  # what a workbook says does not depend on an encoding
        if book and (corrected := corrections(book, self._sources, self._contracts)):
            return [Part(source.table, source, sheet, header) for source, sheet, header in corrected], messages
        for encoding in sorted({source.encoding for source in takers}):
            for sheet in book or sheets(blob, encoding):
                best, beaten = self._best(sheet, [source for source in takers if source.encoding == encoding])
                found += best
                messages += [_other(sheet, name) for name in beaten]
        return sorted(found, key=lambda part: self._rank[part.table]), messages

    def _best(self, sheet: Sheet, takers: list[Source]) -> tuple[list[Part], list[str]]:
        """For each table the source that knows most of the sheet's header."""
        best: dict[str, Part] = {}
        beaten = []
        for source in takers:
            header = find_header(source, sheet) if fits(sheet.name, source.match.sheets) else None
            if header is None:
                continue
            rival = best.get(source.table)
            if rival is None or not (rival.source and rival.header) or score(source, header) > score(rival.source, rival.header):
                beaten += [rival.source_name] if rival else []
                best[source.table] = Part(source.table, source, sheet, header)
            else:
                beaten.append(source.source)
        return list(best.values()), beaten


def _other(sheet: Sheet, name: str) -> Message:
    where = f"工作表 {sheet.name}：" if sheet.name else ""
    return Message(
        "other_source", f"{where}来源 {name} 也认得，但不如所选的贴合", f"source {name} takes it too, but fits less well"
    )


def _labelled(paths: Iterable[Path]) -> list[tuple[Path, Path]]:
    """(root, file): labels are relative to the folder named, or the bare name of a file named."""
    return [(path if path.is_dir() else path.parent, file) for path in paths for file in walk([path])]


def table_order(sources: Sources, contracts: Contracts) -> list[str]:
    """Tables so that what others look up, and what diversion must know before tickets, comes first."""
    before: dict[str, set[str]] = {table: set() for table in contracts}
    for source in sources.values():
        before[source.table] |= looked_up(source) - {source.table}
    if "ticket" in contracts:
        # who may be complained about here, and which names occur in texts, must be known before a ticket is read
        before["ticket"] |= {"person", "public_employee", "office", "area", "unit", "enterprise"} & set(contracts)
        for table, contract in contracts.items():
            if table != "ticket" and any(column.refers == "ticket.ticket_id" for column in contract.columns.values()):
                before[table].add("ticket")
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError:  # tables that look each other up: then as the contracts stand
        return list(contracts)
