"""Rows in pieces (分块): a part's rows as chunks of columns, lines that are no rows skipped, undecodable ones set apart."""

from collections.abc import Iterator
from itertools import islice

import pyarrow as pa

from datasets.cells import BROKEN, Row, parquet
from datasets.check import Chunk
from datasets.files import Blob
from datasets.header import is_row
from datasets.parts import Part

CHUNK = 500_000


class Chunks:
    """The chunks of one part; counts the lines read and skipped, and collects the broken rows met on the way."""

    def __init__(self, blob: Blob, part: Part) -> None:
        self._blob, self._part = blob, part
        self.lines = self.skipped = 0
        self.broken: list[Row] = []

    def __iter__(self) -> Iterator[Chunk]:
        if self._part.sheet is None:
            yield from self._clean()
            return
        rows = self._rows()
        while some := list(islice(rows, CHUNK)):
            yield self._cells(some)

    def _clean(self) -> Iterator[Chunk]:
        number = 1
        for piece in parquet(self._blob).iter_batches(batch_size=CHUNK):
            numbers = pa.array(range(number, number + piece.num_rows), pa.int64())
            self.lines += piece.num_rows
            number += piece.num_rows
            yield Chunk(numbers, tuple(piece.schema.names), piece.columns)

    def _rows(self) -> Iterator[Row]:
        source, header, sheet = self._part.source, self._part.header, self._part.sheet
        assert source is not None and header is not None and sheet is not None
        for row in sheet.rows():
            self.lines += row[0] > 0
            if row[0] <= header.row_no:
                continue
            if not is_row(source, header, row):
                self.skipped += 1
            elif any(BROKEN in cell for cell in row[1]):
                self.broken.append((row[0], [cell.replace(BROKEN, "?") for cell in row[1]]))
            else:
                yield row

    def _cells(self, rows: list[Row]) -> Chunk:
        assert self._part.header is not None
        names = self._part.header.names
        cells = [[row[index] if index < len(row) else "" for _, row in rows] for index in range(len(names))]
        columns = [pa.array(column, pa.string()) for column in cells]
        return Chunk(pa.array([number for number, _ in rows], pa.int64()), names, columns)
