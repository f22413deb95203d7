"""Thresholds say by their name on which side of them a finding lies: value >= min_…, value > max_…."""

from collections.abc import Iterator

from sqlglot import exp

from rules.dialect import Fault, place

MEANT: dict[str, tuple[type[exp.Expr], ...]] = {"min_": (exp.GTE, exp.LT), "max_": (exp.GT, exp.LTE)}
"""What may be said of a value and a threshold: that it is beyond, or that it is not."""
TURNED: dict[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE}
SIGNS: dict[type[exp.Expr], str] = {exp.GT: ">", exp.LT: "<", exp.GTE: ">=", exp.LTE: "<="}


def misnamed(tree: exp.Expr) -> Iterator[Fault]:
    """Thresholds compared with a sign that their name does not mean."""
    for param in tree.find_all(exp.Placeholder):
        prefix = param.name[:4]
        found = _comparison(param) if prefix in MEANT else None
        if found is not None and found not in MEANT[prefix]:
            wanted = " or ".join(SIGNS[one] for one in MEANT[prefix])
            yield Fault(place(param), f"value {SIGNS[found]} ${param.name}: a threshold named {prefix}… is compared with {wanted}",
                        f"write {SIGNS[MEANT[prefix][0]]}, or name it {'max_' if prefix == 'min_' else 'min_'}…")  # fmt: skip


def _comparison(param: exp.Expr) -> type[exp.Expr] | None:
    """The sign between a value on the left and the threshold on the right; None when there is none or it cannot be told."""
    node: exp.Expr = param
    while isinstance(node.parent, exp.Paren | exp.Add | exp.Mul | exp.Cast):
        node = node.parent
    outer = node.parent
    if type(outer) not in TURNED or not isinstance(outer, exp.Binary):
        return None
    sign = type(outer)
    return sign if outer.expression is node else TURNED[sign]
