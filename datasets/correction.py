"""Corrections (更正): a workbook of rejects that comes back, each of its sheets read by the source its rows were rejected under."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from datasets.cells import Row, Sheet
from datasets.check import Chunk
from datasets.contract import Contract, Contracts
from datasets.header import Header, clean
from datasets.quarantine import MARKER, ORIGIN, restored
from datasets.source import Expect, Match, Rule, Source, Sources

CLEAN = "clean"
"""Name under which the clean form's batches stand."""


def clean_source(contract: Contract) -> Source:
    """The clean form as a source: every header is a column's own name."""
    columns = {name: Rule.model_validate({"from": name}) for name in contract.columns}
    return Source(source=CLEAN, table=contract.table, title=contract.title, match=Match(files=("*",)), columns=columns)


def corrections(found: list[Sheet], sources: Sources, contracts: Contracts) -> list[tuple[Source, Sheet, Header]]:
    """The sheets of a workbook of rejects with their sources and headers; none when the workbook is something else."""
    marker = next((sheet for sheet in found if sheet.name == MARKER), None)
    if marker is None:
        return []
    told = {cells[0]: (cells[1], cells[2]) for _, cells in marker.rows() if len(cells) >= 3}
    taken = []
    for sheet in found:
        table, name = told.get(sheet.name, ("", ""))
        source = clean_source(contracts[table]) if name == CLEAN and table in contracts else sources.get(name)
        first = next(islice(sheet.rows(), 1), None)
        if source and first and [clean(cell) for cell in first[1][:2]] == [clean(header) for header in ORIGIN]:
            # a handful of corrected rows owes none of the expectations of a whole file
            source = source.model_copy(update={"expect": Expect(min_rows=0)})
            taken.append((source, replace(sheet, rows=lambda sheet=sheet: _restored(sheet)), Header(1, tuple(first[1]))))  # type: ignore[misc]
    return taken


def _restored(sheet: Sheet) -> Iterator[Row]:
    for number, cells in sheet.rows():
        yield number, [restored(cell) for cell in cells]


def origins(chunk: Chunk) -> list[tuple[str, int] | None]:
    """For each row of a correction, the batch and row it was rejected at before."""
    batches, rows = (column.to_pylist() for column in chunk.columns[:2])
    return [(batch, int(row)) if batch and row and row.isdecimal() else None for batch, row in zip(batches, rows, strict=True)]


def is_correction(header: Header | None) -> bool:
    """Whether this is the header of a sheet of rejects."""
    return header is not None and tuple(header.names[:2]) == ORIGIN
