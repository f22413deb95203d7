"""Reading one cell's text as a value of a type: money, dates, numbers, yes and no, the way offices write them.

Every `read_*` takes text that `plain` has cleaned and returns the value, or raises Unreadable with the
code under which the row is rejected.
"""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Literal

Code = Literal[
    "missing", "not_a_date", "not_a_number", "not_allowed", "digits_lost", "bad_form", "duplicate_key",
    "unknown_reference", "ambiguous_reference", "out_of_range", "diverted", "undecodable",
]  # fmt: skip


class Unreadable(Exception):
    """A cell that cannot be read; `code` says why."""

    def __init__(self, code: Code) -> None:
        self.code: Code = code
        super().__init__(code)


BLANK = frozenset({"", "/", "-", "--", "—", "——", "NULL", "null", "N/A", "n/a", "#N/A"})
FOREVER = frozenset({"长期", "永久", "至今", "无固定期限", "长期有效"})
DIGITS_LOST = re.compile(r"[+-]?\d(\.\d+)?[Ee]\+\d{1,3}")
"""What a spreadsheet leaves of a long number: 4.20111E+17."""

_GONE = dict.fromkeys([0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0x00AD])
_SPACES = dict.fromkeys([0x3000, 0x00A0, 0x2002, 0x2003, 0x2009, 0x202F, ord("\t")], " ")
_NARROW: dict[int, str | None] = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
_NARROW |= _GONE | _SPACES
# in running text the full-width comma, stop and bracket are good Chinese: only letters and digits are narrowed
_NARROW_TEXT = {wide: to for wide, to in _NARROW.items() if to is None or not to.strip() or to.isalnum()}


def plain(text: str) -> str | None:
    """Full-width characters made half-width, invisible ones dropped, blanks trimmed; None for an empty cell."""
    cleaned = (text if text.isascii() else text.translate(_NARROW)).strip()
    return None if cleaned in BLANK else cleaned


def plain_text(text: str) -> str | None:
    """The same for running text, whose punctuation stays as written."""
    cleaned = (text if text.isascii() else text.translate(_NARROW_TEXT)).strip()
    return None if cleaned in BLANK else cleaned


_MONEY_WORDS = re.compile(r"[,\s￥¥]|人民币|RMB|CNY|元整|元|圆", re.IGNORECASE)
_QUANTITY_WORDS = re.compile(r"[,\s]|平方米|公斤|千克|个月|[亩吨人户口月年台件套个天岁日%㎡]|m2|kg", re.IGNORECASE)
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d{1,3})?)([亿万千百]?)")
_TIMES = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}


def _decimal(text: str, times: int) -> Decimal:
    if text.startswith("(") and text.endswith(")"):  # the accountant's minus
        text = "-" + text[1:-1]
    found = _NUMBER.fullmatch(text)
    if not found:
        raise Unreadable("not_a_number")
    number, word = found.groups()
    # a unit written in the cell itself speaks louder than the column's
    return Decimal(number) * (_TIMES[word] if word else times)


def _fits(number: Decimal, places: str) -> Decimal:
    try:
        rounded = number.quantize(Decimal(places), ROUND_HALF_UP)
    except InvalidOperation as error:
        raise Unreadable("out_of_range") from error
    if len(rounded.as_tuple().digits) > 18:
        raise Unreadable("out_of_range")
    return rounded


def read_money(text: str, times: int = 1) -> Decimal:
    """Yuan to the cent: `1,234.50`, `￥1234`, `1.2万元`; `times` scales bare numbers (10000 for a column in 万元)."""
    bare = _MONEY_WORDS.sub("", text)
    return _fits(_decimal(bare, 1 if "元" in text else times), "0.01")


def read_quantity(text: str, times: int = 1) -> Decimal:
    """A measure to four places; a unit written behind it (亩, 吨, 人 …) is dropped."""
    return _fits(_decimal(_QUANTITY_WORDS.sub("", text), times), "0.0001")


def read_integer(text: str, times: int = 1) -> int:
    """A whole number; `2024年` and `3.0` are whole."""
    number = _decimal(_QUANTITY_WORDS.sub("", text), times)
    if number != number.to_integral_value():
        raise Unreadable("not_a_number")
    if abs(number) >= 2**63:
        raise Unreadable("out_of_range")
    return int(number)


