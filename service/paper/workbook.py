"""A list as a spreadsheet (清单导出): alerts or case files as the caller sees them, with every sealed value left out."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

import xlsxwriter
from sqlalchemy import func, select

from datasets.sealing import TOKEN
from service.access.caller import Caller
from service.access.sight import cases_seen, seen
from service.desk import Desk
from service.lines import Line, lines
from service.masking import FREE_TEXT
from service.reading import Reading
from service.store.alert import Alert
from service.store.case import CaseFile
from service.store.event import Happening, append
from service.words import say
from service.working_days import day_of

MOST, TOGETHER = 20_000, 1000
"""Rows of one workbook: more than anybody reads; and how many are fetched at once."""
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | Decimal | date | None
ALERTS = ("alert", "level", "severity", "status", "kind", "title", "reason", "subject", "unit", "area", "amount", "signals", "first_seen",
          "last_seen", "stream", "office", "due_on")  # fmt: skip
CASES = (
    "case",
    "title",
    "status",
    "source",
    "unit",
    "office",
    "stream",
    "received_on",
    "due_on",
    "opened_on",
    "closed_on",
    "outcome",
)


@dataclass(frozen=True)
class Workbook:
    """A workbook made."""

    name: str
    content: bytes
    rows: int
    left_out: int = 0
    """Rows that it had no room for; its sheet says so."""


def alerts_listed(
    desk: Desk, reading: Reading, caller: Caller, prints: Sequence[str] | None = None, most: int = MOST
) -> Workbook:
    """Alerts: these in this order as far as the caller sees them, or all that they see, the highest priority first; `most` of them."""
    wanted = select(Alert).where(seen(caller))
    if prints is None:
        ranked = wanted.order_by(Alert.priority.desc(), Alert.fingerprint).with_only_columns(Alert.fingerprint)
        prints = list(reading.session.scalars(ranked))
    kept = prints[:most]

    def rows() -> Iterator[list[Cell]]:
        for start in range(0, len(kept), TOGETHER):
            part = kept[start : start + TOGETHER]
            found = {one.fingerprint: one for one in reading.session.scalars(wanted.where(Alert.fingerprint.in_(part)))}
            alerts = [found[one] for one in part if one in found]
            reading.names.learn("area", [one.area_id for one in alerts])
            yield from (_alert(reading, line) for line in lines(reading, alerts))

    return _kept(desk, caller, "alerts", ALERTS, rows, len(prints) - len(kept))


def cases_listed(desk: Desk, reading: Reading, caller: Caller, closed: bool = False, most: int = MOST) -> Workbook:
    """Case files that the caller sees: the open ones by due day, or the closed ones, the last closed first."""
    query = select(CaseFile).where(cases_seen(caller), CaseFile.status == "closed" if closed else CaseFile.status != "closed")
    ordered = query.order_by(CaseFile.closed_at.desc()) if closed else query.order_by(CaseFile.due_on.is_(None), CaseFile.due_on)
    found = reading.session.scalars(ordered.limit(most)).all()
    whole = reading.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    reading.names.learn("unit", [one.unit_id for one in found])
    reading.names.learn("office", [one.office_id for one in found])
    return _kept(desk, caller, "cases", CASES, lambda: (_case(reading, one) for one in found), whole - len(found))


def alerts_to_list(reading: Reading, caller: Caller) -> int:
    """How many alerts the caller's whole list would have."""
    return reading.session.scalar(select(func.count()).select_from(select(Alert.fingerprint).where(seen(caller)).subquery())) or 0


def _alert(reading: Reading, line: Line) -> list[Cell]:
    lead = next((one for one in line.went_to if one.role == "lead"), None)
    return [
        line.alert, say(f"level.{line.level}"), say(f"severity.{line.severity}"), say(f"status.{line.status}"), line.kind, line.title,
        line.sentence, line.subject, line.unit, reading.names.short("area", line.area_id), line.amount, line.signals, line.first_seen,
        line.last_seen, say(f"stream.{lead.stream}") if lead else "", lead.office if lead else "", lead.due_on if lead else None,
    ]  # fmt: skip


def _case(reading: Reading, one: CaseFile) -> list[Cell]:
    return [
        one.name, one.title, say(f"casework.status.{one.status}"), say(f"paper.from.{one.source}"),
        reading.names.short("unit", one.unit_id), reading.names.short("office", one.office_id), say(f"stream.{one.stream}"),
        one.received_on, one.due_on, day_of(one.opened_at), day_of(one.closed_at) if one.closed_at else None,
        say(f"paper.outcome.{one.outcome}") if one.outcome else "",
    ]  # fmt: skip


def _kept(
    desk: Desk, caller: Caller, name: str, columns: Sequence[str], rows: Callable[[], Iterator[list[Cell]]], left_out: int
) -> Workbook:
    """Write it, and put on record who took which list, how long, and the hash by which a copy is known again."""
    content, count = _written(say(f"paper.list.{name}"), [say(f"paper.column.{one}") for one in columns], rows(), left_out)
    told = {"rows": count, **({"left_out": left_out} if left_out else {}), "sha256": hashlib.sha256(content).hexdigest()}
    with desk.store.change() as session:
        append(session, [Happening("list.exported", f"LIST:{name}", told)], caller.name, desk.clock())
    return Workbook(f"{say(f'paper.list.{name}')}-{desk.today:%Y%m%d}.xlsx", content, count, left_out)


def _written(title: str, headings: Sequence[str], rows: Iterator[list[Cell]], left_out: int) -> tuple[bytes, int]:
    made, count = BytesIO(), 0
    # what people wrote stays text: no cell becomes a formula or a link
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, plain) as book:
        sheet = book.add_worksheet(title)
        head, days = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        money = book.add_format({"num_format": "#,##0.00"})
        warned = book.add_format({"bold": True, "font_color": "#9C5700", "bg_color": "#FFEB9C"})
        top = 1 if left_out else 0  # what is left out is said above everything else
        sheet.write_row(top, 0, headings, head)
        sheet.freeze_panes(top + 1, 0)
        for count, row in enumerate(rows, 1):
            for at, cell in enumerate(row):
                _write(sheet, top + count, at, cell, days, money)
        if left_out:
            sheet.write_string(0, 0, say("paper.cut", rows=f"{count:,}", left_out=f"{left_out:,}"), warned)
        sheet.write_string(top + count + 2, 0, say("paper.sealed_out"))
        sheet.autofilter(top, 0, top + max(1, count), len(headings) - 1)
        sheet.set_column(0, len(headings) - 1, 16)
    return made.getvalue(), count


def _write(sheet: "xlsxwriter.worksheet.Worksheet", row: int, at: int, cell: Cell, days: object, money: object) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, at, without_sealed(cell))
    elif isinstance(cell, date):
        sheet.write_datetime(row, at, cell, days)
    elif isinstance(cell, Decimal):
        sheet.write_number(row, at, float(cell), money)
    elif cell is not None:
        sheet.write_number(row, at, cell)


def without_sealed(text: str) -> str:
    """The text with every sealed value left out."""
    return TOKEN.sub(say("paper.left_out"), FREE_TEXT.sub(say("paper.left_out"), text))
