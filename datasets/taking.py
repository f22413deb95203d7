"""Taking one part in (收录): its rows checked, diverted, rejected or sealed into the draft of one batch."""

import json
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from datasets.batch import Draft
from datasets.check import Checked, Chunk
from datasets.chunks import Chunks
from datasets.contract import Contract
from datasets.correction import is_correction, origins
from datasets.diversion import Diversion
from datasets.files import Blob
from datasets.mapping import Clean, Mapping
from datasets.parts import Part
from datasets.reject import Reject
from datasets.rows import RowSealer
from datasets.seen import Seen


class Taking:
    """One part while it is being read: counts, rejects, and sealed rows going into the draft."""

    def __init__(self, blob: Blob, part: Part, contract: Contract, draft: Draft, sealer: RowSealer, diversion: Diversion) -> None:
        self._blob, self._part, self._contract = blob, part, contract
        self._draft, self._sealer, self._diversion = draft, sealer, diversion
        self.rejects: list[Reject] = []
        self.lines = self.rows = self.rejected = self.skipped = 0
        self.filled: Counter[str] = Counter()
        self.corrects: dict[str, list[int]] = {}

    def read(self, plan: Mapping | Clean, seen: Seen) -> None:
        """Read the whole part, chunk by chunk."""
        chunks = Chunks(self._blob, self._part)
        seen.forget()
        for chunk in chunks:
            self._chunk(chunk, plan.check(chunk), seen)
        self.lines, self.skipped = chunks.lines, chunks.skipped
        self.rows += len(chunks.broken)
        self.rejected += len(chunks.broken)
        for number, cells in chunks.broken:
            raw = tuple((f"#{index}", cell) for index, cell in enumerate(cells, start=1))
            self.rejects.append(Reject(number, None, "undecodable", None, raw))

    def _chunk(self, chunk: Chunk, checked: Checked, seen: Seen) -> None:
        self.rows += chunk.rows
        diverted = self._diversion.diverted(self._part.table, checked)
        if diverted is not None:
            number = pc.sum(diverted).as_py() or 0
            self.rejects += [Reject.diverted()] * number
            self.rejected += number
        kept = pc.invert(diverted) if diverted is not None else pa.repeat(pa.scalar(True), chunk.rows)
        again = seen.again(checked, self._contract.key, pc.and_(kept, pc.invert(checked.faulty())))
        checked.fault(self._contract.key[0], again, "duplicate_key")
        faulty = pc.and_(kept, checked.faulty())
        self._reject(chunk, checked, faulty)
        good = pc.and_(kept, pc.invert(faulty))
        if pc.any(good).as_py():
            self._accept(chunk, checked, good)

    def _reject(self, chunk: Chunk, checked: Checked, faulty: pa.Array) -> None:
        index = pc.indices_nonzero(faulty)
        self.rejected += len(index)
        codes = {name: column.take(index).to_pylist() for name, column in checked.faults.items()} if len(index) else {}
        before = self._origins(chunk)
        for place, row in enumerate(index.to_pylist()):
            raw, number = chunk.raw(row), chunk.row_no[row].as_py()
            for name in codes:
                if code := codes[name][place]:
                    self.rejects.append(Reject(number, name, code, self._value(name, raw), raw, before[row] if before else None))

    def _origins(self, chunk: Chunk) -> list[tuple[str, int] | None]:
        """Where a correction's rows were rejected before: from now on those rejects do not wait any more."""
        if not is_correction(self._part.header):
            return []
        found = origins(chunk)
        for origin in found:
            if origin:
                self.corrects.setdefault(origin[0], []).append(origin[1])
        return found

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
        rows = chunk.row_no.filter(good)
        sheet = pa.repeat(pa.scalar(self._part.sheet.name if self._part.sheet else ""), len(rows))
        self._draft.add(pa.table({**self._sealer.seal(values), "sheet": sheet, "row_no": rows}))
