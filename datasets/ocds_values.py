"""Single values of an OCDS release: text, numbers, days and moments, each exact or refused with a code."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from datasets.reading import Code

CENT = Decimal("0.01")
TEN_THOUSANDTH = Decimal("0.0001")
LARGEST = {CENT: Decimal(10) ** 16, TEN_THOUSANDTH: Decimal(10) ** 14}
"""What DECIMAL(18,2) and DECIMAL(18,4) can hold."""
LONGEST_NUMBER = 30
"""Digits written out when a bare number stands where a text is due; 1E+999999999 stays as it is."""
FIRST_YEAR, LAST_YEAR = 1900, 2100
LEAST_DIGITS = 6
_NO_DIGIT = re.compile(r"[^\d+]|(?<=.)\+")
_DAY = re.compile(r"\s*(\d{4})-(\d{2})-(\d{2})(?!\d)")


class Unfit(Exception):
    """A value that its column cannot take; the row it belongs to is rejected with this code."""

    def __init__(self, column: str, code: Code, value: object) -> None:
        super().__init__(f"{column}: {code}")
        self.column = column
        self.code: Code = code
        self.value = str(value)[:200]


def text(value: Any) -> str | None:
    """A text or a bare number as text; None for nothing, blanks, and what is no single value."""
    if isinstance(value, str):
        return value.replace("\x00", "").strip() or None
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if abs(value.adjusted()) < LONGEST_NUMBER else str(value)
    return None


def phone(value: Any) -> str | None:
    """A telephone number as bare digits; None for nothing and for what only fills the field (`000-0000`)."""
    digits = _NO_DIGIT.sub("", text(value) or "")
    return digits if len(digits) >= LEAST_DIGITS and len(set(digits)) > 1 else None


def money(column: str, value: Any) -> Decimal | None:
    """An amount to the cent."""
    return _decimal(column, value, CENT)


def quantity(column: str, value: Any) -> Decimal | None:
    """A quantity to four decimals."""
    return _decimal(column, value, TEN_THOUSANDTH)


def _decimal(column: str, value: Any, step: Decimal) -> Decimal | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise Unfit(column, "not_a_number", value)
    try:
        number = value if isinstance(value, Decimal) else Decimal(value)
    except InvalidOperation as error:
        raise Unfit(column, "not_a_number", value) from error
    if not number.is_finite():
        raise Unfit(column, "not_a_number", value)
    if abs(number) >= LARGEST[step]:
        raise Unfit(column, "out_of_range", value)
    return number.quantize(step)


def whole(column: str, value: Any) -> int | None:
    """A whole number, such as a count of bidders."""
    number = _decimal(column, value, CENT)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise Unfit(column, "not_a_number", value)
    return int(number)


def day(column: str, value: Any) -> date | None:
    """The calendar day as published: the offset of its time, if any, is the publisher's own."""
    raw = text(value)
    if raw is None:
        return None
    found = _DAY.match(raw)
    if not found:
        raise Unfit(column, "not_a_date", raw)
    try:
        when = date(*map(int, found.groups()))
    except ValueError as error:
        raise Unfit(column, "not_a_date", raw) from error
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise Unfit(column, "out_of_range", raw)
    return when


def moment(value: Any) -> tuple[datetime | None, bool | None]:
    """A time and whether its zone is known: UTC when it is, the published wall time when it is not.

    The raw text stands beside it in its own column, so what cannot be read is (None, None), never a rejected row.
    """
    raw = text(value)
    if raw is None:
        return None, None
    try:
        when = datetime.fromisoformat(raw)
        zone_known = when.tzinfo is not None
        if zone_known:
            when = when.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None, None
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        return None, None
    return when, zone_known
