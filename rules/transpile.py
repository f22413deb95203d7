"""A rule's SELECT in the SQL of Spark: SQLGlot's translation, and the corrections that make the values equal.

SQLGlot translates words. Where Spark has the same word with another meaning, the tree is corrected before it is written. What has no
short correction is refused by the check of a rule (rules.forms, rules.comparisons, rules/dialect.yml). Every correction is proven by value in
tests/rules/test_parity_words.py.
"""

from collections.abc import Callable

from sqlglot import exp

from rules.select import parsed


def to_spark(sql: str) -> str:
    """The same SELECT for Spark 4 with ANSI mode on and TIMESTAMP_NTZ as its timestamp; `sql` is bound DuckDB SQL.

    The SELECT is one that passed the check of a rule. Raises sqlglot.errors.ParseError when the text is no SQL.
    """
    tree = parsed(sql).copy()
    for kind, correct in CORRECTIONS.items():
        for node in reversed(list(tree.find_all(kind))):  # the innermost first: what is outside takes a copy of it
            better = correct(node)
            if better is not node:
                node.replace(better)
    return tree.sql(dialect="spark", comments=False)


def _double(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), "double")


def _division(node: exp.Expr) -> exp.Expr:
    """DuckDB divides as DOUBLE whatever is divided; Spark keeps decimals, and cuts their last places."""
    return exp.Div(this=_double(node.this), expression=_double(node.expression))


def _average(node: exp.Expr) -> exp.Expr:
    """The average of decimals is a DOUBLE on DuckDB and a decimal of four more places on Spark."""
    return exp.Avg(this=_double(node.this))


def _difference(node: exp.Expr) -> exp.Expr:
    """DuckDB counts the boundaries passed, Spark the whole units gone by: the two agree on times cut down to the unit.

    Weeks are seven days on DuckDB: rules.comparisons refuses them.
    """
    unit = node.args["unit"].name.upper()
    cut = [exp.TimestampTrunc(this=side.copy(), unit=exp.var(unit)) for side in (node.this, node.expression)]
    return exp.DateDiff(this=cut[0], expression=cut[1], unit=exp.var(unit))


def _distance(node: exp.Expr) -> exp.Expr:
    """DuckDB counts the bytes to be changed, Spark the characters: in Latin-1 every byte is a character."""
    sides = [_call("DECODE", _call("ENCODE", side.copy(), "UTF-8"), "ISO-8859-1") for side in (node.this, node.expression)]
    return _call("LEVENSHTEIN", *sides)


def _call(name: str, *arguments: exp.Expr | str) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[exp.convert(argument) for argument in arguments])


def _of_no_rows(node: exp.Expr) -> exp.Expr:
    """Of no rows a list is NULL on DuckDB and empty on Spark, and count_if NULL and 0: NULL || list and NULL > 0 are NULL.

    So the rows are counted beside it, for count_if those whose condition is known.
    """
    counted: exp.Expr = exp.Count(this=node.this.copy() if isinstance(node, exp.CountIf) else exp.Star())
    whole = node
    while isinstance(whole.parent, exp.Filter | exp.Window) and whole.arg_key == "this":
        whole = whole.parent
        outer = whole.copy()
        outer.set("this", counted)
        counted = outer
    some = exp.GT(this=counted, expression=exp.Literal.number(0))
    whole.replace(exp.Case(ifs=[exp.If(this=some, true=whole.copy())]))
    return node


CORRECTIONS: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Levenshtein: _distance,
    exp.DateDiff: _difference,
    exp.Avg: _average,
    exp.ArrayAgg: _of_no_rows,
    exp.CountIf: _of_no_rows,
    exp.Div: _division,
}
"""Kind of node -> the node that gives DuckDB's value on Spark."""
