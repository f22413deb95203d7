"""The sentence of a signal: the values put into `says` (rules.says), as people write and call them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from datasets.contract import Words
from rules.says import Part, parts

YES = {"zh": ("是", "否"), "en": ("yes", "no")}
COMMA = {"zh": "、", "en": ", "}
EMPTY = "—"
"""What stands where a value is empty."""
BIG = 100
"""From here on a fraction is money or a count, and two decimals are enough; below, a ratio keeps four."""
WIDE = Context(prec=400)
"""Room for every digit of the largest float."""
CENTS = -2
"""The exponent of a decimal that holds yuan and fen: quantities have four places, ratios are floats."""

Called = Mapping[str, Words]
"""Code -> what people call it."""


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


def called(value: object, language: str, words: Called) -> str:
    """One value as people say it: codes by their words, yuan with fen as 1,234.50, all else as `shown`."""
    if isinstance(value, list | tuple):
        return COMMA[language].join(called(item, language, words) for item in value)
    if isinstance(value, str) and value in words:
        return words[value].zh if language == "zh" else words[value].en
    if isinstance(value, Decimal) and value.as_tuple().exponent == CENTS:
        return f"{value:,.2f}"
    return shown(value, language)


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


def percentage(value: object, language: str) -> str:
    """A share, or a list of them, as a percentage: 0.9491 as 94.91%."""
    if isinstance(value, list | tuple):
        return COMMA[language].join(percentage(item, language) for item in value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return shown(value, language)
    told = number(Decimal(repr(value) if isinstance(value, float) else value) * 100)
    return told if told == EMPTY else f"{told}%"


def writer(template: str, language: str, words: Mapping[str, Called] | None = None) -> Callable[[Mapping[str, object]], str]:
    """A function that fills the template from a mapping of all its names; `words` are the words of a name's codes."""
    words = words or {}
    told = parts(template)

    def piece(name: str | None, percent: bool, values: Mapping[str, object]) -> str:
        if name is None:
            return ""
        return percentage(values[name], language) if percent else called(values[name], language, words.get(name, {}))

    def write(values: Mapping[str, object]) -> str:
        return "".join(
            literal + piece(name, percent, values)
            for part in told
            if _stands(part, values)
            for literal, name, percent in part.pieces
        )

    return write


def _stands(part: Part, values: Mapping[str, object]) -> bool:
    """Whether a part is said of these values; what is unknown is neither true nor false."""
    if part.flag and (values[part.flag] is None or bool(values[part.flag]) == part.negated):
        return False
    return not part.optional or all(values[name] is not None for name in part.names)
