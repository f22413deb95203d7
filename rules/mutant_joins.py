"""Mutants of joins: another kind of join."""

from collections.abc import Iterator

from sqlglot import exp

from rules.mutant_turn import Turn, text

OTHER = {"inner": "left", "left": "inner", "right": "inner", "full": "left", "semi": "anti", "anti": "semi"}
"""What a join becomes."""


def join_turns(tree: exp.Expr) -> Iterator[Turn]:
    """Every change of a join's kind; joins without a condition have no kind."""
    for join in tree.find_all(exp.Join):
        kind = kind_of(join)
        if kind in OTHER and (join.args.get("on") or join.args.get("using")):
            yield _turn(join, kind, OTHER[kind])


def kind_of(join: exp.Join) -> str:
    """inner, left, right, full, semi, anti, or cross."""
    for word in (join.kind.lower(), join.side.lower()):
        if word in ("semi", "anti", "cross", "left", "right", "full"):
            return word
    return "inner"


def _turn(join: exp.Join, kind: str, other: str) -> Turn:
    def apply(found: exp.Expr) -> None:
        found.set("kind", other.upper() if other in ("semi", "anti") else None)
        found.set("side", other.upper() if other == "left" else None)

    turned = join.copy()
    apply(turned)
    return Turn("join", f"{kind} to {other}: {text(join.this)}", join, text(join).strip(), text(turned).strip(), apply)
