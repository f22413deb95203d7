"""Rows to be screened (待筛查记录): checked by their table's contract and sealed like rows that come in for good, but kept nowhere."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from datasets.check import Checked, Chunk
from datasets.contract import Contract
from datasets.diversion import Diversion
from datasets.key import Key
from datasets.mapping import Clean
from datasets.reading import Code
from datasets.rows import RowSealer
from service.desk import Desk
from service.errors import NothingFound


@dataclass(frozen=True)
class Fault:
    """A value that the contract does not allow; `row` is the place in what was sent, the first is 0."""

    row: int
    field: str | None
    code: Code


@dataclass(frozen=True)
class Taken:
    """The rows that can be judged, sealed, with the contract's columns; where each stood; and what is wrong with the others."""

    rows: pa.Table
    places: list[int]
    faults: list[Fault]
    sent: int


def take(desk: Desk, contract: Contract, given: pa.Table) -> Taken:
    """Check and seal rows (columns of text, NULL: not given). Of two rows with one key the later is at fault.

    What may not be entered by law is a fault of its row (`diverted`), and nothing of it is looked at further.
    Raises NothingFound when this machine has no key: without it no pseudonym can be made.
    """
    key = _key(desk)
    chunk = Chunk(
        pa.array(range(given.num_rows), pa.int64()), tuple(given.column_names), [one.combine_chunks() for one in given.columns]
    )
    checked = Clean(contract).check(chunk)
    _repeated(checked, contract)
    diversion = Diversion(desk.lake, key, None)
    diverted = diversion.diverted(contract.table, checked) if diversion.concerns(contract.table) else None
    if diverted is not None:
        checked.faults = {
            name: pc.if_else(diverted, pa.scalar(None, pa.string()), codes) for name, codes in checked.faults.items()
        }
        checked.fault(contract.key[0], diverted, "diverted")
    faults = [
        Fault(row, None if code == "diverted" else name, code)
        for name, codes in checked.faults.items()
        for row, code in enumerate(codes.to_pylist())
        if code
    ]
    good = pc.invert(checked.faulty())
    values = {name: column.filter(good) for name, column in checked.values.items()}
    sealed = RowSealer(desk.lake, key, contract).seal(values)
    rows = pa.table({name: sealed[name] for name in contract.columns})
    return Taken(
        rows, pc.indices_nonzero(good).to_pylist(), sorted(faults, key=lambda one: (one.row, one.field or "")), given.num_rows
    )


def _key(desk: Desk) -> Key:
    if desk.key is None:
        raise NothingFound("screening.no_key")
    return desk.key.at(desk.lake.folder)


def _repeated(checked: Checked, contract: Contract) -> None:
    seen: set[tuple[object, ...]] = set()
    again = []
    for one in zip(*(checked.values[name].to_pylist() for name in contract.key), strict=True):
        again.append(one in seen and None not in one)
        seen.add(one)
    checked.fault(contract.key[0], pa.array(again, pa.bool_()), "duplicate_key")
