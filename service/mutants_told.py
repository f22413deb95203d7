"""What became of the mutants of rules, told to their authors: file, line, the changed line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from datasets.strict_yaml import did_you_mean
from rules.indicator import Indicator
from rules.mutant_place import MutantPlaces
from rules.mutate import Judged, Mutated
from service.words import say


@dataclass(frozen=True)
class Told:
    """One rule's mutants and its file; `changes`: declared equivalents that change findings on the lake, and how many."""

    judged: Mutated
    rule: Indicator
    path: Path
    changes: Mapping[str, int | str] = field(default_factory=dict)

    @cached_property
    def places(self) -> MutantPlaces:
        return MutantPlaces(self.path, self.rule)

    def mistakes(self) -> Iterator[str]:
        """What makes the answer no, besides survivors: tests that fail, names in `equivalent` that are none."""
        if self.judged.failing:
            yield from (say("mutate.failing", path=self.path, rule=self.rule.id, why=why) for why in self.judged.failing)
            return
        known = [one.mutant.id for one in self.judged.judged if one.fate not in ("stillborn", "same")]
        for number, said in enumerate(self.rule.equivalent):
            at = {"path": self.path, "mutant": said.mutant}
            if said.mutant in (*self.judged.unknown, *self.judged.disproved, *self.changes):
                at["line"] = self.places.line("equivalent", number, "mutant")
            if said.mutant in self.judged.unknown:
                yield say("mutate.unknown", **at, hint=did_you_mean(said.mutant, known))
            elif said.mutant in self.judged.disproved:
                yield say(
                    "mutate.disproved", **at, test=next(one.by for one in self.judged.judged if one.mutant.id == said.mutant)
                )
            elif said.mutant in self.changes:
                yield say("mutate.changes", **at, changes=self.changes[said.mutant])

    def survivors(self) -> Iterator[str]:
        """Each as its line, the line as it is, and the line as no test would notice it."""
        for one in self.judged.judged:
            if one.fate == "survived":
                shown = self.places.shown(one.mutant)
                yield say("mutate.survived", path=self.path, line=shown.line, rule=self.rule.id, mutant=one.mutant.id)
                yield from (f"    - {line}" for line in shown.old.splitlines())
                yield from (f"    + {line}" for line in shown.new.splitlines())

    def document(self) -> dict[str, Any]:
        """All of it for programs."""
        one = self.judged
        return {
            "rule": one.rule, "path": str(self.path), "status": one.status, "killed": one.count("killed"), "all": one.all,
            "equivalent": one.count("equivalent"), "stillborn": one.count("stillborn"), "same": one.count("same"),
            "share": round(one.share, 4), "mistakes": list(self.mistakes()), "mutants": [self._mutant(each) for each in one.judged],
        }  # fmt: skip

    def _mutant(self, judged: Judged) -> dict[str, Any]:
        shown = self.places.shown(judged.mutant)
        return {"id": judged.mutant.id, "operator": judged.mutant.operator, "fate": judged.fate, "by": judged.by,
                "line": shown.line, "old": shown.old, "new": shown.new}  # fmt: skip
