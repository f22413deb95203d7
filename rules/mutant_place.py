"""Where a mutant stands in its rule's file: the line as the author wrote it, and as the mutant has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot.tokenizer_core import Token

from datasets import strict_yaml
from datasets.strict_yaml import Places
from rules.indicator import Indicator
from rules.mutant import Mutant
from rules.select import tokens_of


@dataclass(frozen=True)
class Shown:
    """A mutant as a change of lines; several lines when the expression spans them."""

    line: int
    old: str
    new: str


class MutantPlaces:
    """The text of one rule's file, in which its mutants are looked up."""

    def __init__(self, path: Path, rule: Indicator) -> None:
        self.places: Places = strict_yaml.load(path)[1]
        self.lines = path.read_text(encoding="utf-8-sig").splitlines()
        self.rule = rule

    def shown(self, mutant: Mutant) -> Shown:
        """The mutant at its line; the expression alone when the author's words for it cannot be found."""
        if mutant.block == "params":
            return Shown(self.line("params", mutant.param or ""), mutant.old, mutant.new)
        text = (self.rule.baseline or "") if mutant.block == "baseline" else self.rule.sql
        line = self.line(mutant.block)
        if self.lines[line - 1].split(":", 1)[1].strip().startswith("|"):
            line += 1 + text[: mutant.start].count("\n")
        old, new = in_lines(text, mutant)
        return Shown(line, old, new)

    def line(self, *key: str | int) -> int:
        """The line of a key of the file."""
        return strict_yaml.place_of(self.places, key)[0]


def in_lines(text: str, mutant: Mutant) -> tuple[str, str]:
    """The author's lines with the expression, and the same lines with the mutant's in its place."""
    # at its very end the tokenizer takes a $param before a text for the start of a dollar-quoted one
    place = _window(tokens_of(text), tokens_of(f"{mutant.old}\n"), mutant.start)
    if place is None:
        return mutant.old, mutant.new
    start, end = place
    first = text.rfind("\n", 0, start) + 1
    last = end if (found := text.find("\n", end)) < 0 else found
    changed = text[first:start] + mutant.new + text[end:last]
    return _flat(text[first:last]), _flat(changed)


def _window(words: Sequence[Token], wanted: Sequence[Token], near: int) -> tuple[int, int] | None:
    """Start and end of the wanted words in a text, where they hold the offset `near`, else where they begin nearest to it."""
    own = [one for one in words if one.text.upper() != "AS"]
    meant = [_word(one) for one in wanted if one.text.upper() != "AS"]
    found = [
        (own[at].start, own[at + len(meant) - 1].end + 1)
        for at in range(len(own) - len(meant) + 1)
        if _word(own[at]) == meant[0] and [_word(one) for one in own[at : at + len(meant)]] == meant
    ]
    return min(found, key=lambda one: (not one[0] <= near < one[1], abs(one[0] - near)), default=None)


def _word(token: Token) -> str:
    return {"!=": "<>"}.get(token.text, token.text.upper())


def _flat(lines: str) -> str:
    return "\n".join(line.strip() for line in lines.splitlines())