def read_number(text: str, times: int = 1) -> float:
    """A floating point number."""
    return float(_decimal(_QUANTITY_WORDS.sub("", text), times))


_TRUE = frozenset({"是", "有", "y", "yes", "true", "t", "1", "√", "✓", "对", "已", "1.0"})
_FALSE = frozenset({"否", "无", "n", "no", "false", "f", "0", "×", "✗", "未", "不是", "没有", "0.0"})


def read_boolean(text: str) -> bool:
    """是/否, 有/无, Y/N, 1/0, true/false."""
    word = text.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Unreadable("not_allowed")


_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(.*)", re.DOTALL)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\s*(\d{2})(\d{2})(\d{2})?)?")
_SERIAL = re.compile(r"(\d{4,5})(\.\d+)?")
_TIME = re.compile(
    r"[T\s]*(上午|下午|中午|晚上|晚|凌晨|AM|PM)?\s*(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*[:分]?\s*(?:(\d{1,2})(?:\.(\d{1,6})\d*)?)?\s*秒?"
    r"\s*(上午|下午|AM|PM)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_SHANGHAI = timedelta(hours=8)


def read_timestamp(text: str) -> datetime:
    """Local time (Asia/Shanghai) without zone: `2024-03-05 10:20`, `2024年3月5日 10时20分`, an Excel serial with a fraction."""
    if found := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = found.groups()
        return _moment(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    if found := _DATE.fullmatch(text):
        day = _moment(*(int(part) for part in found.groups()[:3]))
        return day + _clock(found[4].strip()) if found[4].strip() else day
    if (found := _SERIAL.fullmatch(text)) and float(text) >= 3000:  # below that four digits are a year
        whole = datetime(1899, 12, 30) + timedelta(days=int(found[1]))
        exact = whole + timedelta(seconds=round(float(found[2] or 0) * 86_400))
        if exact.year > 2100:
            raise Unreadable("out_of_range")
        return exact
    raise Unreadable("not_a_date")


def _moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    try:
        found = datetime(year, month, day, hour, minute, second)
    except ValueError as error:
        raise Unreadable("not_a_date") from error
    if not 1900 <= year <= 2100:
        raise Unreadable("out_of_range")
    return found


def _clock(text: str) -> timedelta:
    found = _TIME.fullmatch(text)
    if not found:
        raise Unreadable("not_a_date")
    before, hour_text, minute, second, fraction, after, zone = found.groups()
    half, hour = (before or after or "").lower(), int(hour_text)
    if half in {"下午", "晚上", "晚", "pm"} and hour < 12:
        hour += 12
    elif half in {"凌晨", "上午", "am"} and hour == 12:
        hour = 0
    if hour > 23 or int(minute) > 59 or int(second or 0) > 59:
        raise Unreadable("not_a_date")
    micro = int((fraction or "0").ljust(6, "0"))
    time = timedelta(hours=hour, minutes=int(minute), seconds=int(second or 0), microseconds=micro)
    return time + (_SHANGHAI - _offset(zone) if zone else timedelta())


def _offset(zone: str) -> timedelta:
    if zone.upper() == "Z":
        return timedelta()
    digits = zone[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if zone[0] == "-" else size


def read_date(text: str) -> date:
    """A day between 1900 and 2100: `2024-03-05`, `2024/3/5`, `20240305`, `2024年3月5日`, an Excel serial, a time of that day."""
    return read_timestamp(text).date()


_PERIOD = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})?\s*月?(?:\s*[-/.]?\s*\d{1,2}\s*日?)?(?:\s*00:00(:00)?)?(?:份|度)?")


def read_period(text: str) -> str:
    """A period as `YYYY-MM` or `YYYY` (2024年3月, 202403, 2024年度); another wording stays as it is."""
    found = _PERIOD.fullmatch(text)
    if not found or not 1900 <= int(found[1]) <= 2100:
        return text
    if found[2] is None:
        return found[1]
    return f"{found[1]}-{int(found[2]):02d}" if 1 <= int(found[2]) <= 12 else text
