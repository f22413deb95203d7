"""Mutants of grouping: a key of GROUP BY or of PARTITION BY dropped."""

from collections.abc import Callable, Iterator

from sqlglot import exp

from rules.mutant_dependence import Dependence
from rules.mutant_turn import Turn, text


def group_turns(tree: exp.Expr, dependence: Dependence) -> Iterator[Turn]:
    """Every key dropped that the other keys do not decide.

    A column that is a key no longer is read through min(), so that the SELECT still binds.
    """
    for group in tree.find_all(exp.Group):
        for index, key in _free(group.expressions, group.parent, dependence):
            yield _ungrouped(group, index, key)
    for window in tree.find_all(exp.Window):
        for index, key in _free(window.args.get("partition_by") or [], window.find_ancestor(exp.Select), dependence):
            yield _unpartitioned(window, index, key)


def _free(keys: list[exp.Expr], select: exp.Expr | None, dependence: Dependence) -> Iterator[tuple[int, exp.Expr]]:
    for index, key in enumerate(keys):
        if not dependence.decided(select, key, keys[:index] + keys[index + 1 :]):
            yield index, key


def _ungrouped(group: exp.Group, index: int, key: exp.Expr) -> Turn:
    def apply(found: exp.Group) -> None:
        select, dropped = found.parent, found.expressions[index]
        left = [one for place, one in enumerate(found.expressions) if place != index]
        if isinstance(select, exp.Select):
            _wrap(select, dropped.copy(), left)
        found.set("expressions", left)
        if not left and isinstance(select, exp.Select):
            select.set("group", None)

    rest = ", ".join(text(one) for one in group.expressions if one is not key)
    old = f"GROUP BY {', '.join(map(text, group.expressions))}"
    return Turn("group", f"group.drop: {text(key)}", key, old, f"GROUP BY {rest}" if rest else "(one group)", _of_key(apply))


def _of_key(apply: Callable[[exp.Group], None]) -> Callable[[exp.Expr], None]:
    """The change of a GROUP BY, asked of one of its keys."""

    def apply_to_parent(key: exp.Expr) -> None:
        if isinstance(key.parent, exp.Group):
            apply(key.parent)

    return apply_to_parent


def _wrap(select: exp.Select, key: exp.Expr, left: list[exp.Expr]) -> None:
    """min(key) wherever the SELECT reads the key outside of an aggregate and of the keys that stay."""
    words = text(key)
    for part in (*select.expressions, select.args.get("having"), select.args.get("qualify"), select.args.get("order")):
        if part is None:
            continue
        for node in list(part.find_all(type(key))):
            if text(node) == words and not _is_inside(node, part):
                node.replace(_min(node))


def _min(node: exp.Expr) -> exp.Expr:
    least = exp.Min(this=node.copy())
    bare = isinstance(node.parent, exp.Select)  # an output column keeps its name
    return exp.alias_(least, node.alias_or_name) if bare and node.alias_or_name else least


def _is_inside(node: exp.Expr, part: exp.Expr) -> bool:
    """Whether an aggregate (not a window's call) or another SELECT stands between."""
    found = node.parent
    while found is not None and found is not part.parent:
        if isinstance(found, exp.Query) or (isinstance(found, exp.AggFunc) and not isinstance(found.parent, exp.Window)):
            return True
        found = found.parent
    return False


def _unpartitioned(window: exp.Window, index: int, key: exp.Expr) -> Turn:
    def apply(found: exp.Expr) -> None:
        found.set("partition_by", [one for place, one in enumerate(found.args["partition_by"]) if place != index])

    turned = window.copy()
    apply(turned)
    return Turn("group", f"partition.drop: {text(key)} of {text(window)}", window, text(window), text(turned), apply)
