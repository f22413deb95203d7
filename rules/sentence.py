"""The sentence of a signal: the values put into `says`, numbers shown as people write them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from rules.result_check import placeholders

YES = {"zh": ("是", "否"), "en": ("yes", "no")}
COMMA = {"zh": "、", "en": ", "}
EMPTY = "—"
"""What stands where a value is empty."""
BIG = 100
"""From here on a fraction is money or a count, and two decimals are enough; below, a ratio keeps four."""
WIDE = Context(prec=400)
"""Room for every digit of the largest float."""


def shown(value: object, language: str) -> str:
    """One value as text: dates ISO, numbers without exponent and without idle zeros."""
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return YES[language][0 if value else 1]
    if isinstance(value, int | str):
        return str(value)
    if isinstance(value, Decimal | float):
        return number(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return COMMA[language].join(shown(item, language) for item in value)
    return str(value)


@lru_cache(maxsize=65536)
def number(value: Decimal | float) -> str:
    """A number with at most two decimals (money, counts), or four when it is a fraction below a hundred."""
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    if not exact.is_finite():
        return EMPTY
    decimals = 2 if isinstance(value, Decimal) or abs(exact) >= BIG else 4
    text = f"{exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, WIDE):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def writer(template: str, language: str) -> Callable[[Mapping[str, object]], str]:
    """A function that fills the template from a mapping of all its names."""
    names = tuple(dict.fromkeys(placeholders(template)))

    def write(values: Mapping[str, object]) -> str:
        return template.format(**{name: shown(values[name], language) for name in names})

    return write
