"""Types of what a SELECT compares and computes, as far as SQLGlot can tell: text with dates, rounding casts, dates subtracted."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.schema import MappingSchema

from rules.columns import Known
from rules.dialect import Fault, place
from rules.select import Value

NUMBERS = exp.DataType.NUMERIC_TYPES
WHOLE = exp.DataType.INTEGER_TYPES
TEXTS = exp.DataType.TEXT_TYPES
COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
DATE_UNITS = ("DAY", "MONTH")
METADATA = {**DuckDB.EXPRESSION_METADATA, exp.Div: {"returns": exp.DataType.Type.DOUBLE}}
"""What SQLGlot knows of result types, and that DuckDB divides decimals as DOUBLE."""


def typed(tree: exp.Expr, known: Known, params: dict[str, Value]) -> exp.Expr | None:
    """A copy of the tree with every column resolved and every type that can be told; None when SQLGlot cannot resolve it.

    Params are given the type of their value; offsets of the text are kept, for the messages.
    """
    copy = tree.copy()
    for node in list(copy.find_all(exp.Placeholder)):
        if node.name in params:
            literal = exp.convert(params[node.name])
            literal.meta["param"] = node.name
            node.replace(literal)
    read = {table.name.lower() for table in copy.find_all(exp.Table)}
    schema = MappingSchema({table: dict(columns) for table, columns in known.items() if table in read}, dialect="duckdb")
    try:
        found = qualify(copy, dialect="duckdb", schema=schema, quote_identifiers=False, validate_qualify_columns=False)
        return annotate_types(found, schema=schema, dialect="duckdb", expression_metadata=METADATA)
    except SqlglotError:
        return None


def mistyped(tree: exp.Expr) -> Iterator[Fault]:
    """Faults of a typed tree."""
    for node in tree.walk():
        if isinstance(node, COMPARED):
            yield from _compared(node, node.this, node.expression)
        elif isinstance(node, exp.Between):
            yield from _compared(node, node.this, node.args["low"])
            yield from _compared(node, node.this, node.args["high"])
        elif isinstance(node, exp.In):
            for item in node.expressions:
                yield from _compared(node, node.this, item)
        elif (
            isinstance(node, exp.Sub)
            and kind(node.this) in ("date", "timestamp")
            and kind(node.expression) in ("date", "timestamp")
        ):
            yield Fault(place(node), "date - date is silently different from engine to engine", "use date_diff('day', from, to)")
        elif isinstance(node, exp.DateDiff):
            yield from _date_diff(node)
        elif isinstance(node, exp.Median):
            yield from _median(node)
        elif isinstance(node, exp.Cast) and not isinstance(node, exp.TryCast):
            yield from _cast(node)


def kind(node: exp.Expr) -> str | None:
    """number, text, date, timestamp, boolean or list; None when SQLGlot cannot tell."""
    node = node.unnest()
    found = node.type
    if found is None:
        return None
    if found.this in NUMBERS:
        return "number"
    if found.this in TEXTS:
        return "text"
    if found.this in (exp.DataType.Type.ARRAY, exp.DataType.Type.LIST):
        return "list"
    if found.this in (exp.DataType.Type.DATE, exp.DataType.Type.DATE32):
        return "date"
    if found.this in exp.DataType.TEMPORAL_TYPES:
        return "timestamp"
    return "boolean" if found.this is exp.DataType.Type.BOOLEAN else None


def _compared(at: exp.Expr, left: exp.Expr, right: exp.Expr) -> Iterator[Fault]:
    one, other = kind(left), kind(right)
    if one is None or other is None or one == other or {one, other} == {"date", "timestamp"}:
        return
    hint = ""
    if "text" in (one, other) and ({one, other} & {"date", "timestamp"}):
        moment = one if one != "text" else other
        hint = "write DATE '2024-01-31'" if moment == "date" else "write TIMESTAMP '2024-01-31 08:00:00'"
    yield Fault(place(at), f"compares {one} with {other} in {_shown(at)!r}", hint)


def _date_diff(node: exp.DateDiff) -> Iterator[Fault]:
    unit = node.text("unit").upper()
    kinds = {kind(node.this), kind(node.expression)}
    if unit == "SECOND":  # counts boundaries of whole seconds, which is the time gone by on records without fractions
        return
    if unit not in DATE_UNITS:
        yield Fault(
            place(node),
            f"date_diff('{unit.lower()}', …) is silently different from engine to engine",
            "use 'day' or 'month' on dates, 'second' on times",
        )
    elif "timestamp" in kinds:
        yield Fault(place(node), f"date_diff('{unit.lower()}', …) on timestamps is silently different from engine to engine",
                    "cast both to DATE, or use date_diff('second', …)")  # fmt: skip


def _median(node: exp.Median) -> Iterator[Fault]:
    inner = node.this.unnest()
    if inner.type is not None and inner.type.is_type(exp.DataType.Type.DECIMAL):
        yield Fault(
            place(node),
            "the median of decimals is cut to their places on one engine and exact on another",
            "use median(CAST(x AS DOUBLE))",
        )


def _cast(node: exp.Cast) -> Iterator[Fault]:
    inner = node.this.unnest()
    if node.to.this in WHOLE and inner.type is not None and inner.type.this in NUMBERS and inner.type.this not in WHOLE:
        yield Fault(
            place(node),
            "a cast to an integer rounds on one engine and cuts on another",
            "use floor(x), ceil(x) or round(x) first",
        )
    elif isinstance(inner, exp.Column) and kind(inner) == "text" and node.to.this not in TEXTS:
        yield Fault(place(node), "a cast of text fails the whole rule at the first row that does not fit", "use TRY_CAST")


def _shown(node: exp.Expr) -> str:
    copy = node.copy()
    for part in copy.walk():
        part.comments = None
        if "param" in part.meta:
            part.replace(exp.Placeholder(this=part.meta["param"]))
    return copy.sql(dialect="duckdb", comments=False)
