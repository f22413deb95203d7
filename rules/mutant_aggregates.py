"""Mutants of aggregates that feed a threshold or `amount`: exchanged for a relative, or their DISTINCT dropped."""

from collections.abc import Collection, Iterator

from sqlglot import exp

from rules.mutant_dependence import Dependence
from rules.mutant_turn import Turn, text

OTHER: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.Sum: exp.Max, exp.Max: exp.Min, exp.Min: exp.Max, exp.Avg: exp.Median, exp.Median: exp.Avg,
    exp.ArgMax: exp.ArgMin, exp.ArgMin: exp.ArgMax, exp.LogicalOr: exp.LogicalAnd, exp.LogicalAnd: exp.LogicalOr,
}  # fmt: skip
"""What an aggregate becomes; count(x) becomes count(DISTINCT x), count(*) stays."""
DECIDING = ("amount", "severity")
"""Output columns of the rule that an aggregate may feed."""
PREDICATE = (exp.Where, exp.Having, exp.Qualify, exp.Predicate, exp.Connector, exp.Not)


def aggregate_turns(tree: exp.Expr, dependence: Dependence, outputs: Collection[str] = DECIDING) -> Iterator[Turn]:
    """Every exchange of an aggregate that decides; DISTINCT only where two rows may have the same value.

    `outputs`: the columns of the result that decide; of a baseline those that the rule's SELECT decides by.
    """
    names = deciding_names(tree, outputs)
    for node in tree.find_all(exp.AggFunc):
        if not _feeds(node, names, outputs):
            continue
        inner = node.this
        if isinstance(inner, exp.Distinct):
            if not (len(inner.expressions) == 1 and _differs(node, inner.expressions[0], dependence)):
                yield _not_distinct(node)
        elif isinstance(node, exp.Count) and isinstance(inner, exp.Expr) and not isinstance(inner, exp.Star):
            yield from () if _differs(node, inner, dependence) else (_distinct(node),)
        if type(node) in OTHER and not isinstance(inner, exp.Distinct):
            yield _exchanged(node, OTHER[type(node)])


def _differs(node: exp.Expr, counted: exp.Expr, dependence: Dependence) -> bool:
    return not isinstance(node.parent, exp.Window) and dependence.differs(node.find_ancestor(exp.Select), counted)


def deciding_names(tree: exp.Expr, outputs: Collection[str] = DECIDING) -> set[str]:
    """Names of columns that a condition or a deciding output reads, whatever WITH part they come from.

    By name alone: a column of the same name elsewhere counts too, so that nothing that decides is left out.
    """
    names = {column.name.lower() for column in tree.find_all(exp.Column) if _in_condition(column)}
    top = [(one, True) for one in _selects(tree)]
    inner = [(one, False) for cte in tree.find_all(exp.CTE, exp.Subquery) for one in _selects(cte.this)]
    while True:
        before = len(names)
        for select, is_top in (*top, *inner):
            for output in select.expressions:
                name = output.alias_or_name.lower()
                if name in (outputs if is_top else names):
                    names |= {column.name.lower() for column in output.find_all(exp.Column)}
        if len(names) == before:
            return names


def _selects(tree: exp.Expr) -> list[exp.Select]:
    """The SELECTs whose rows a query gives: one, or those of a UNION."""
    if isinstance(tree, exp.SetOperation):
        return [*_selects(tree.left), *_selects(tree.right)]
    return [tree] if isinstance(tree, exp.Select) else []


def _in_condition(node: exp.Expr) -> bool:
    found = node.parent
    while found is not None and not isinstance(found, exp.Select):
        if isinstance(found, (*PREDICATE, exp.Join, exp.Window)):
            return True
        if isinstance(found, exp.If) and _under(node, found.this):
            return True
        found = found.parent
    return False


def _under(node: exp.Expr | None, top: exp.Expr) -> bool:
    while node is not None:
        if node is top:
            return True
        node = node.parent
    return False


def _feeds(node: exp.Expr, names: set[str], outputs: Collection[str]) -> bool:
    """Whether an aggregate stands in a condition, or in an output column that decides."""
    child, found = node, node.parent
    while found is not None and not isinstance(found, exp.Select):
        if isinstance(found, PREDICATE) or (isinstance(found, exp.If) and found.this is child):
            return True
        child, found = found, found.parent
    if found is None or child.arg_key != "expressions":
        return False
    name = child.alias_or_name.lower()
    top = found.find_ancestor(exp.CTE, exp.Subquery, exp.Exists, exp.In) is None
    return name in (outputs if top else names)


def _exchanged(node: exp.Expr, other: type[exp.Expr]) -> Turn:
    def made(found: exp.Expr) -> exp.Expr:
        return other(**{key: value for key, value in found.args.items() if key in other.arg_types})

    def apply(found: exp.Expr) -> None:
        found.replace(made(found))

    new = text(made(node.copy()))
    return Turn("aggregate", f"{_name(text(node))} to {_name(new)}: {_where(node)}", node, text(node), new, apply)


def _name(call: str) -> str:
    return call.split("(")[0]


def _where(node: exp.Expr) -> str:
    """An aggregate with what it feeds: the condition it stands in, or the column it makes."""
    found = node
    while found.parent is not None and not isinstance(found.parent, exp.Select):
        found = found.parent
        if isinstance(found, exp.Predicate):
            return f"{text(node)} in {text(found)}"
    return f"{text(node)} AS {found.alias}" if found.alias else text(node)


def _distinct(node: exp.Expr) -> Turn:
    def apply(found: exp.Expr) -> None:
        found.set("this", exp.Distinct(expressions=[found.this]))

    turned = node.copy()
    apply(turned)
    return Turn("aggregate", f"distinct.add: {_where(node)}", node, text(node), text(turned), apply)


def _not_distinct(node: exp.Expr) -> Turn:
    def apply(found: exp.Expr) -> None:
        inner = found.this.expressions
        found.set("this", inner[0] if len(inner) == 1 else exp.Tuple(expressions=inner))

    turned = node.copy()
    apply(turned)
    return Turn("aggregate", f"distinct.drop: {_where(node)}", node, text(node), text(turned), apply)
