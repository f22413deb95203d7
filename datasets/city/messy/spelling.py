"""Spelling (书写): a column's values as an office writes them, worked out once for every distinct value."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from datasets.city.columns import Column as Values
from datasets.city.messy.letters import Page
from datasets.contract import Column

Cell = str | int | float
Spell = Callable[[Any], Cell]

_DAY_ONE = date(1899, 12, 30)
_BOOLEANS = {"chinese": ("是", "否"), "digits": ("1", "0"), "letters": ("Y", "N")}
_ORDER = ("iso", "slash", "cn", "dot")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def spell(name: str, column: Column, values: Values, page: Page, words: Mapping[str, str], *, workbook: bool) -> list[Cell]:
    """The cells of one column; numbers stay numbers in a workbook and are texts elsewhere."""
    one = _speller(name, column, page, words, workbook=workbook)
    encoded = values.dictionary_encode()
    spelled = [one(value) for value in encoded.dictionary.to_pylist()]
    return [page.blank if index is None else spelled[index] for index in encoded.indices.to_pylist()]


def _speller(name: str, column: Column, page: Page, words: Mapping[str, str], *, workbook: bool) -> Spell:
    if column.type == "date":
        return lambda value: spell_date(value, page.dates, workbook=workbook)
    if column.type == "timestamp":
        return lambda value: spell_time(value, page.dates)
    if column.type == "boolean":
        yes, no = _BOOLEANS[page.booleans]
        return lambda value: yes if value else no
    if column.type == "money":
        return lambda value: spell_money(value, page.money, workbook=workbook)
    if column.type in ("quantity", "number", "integer"):
        return (lambda value: _number(Decimal(value))) if workbook else (lambda value: bare(Decimal(value)))
    if name == "period" and page.dates == "cn":
        return spell_period
    return (lambda value: words.get(value, value)) if words else str


def spell_date(value: date, way: str, *, workbook: bool) -> Cell:
    """A day in the manner of an office; `native` and `serial` are both a serial number, the first shown as a date."""
    serial = (value - _DAY_ONE).days
    if way in ("native", "serial") and workbook:
        return serial
    if way == "serial":
        return str(serial)
    return _day(value, _ORDER[serial % len(_ORDER)] if way == "mixed" else way)


def _day(value: date, way: str) -> str:
    if way == "slash":
        return f"{value.year}/{value.month}/{value.day}"
    if way == "dot":
        return f"{value.year}.{value.month}.{value.day}"
    if way == "cn":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value:%Y%m%d}" if way == "compact" else f"{value:%Y-%m-%d}"


def spell_time(value: datetime, way: str) -> str:
    """A moment to the second; beside a day that would be native or a serial it is text."""
    if way == "cn":
        return f"{_day(value, way)} {value.hour}时{value.minute}分{value.second}秒"
    if way == "slash":
        return f"{_day(value, way)} {value.hour}:{value:%M:%S}"
    return f"{value:%Y%m%d %H%M%S}" if way == "compact" else f"{value:%Y-%m-%d %H:%M:%S}"


def spell_period(value: str) -> str:
    """2024-03 -> 2024年3月; another wording stays as it is."""
    year, _, month = value.partition("-")
    if not (year.isdecimal() and len(year) == 4):
        return value
    return f"{year}年{int(month)}月" if month.isdecimal() else f"{year}年度" if not month else value


def spell_money(value: Decimal, way: str, *, workbook: bool) -> Cell:
    """Yuan to the cent; nothing is rounded: 万元 has up to six places."""
    if way == "commas":
        return f"{value:,.2f}"
    if way == "yuan_sign":
        return f"￥{value:.2f}"
    if way == "wan_cell":
        return f"{bare(value / 10_000)}万元" if value % 100 == 0 and value >= 10_000 else f"{bare(value)}元"
    if way == "wan":
        value = value / 10_000
        return _number(value) if workbook else bare(value)
    return _number(value) if workbook else f"{value:.2f}"


def bare(value: Decimal) -> str:
    """A number without zeros at its end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _number(value: Decimal) -> Cell:
    return int(value) if value == value.to_integral_value() else float(value)


def wide(cell: Cell) -> str:
    """Full-width digits, as an input method left on writes them."""
    return _text(cell).translate(_WIDE)


def spaced(cell: Cell) -> str:
    """With the blanks that copying leaves at both ends."""
    return f" {_text(cell)}\u3000"


def with_unit(cell: Cell) -> str:
    return f"{_text(cell)}元"


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else bare(Decimal(str(cell)))


ODD: dict[str, Callable[[Cell], str]] = {"wide": wide, "spaced": spaced, "units": with_unit}
