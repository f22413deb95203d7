"""Figures that tickets speak of (金额、日期、统一社会信用代码): read out of the text as the value they mean.

Phones and id numbers are found before anything is stored, with their check digits (datasets/free_text.py), and stand in the text as
sealed marks: they are not read again here. A credit code counts only with its check character (GB 32100).
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from datasets.forms import is_credit_code

Found = tuple[str, str, int, int]
"""Kind (money, date, credit_code), value, start, end."""
_HAN = "零〇一二两三四五六七八九十百千"
_DIGIT = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_SCALE = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_MONEY = re.compile(
    rf"(?<![\d.])(?P<figure>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|[{_HAN}]+)(?P<scale>[百千万亿]?)(?:多|余|来)?(?:元|块钱|块|圆)"
)
_DATE = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:年|[-/.])(?P<month>\d{1,2})(?:(?:月|[-/.])(?P<day>\d{1,2})(?:日|号)?|月份?)(?!\d)"
)
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])")


def figures(text: str) -> Iterator[Found]:
    """Sums in yuan ("18500.00"), days and months ("2024-03-05", "2024-03") and credit codes of a text, in that order."""
    for met in _MONEY.finditer(text):
        if (yuan := _yuan(met["figure"], met["scale"])) is not None:
            yield "money", f"{yuan:.2f}", met.start(), met.end()
    for met in _DATE.finditer(text):
        if (day := _day(met["year"], met["month"], met["day"])) is not None:
            yield "date", day, met.start(), met.end()
    for met in _CODE.finditer(text):
        if is_credit_code(met.group()):
            yield "credit_code", met.group(), met.start(), met.end()


def _yuan(figure: str, scale: str) -> Decimal | None:
    try:
        number = Decimal(figure.replace(",", ""))
    except InvalidOperation:
        told = _han(figure)
        if told is None:
            return None
        number = Decimal(told)
    return number * _SCALE[scale]


def _han(figure: str) -> int | None:
    """八千五百 -> 8500; None for what is no number, like 一二."""
    total, digit = 0, None
    for sign in figure:
        if sign in _UNIT:
            total += (1 if digit is None else digit) * _UNIT[sign]
            digit = None
        elif digit in (None, 0):
            digit = _DIGIT[sign]
        else:
            return None
    return total + (digit or 0)


def _day(year: str, month: str, day: str | None) -> str | None:
    try:
        first = date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
    return first.isoformat() if day else first.isoformat()[:7]
