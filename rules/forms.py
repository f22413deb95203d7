"""Forms of SQL that are words of the list and yet give no certain value: unordered lists and windows, unguarded divisions, stars."""

from collections.abc import Iterator

from sqlglot import exp

from rules.dialect import Fault, place

ORDERED_WINDOWS = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.Ntile)
REFUSED_JOINS = {"ASOF": "ASOF", "POSITIONAL": "POSITIONAL", "NATURAL": "NATURAL"}
OPERATORS = (
    exp.JSONExtract,
    exp.JSONExtractScalar,
    exp.JSONBContains,
    exp.ArrayContainsAll,
    exp.ArrayOverlaps,
    exp.RegexpLike,
    exp.RegexpILike,
)
"""Functions that may be written as an operator, so that no name of theirs stands in the text."""
FORMATS = frozenset("YmdHMS")
"""What strftime may ask for: the codes that engines give alike (Spark's day of the year has no leading zeros)."""


def misformed(tree: exp.Expr) -> Iterator[Fault]:
    """Every form of a SELECT that is refused, whatever its columns are."""
    if not isinstance(tree, exp.Select | exp.Union):
        yield Fault(0, f"a rule is exactly one SELECT, not {tree.key.upper()}")
        return
    yield from _outputs(tree)
    for node in tree.walk():
        if isinstance(node, exp.Join):
            yield from _join(node)
        elif isinstance(node, exp.ArrayAgg):
            yield from _list(node)
        elif isinstance(node, exp.Window):
            yield from _window(node)
        elif isinstance(node, exp.Div | exp.Mod):
            yield from _division(node)
        elif isinstance(node, exp.EQ | exp.NEQ | exp.Not):
            yield from _never_true(node)
        else:
            yield from _other(node)


def _outputs(tree: exp.Select | exp.Union) -> Iterator[Fault]:
    """Every output column has a name, and no two have the same."""
    seen: set[str] = set()
    for output in tree.selects:
        name = output.alias_or_name.lower()
        if not isinstance(output, exp.Alias | exp.Column | exp.Star):
            yield Fault(place(output), f"output {output.sql('duckdb')!r} has no name", "write … AS name")
        elif name in seen and not isinstance(output, exp.Star):
            yield Fault(place(output), f"two output columns are called {name!r}")
        seen.add(name)


def _join(join: exp.Join) -> Iterator[Fault]:
    if join.method in REFUSED_JOINS:
        yield Fault(place(join), f"{join.method} JOIN is refused: not on every engine", "use JOIN … ON")
    elif not (join.args.get("on") or join.args.get("using") or join.kind == "CROSS" or isinstance(join.this, exp.Lateral)):
        yield Fault(place(join), "tables joined without saying how", "use JOIN … ON, or CROSS JOIN where every pair is meant")


def _list(made: exp.ArrayAgg) -> Iterator[Fault]:
    if isinstance(made.this, exp.Order):
        yield Fault(place(made), "list(… ORDER BY …) is silently different from engine to engine", "use list_sort(list(x))")
        return
    outer = made.parent
    while isinstance(outer, exp.Filter | exp.Paren):
        outer = outer.parent
    if not isinstance(outer, exp.ArraySort):
        yield Fault(place(made), "list(…) without an order changes from run to run", "use list_sort(list(x))")


def _window(window: exp.Window) -> Iterator[Fault]:
    function = window.this
    while isinstance(function, exp.IgnoreNulls | exp.RespectNulls | exp.Filter):
        function = function.this
    if isinstance(function, ORDERED_WINDOWS) and not window.args.get("order") and not window.args.get("alias"):
        yield Fault(
            place(window),
            f"{function.sql_name().lower()}() OVER without ORDER BY changes from run to run",
            "say ORDER BY, with a key last",
        )


def _never_true(test: exp.Expr) -> Iterator[Fault]:
    """Conditions that NULL makes void without a word."""
    if isinstance(test, exp.EQ | exp.NEQ) and any(isinstance(side, exp.Null) for side in (test.this, test.expression)):
        yield Fault(place(test), "a comparison with NULL is never true", "write IS NULL or IS NOT NULL")
    elif isinstance(test, exp.Not) and isinstance(test.this.unnest(), exp.In) and test.this.unnest().args.get("query"):
        yield Fault(place(test), "NOT IN (SELECT …) finds nothing as soon as one row is NULL", "use NOT EXISTS or ANTI JOIN")


def _division(division: exp.Binary) -> Iterator[Fault]:
    by = division.expression.unnest()
    safe = isinstance(by, exp.Nullif | exp.Placeholder) or (isinstance(by, exp.Literal) and by.is_number and float(by.this) != 0)
    if not safe:
        yield Fault(
            place(by),
            "a division by zero is an error on some engines and NULL on others",
            f"write … / nullif({by.sql('duckdb')}, 0)",
        )


def _other(node: exp.Expr) -> Iterator[Fault]:
    if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
        yield Fault(place(node), "SELECT * changes with the tables", "name the columns")
    elif isinstance(node, exp.Placeholder) and not node.name.isidentifier():
        yield Fault(place(node), "a param has a name", "write $name")
    elif isinstance(node, exp.Union) and node.args.get("by_name"):
        yield Fault(place(node), "UNION BY NAME is refused: not on every engine", "name the columns in the same order")
    elif isinstance(node, exp.Distinct) and node.args.get("on"):
        yield Fault(
            place(node),
            "DISTINCT ON keeps any row where the order leaves ties",
            "use QUALIFY row_number() OVER (PARTITION BY … ORDER BY …) = 1",
        )
    elif isinstance(node, exp.Group) and node.args.get("all"):
        yield Fault(place(node), "GROUP BY ALL is refused: not on every engine", "name the columns")
    elif isinstance(node, exp.RegexpReplace) and getattr(node.args.get("modifiers"), "name", "") != "g":
        yield Fault(
            place(node), "regexp_replace replaces the first match or all, by engine", "write regexp_replace(x, pattern, new, 'g')"
        )
    elif isinstance(node, exp.TimeToStr) and (strange := sorted(format_codes(node) - FORMATS)):
        yield Fault(
            place(node), f"strftime: %{strange[0]} is not on every engine", f"use {' '.join(f'%{one}' for one in 'YmdHMS')}"
        )
    elif isinstance(node, OPERATORS) and "start" not in node.meta:
        yield Fault(place(node), f"the operator in {node.sql('duckdb')!r} is not among the constructs proven on every engine")


def format_codes(node: exp.TimeToStr) -> set[str]:
    """The letters behind % in the format of strftime."""
    return {part[:1] for part in node.args["format"].name.split("%")[1:]}
