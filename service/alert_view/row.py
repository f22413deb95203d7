"""One row of a file as it was imported (原始行), among its neighbours, whose persons are hidden; only for what an alert rests on or shows."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from datasets.contract import Column, Contract
from service.access.caller import Caller
from service.access.sight import COMPLAINTS
from service.alert_view.openness import sees_complaints
from service.alert_view.records import LONG, call_by_name, place, source_of
from service.alert_view.ties import ties_of
from service.alert_view.timeline import timeline_of
from service.errors import NothingFound
from service.evidence import NEVER, cell, label_of
from service.reading import Reading
from service.store import questions
from service.store.alert import Alert
from service.words import either

AROUND = 3
HIDDEN = "•••"


class Place(BaseModel):
    """Where a row stands."""

    batch: str
    sheet: str
    row: int


class RowLine(BaseModel):
    """A row; `this` is the one that was asked for."""

    number: int
    cells: list[str | None]
    this: bool


class RowPage(BaseModel):
    """The row with its neighbours; empty when it is no longer current."""

    title: str
    source: str
    labels: list[str]
    lines: list[RowLine]
    gone: bool


def row_page(seen: Reading, where: Place, alert: Alert | None, caller: Caller) -> RowPage:
    """The row and up to AROUND rows on either side; of the neighbours nothing that tells who they are.

    Without an alert for those only that may read records and see everything. Raises NothingFound for what is not there or not
    the caller's to see. Texts hold pseudonyms, which the caller masks.
    """
    batch = seen.desk.lake.batch(where.batch)
    if batch is None or batch.table not in seen.desk.contracts:
        raise NothingFound("alert.no_row")
    contract = seen.desk.contracts[batch.table]
    if not _allowed(seen, contract, where, alert, caller):
        raise NothingFound("alert.no_row")
    columns = [name for name in contract.columns if not name.startswith(NEVER) and (contract.table, name) not in LONG]
    found = _read(seen, contract, columns, where)
    lines = [_line(row, columns, contract, where.row) for row in found]
    for at, name in enumerate(columns):
        call_by_name(seen, contract, name, at, [line.cells for line in lines if line.this])
    filled = [at for at in range(len(columns)) if any(line.cells[at] is not None for line in lines)]
    return RowPage(
        title=either(contract.title), source=source_of(seen, where.batch, where.sheet, where.row),
        labels=[label_of(contract.columns[columns[at]]) for at in filled],
        lines=[line.model_copy(update={"cells": [line.cells[at] for at in filled]}) for line in lines],
        gone=not any(line.this for line in lines),
    )  # fmt: skip


def _allowed(seen: Reading, contract: Contract, where: Place, alert: Alert | None, caller: Caller) -> bool:
    if alert is None:
        sees_all = any(one.role.sees == "all" and one.bounds.everywhere for one in caller.within("records.read"))
        return sees_all and contract.table not in COMPLAINTS
    free = sees_complaints(seen.session, caller, alert.fingerprint)
    if contract.table in COMPLAINTS and not free:
        return False
    signals = questions.present_signals(seen.session, [alert.fingerprint])[alert.fingerprint]
    keys = {key for one in signals for key in one.body["evidence"].get(contract.table, ())}
    key = " || '|' || ".join(f'CAST("{name}" AS VARCHAR)' for name in contract.key)
    sql = f"SELECT {key} FROM \"{contract.table}\" WHERE batch_id = ? AND coalesce(sheet, '') = ? AND row_no = ?"  # noqa: S608 - names of the contract
    row = seen.tables.con.execute(sql, [where.batch, where.sheet, where.row]).fetchone()
    if row is not None and str(row[0]) in keys:
        return True
    link = place(where.batch, where.sheet, where.row)
    time = timeline_of(seen, alert, signals, complaints=free, viewer=caller.person_id)
    if any(point.link == link for point in time.points):
        return True
    first = ties_of(seen, alert)
    if any(tie.link == link for tie in first.ties):
        return True
    return any(tie.link == link for node in first.nodes if node.opens for tie in ties_of(seen, alert, node.number).ties)


def _read(seen: Reading, contract: Contract, columns: Sequence[str], where: Place) -> list[tuple[Any, ...]]:
    shown = ", ".join(f'"{name}"' for name in columns)
    sql = f"SELECT row_no, {shown} FROM \"{contract.table}\" WHERE batch_id = ? AND coalesce(sheet, '') = ? AND row_no BETWEEN ? AND ? ORDER BY row_no"  # noqa: S608
    bound = [where.batch, where.sheet, where.row - AROUND, where.row + AROUND]
    found: list[tuple[Any, ...]] = seen.tables.con.execute(sql, bound).fetchall()
    return found


def _line(row: Sequence[Any], columns: Sequence[str], contract: Contract, asked: int) -> RowLine:
    number, *values = row
    this = number == asked
    cells = [_cell(value, name, contract, this=this) for value, name in zip(values, columns, strict=True)]
    return RowLine(number=number, cells=cells, this=this)


def _cell(value: object, name: str, contract: Contract, *, this: bool) -> str | None:
    column = contract.columns[name]
    if not this and value is not None and _tells_who(name, column, contract):
        return HIDDEN
    return cell(value, column)


def _tells_who(name: str, column: Column, contract: Contract) -> bool:
    """Whether a cell may tell who somebody is; of a complaint everything that somebody wrote."""
    personal = column.sensitivity in ("sealed", "personal") or column.seal is not None
    return personal or (contract.table in COMPLAINTS and column.type == "text" and not column.allowed) or name in contract.key
