"""Mutants of conditions: comparisons turned to their neighbour, predicates dropped, NOT and IS NULL turned."""

from collections.abc import Callable, Iterator

from sqlglot import exp

from rules.mutant_turn import Turn, text

NEIGHBOUR: dict[type[exp.Expr], tuple[type[exp.Expr], str, str]] = {
    exp.EQ: (exp.NEQ, "=", "<>"),
    exp.NEQ: (exp.EQ, "<>", "="),
    exp.LT: (exp.LTE, "<", "<="),
    exp.LTE: (exp.LT, "<=", "<"),
    exp.GT: (exp.GTE, ">", ">="),
    exp.GTE: (exp.GT, ">=", ">"),
    exp.NullSafeEQ: (exp.NullSafeNEQ, "IS NOT DISTINCT FROM", "IS DISTINCT FROM"),
    exp.NullSafeNEQ: (exp.NullSafeEQ, "IS DISTINCT FROM", "IS NOT DISTINCT FROM"),
}
"""What a comparison becomes: the sign that differs from it at one point, or (for equality) everywhere."""
TURNED = (exp.Exists, exp.In, exp.Is)
"""What NOT is put before when it has none."""


def condition_turns(tree: exp.Expr) -> Iterator[Turn]:
    """Every change of a condition in a tree."""
    for node in tree.walk():
        if type(node) in NEIGHBOUR:
            yield _neighbour(node)
        elif isinstance(node, exp.Between):
            yield from _bounds(node)
        elif isinstance(node, exp.Where | exp.Having | exp.Qualify):
            # the condition of FILTER is a Where too
            if isinstance(node.parent, exp.Filter):
                yield from () if _needless(node.parent) else _drops(node.this, "filter")
            else:
                yield from _drops(node.this, type(node).__name__.lower())
        elif isinstance(node, exp.Join) and isinstance(on := node.args.get("on"), exp.Expr):
            yield from _drops(on, "on")
        elif isinstance(node, exp.Join) and node.args.get("using"):
            yield from _using(node)
        yield from _nots(node)


def _needless(node: exp.Filter) -> bool:
    """Whether FILTER only leaves out the NULLs that the aggregate, or the engine in a list of keys, leaves out anyhow."""
    test, call = node.expression.this.unnest(), node.this
    if not (isinstance(test, exp.Not) and isinstance(test.this, exp.Is) and isinstance(test.this.expression, exp.Null)):
        return False
    inner = call.this
    counted = inner.expressions[0] if isinstance(inner, exp.Distinct) and len(inner.expressions) == 1 else inner
    if counted != test.this.this:
        return False
    output = node.find_ancestor(exp.Alias)
    listed = isinstance(call, exp.ArrayAgg | exp.List)
    keys = output is not None and output.alias.startswith(("evidence_", "parties_", "officials")) and output.parent is node.root()
    return keys or not listed


def _neighbour(node: exp.Expr) -> Turn:
    kind, sign, other = NEIGHBOUR[type(node)]

    def apply(found: exp.Expr) -> None:
        found.replace(kind(this=found.this, expression=found.expression))

    new = text(kind(this=node.this.copy(), expression=node.expression.copy()))
    return Turn("compare", f"{sign} to {other}: {text(node)}", node, text(node), new, apply)


def _bounds(node: exp.Between) -> Iterator[Turn]:
    """Each bound of BETWEEN made exclusive."""
    for bound, low, high in (("low", exp.GT, exp.LTE), ("high", exp.GTE, exp.LT)):

        def apply(found: exp.Expr, low: type[exp.Expr] = low, high: type[exp.Expr] = high) -> None:
            found.replace(_split(found, low, high))

        yield Turn(
            "compare", f"{bound} bound exclusive: {text(node)}", node, text(node), text(_split(node.copy(), low, high)), apply
        )


def _split(between: exp.Expr, low: type[exp.Expr], high: type[exp.Expr]) -> exp.Expr:
    value = between.this
    first = low(this=value.copy(), expression=between.args["low"].copy())
    second = high(this=value.copy(), expression=between.args["high"].copy())
    both = exp.Paren(this=exp.And(this=first, expression=second))
    return exp.Not(this=both) if between.args.get("negate") else both


def _drops(condition: exp.Expr, clause: str) -> Iterator[Turn]:
    """The whole condition, and every part of AND and OR in it, dropped."""
    if not isinstance(condition.unnest(), exp.And | exp.Or | exp.Boolean):
        yield _whole_qualify(condition) if clause == "qualify" else _drop(condition, clause, True)
    yield from _parts(condition, clause)


def _parts(condition: exp.Expr, clause: str) -> Iterator[Turn]:
    inner = condition.unnest()
    if isinstance(inner, exp.Not):
        yield from _parts(inner.this, clause)
    elif isinstance(inner, exp.And | exp.Or):
        # to leave out a part of AND is to say TRUE for it, of OR to say FALSE
        for part in inner.flatten(unnest=False):
            yield _drop(part, clause, isinstance(inner, exp.And))
            yield from _parts(part, clause)


def _drop(part: exp.Expr, clause: str, neutral: bool) -> Turn:
    def apply(found: exp.Expr) -> None:
        found.replace(exp.Boolean(this=neutral))

    return Turn("drop", f"{clause}.drop: {text(part)}", part, text(part), str(neutral).upper(), apply)


def _whole_qualify(condition: exp.Expr) -> Turn:
    """The clause goes altogether: DuckDB has no QUALIFY without a window."""

    def apply(found: exp.Expr) -> None:
        if found.parent is not None and found.parent.parent is not None:
            found.parent.parent.set("qualify", None)

    return Turn("drop", f"qualify.drop: {text(condition)}", condition, f"QUALIFY {text(condition)}", "", apply)


def _using(join: exp.Join) -> Iterator[Turn]:
    names = join.args["using"]
    for index, name in enumerate(names):

        def apply(found: exp.Expr, index: int = index) -> None:
            left = [one for place, one in enumerate(found.args["using"]) if place != index]
            found.set("using", left or None)
            if not left:
                found.set("on", exp.Boolean(this=True))

        rest = ", ".join(text(one) for one in names if one is not name)
        new = f"USING ({rest})" if rest else "ON TRUE"
        old = f"USING ({', '.join(map(text, names))})"
        yield Turn("drop", f"using.drop: {text(name)} of {text(join.this)}", join, old, new, apply)


def _nots(node: exp.Expr) -> Iterator[Turn]:
    bare: Callable[[exp.Expr], None]
    if isinstance(node, exp.Not):

        def bare(found: exp.Expr) -> None:
            found.replace(found.this)

        yield Turn("not", f"not.drop: {text(node)}", node, text(node), text(node.this), bare)
    elif node.args.get("negate"):

        def bare(found: exp.Expr) -> None:
            found.set("negate", False)

        plain = node.copy()
        plain.set("negate", False)
        yield Turn("not", f"not.drop: {text(node)}", node, text(node), text(plain), bare)
    elif isinstance(node, TURNED) and not isinstance(node.parent, exp.Not):

        def bare(found: exp.Expr) -> None:
            found.replace(exp.Not(this=found.copy()))

        yield Turn("not", f"not.add: {text(node)}", node, text(node), text(exp.Not(this=node.copy())), bare)
