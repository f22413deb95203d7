"""Mutants of constants and params: one step up, one step down."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlglot import exp

from rules.mutant_turn import Turn, text
from rules.select import Value

PRECISION = (exp.DataType, exp.DataTypeParam)
"""Sizes of types decide nothing."""
SHELL = (exp.Neg, exp.Paren, exp.Cast, exp.TryCast)


def constant_turns(tree: exp.Expr) -> Iterator[Turn]:
    """Every numeric constant and every date in a tree, moved by one step both ways."""
    for node in tree.find_all(exp.Literal):
        if not _decides(node) or (node.is_string and not _is_dated(node)):
            continue
        if node.is_string:
            step = step_of(node.this)
            found = [(sign, str(shifted(node.this, move))) for sign, move in (moves(node.this, step) if step else ())]
        else:
            found = _numbers(node.this)
        for sign, moved in found:
            yield _turn(node, sign, moved)


def _numbers(words: str) -> list[tuple[str, str]]:
    """Both moves of a number as it is written: 0.50 has two decimals."""
    number = Decimal(words)
    exponent = number.as_tuple().exponent
    step = Decimal(1).scaleb(min(exponent, 0)) if isinstance(exponent, int) else Decimal(1)
    return [(f"+{step}", f"{number + step:f}"), (f"-{step}", f"{number - step:f}")]


def _turn(node: exp.Literal, sign: str, moved: str) -> Turn:
    def apply(found: exp.Expr) -> None:
        found.replace(exp.Literal.string(moved) if node.is_string else _literal(moved))

    around = _around(node)
    old = text(around)
    copy = around.copy()
    at = next(index for index, one in enumerate(around.walk()) if one is node)
    here = next(one for index, one in enumerate(copy.walk()) if index == at)
    apply(here)
    new = moved if around is node else text(copy)
    return Turn("constant", f"const{sign}: {text(node)} in {old}", node, old, new, apply)


def _literal(number: str) -> exp.Expr:
    return exp.Neg(this=exp.Literal.number(number[1:])) if number.startswith("-") else exp.Literal.number(number)


def _decides(node: exp.Literal) -> bool:
    """Not the size of a type, the digits of a rounding, a position of GROUP BY or ORDER BY, what EXISTS selects, or the 0 of `nullif(x, 0)`."""
    parent = node.parent
    if isinstance(parent, PRECISION) or (isinstance(parent, exp.Round) and parent.args.get("decimals") is node):
        return False
    if isinstance(parent, exp.Group | exp.Ordered):
        return False
    if isinstance(parent, exp.Select) and isinstance(parent.parent, exp.Exists):
        return False
    return not (isinstance(parent, exp.Nullif) and parent.expression is node and node.this == "0")


def _is_dated(node: exp.Literal) -> bool:
    """Whether a text is cast to a date or a time, or is the number of an interval."""
    parent = node.parent
    if isinstance(parent, exp.Interval):
        return True
    return isinstance(parent, exp.Cast) and parent.to.this in exp.DataType.TEMPORAL_TYPES


def _around(node: exp.Expr) -> exp.Expr:
    """The expression that a constant is shown in."""
    found = node
    while isinstance(found.parent, SHELL):
        found = found.parent
    parent = found.parent
    return found if parent is None or isinstance(parent, exp.Select | exp.Alias | exp.Tuple | exp.WindowSpec) else parent


def step_of(value: Value) -> Decimal | None:
    """One step of a value: 1, one unit of its last decimal, one day (of a date), one second (of a time). None when it has none."""
    if isinstance(value, bool):
        return Decimal(1)
    if isinstance(value, str):
        return Decimal(1) if _moment(value) is not None or _whole(value) else None
    if isinstance(value, date):
        return Decimal(1)
    exponent = Decimal(str(value)).as_tuple().exponent
    return Decimal(1).scaleb(min(int(exponent), 0)) if isinstance(exponent, int) else None


def moves(value: Value, step: Decimal) -> list[tuple[str, Decimal]]:
    """One step up and one down, and how each is called; of true and false there is one other."""
    return [("!", step)] if isinstance(value, bool) else [(f"+{step}", step), (f"-{step}", -step)]


def shifted(value: Value, step: Decimal) -> Value:
    """A value moved by a step; a word that has no steps stays."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        moment = _moment(value)
        if moment is None:
            return str(int(value) + int(step)) if _whole(value) else value
        return _moved(value, moment, step)
    if isinstance(value, date):
        return value + timedelta(days=int(step))
    moved = Decimal(str(value)) + step
    return int(moved) if isinstance(value, int) and step == int(step) else float(moved)


def _moved(value: str, moment: datetime, step: Decimal) -> str:
    if len(value) == len("2024-01-01"):
        return (moment + timedelta(days=int(step))).date().isoformat()
    return (moment + timedelta(seconds=int(step))).isoformat(sep=" " if " " in value else "T")


def _moment(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if len(value) >= len("2024-01-01") else None
    except ValueError:
        return None


def _whole(value: str) -> bool:
    return value.removeprefix("-").isdecimal() and len(value) <= 9
