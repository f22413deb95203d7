"""Facets of the queue: which alerts a question leaves, and how many each further choice would."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from service.access.caller import Caller
from service.console.asked import DUE, FACETS, STREAMS, Asked
from service.console.shown import Days
from service.reading import Reading
from service.roll.alerts import NEVER, Mask, Roll
from service.search.look import Texts
from service.store.alert import SEVERITIES, STATUSES
from service.words import say

SHOWN = 8
"""Values of a facet that stand open; the others unfold."""
ORDERED: Mapping[str, tuple[str, ...]] = {"status": STATUSES, "due": DUE, "severity": SEVERITIES}
"""Facets whose values have an order of their own; the others go by how many there are."""
FIXED: Mapping[str, Callable[[str], str]] = {
    "status": lambda value: say(f"status.{value}"), "due": lambda value: say(f"queue.due.{value}"),
    "severity": lambda value: say(f"severity.{value}"), "stream": lambda value: say(f"stream.{value}"),
    "topic": lambda value: say(f"queue.topic.{value}"),
}  # fmt: skip
"""Facets whose values are called by the words."""


@dataclass(frozen=True)
class Choice:
    """A value of a facet: what it is called, how many alerts it would leave, whether it is chosen, and the address that turns it."""

    value: str
    label: str
    count: int
    chosen: bool
    address: str


@dataclass(frozen=True)
class Facet:
    """A facet with its choices."""

    name: str
    title: str
    choices: list[Choice]

    @property
    def open(self) -> list[Choice]:
        return [one for at, one in enumerate(self.choices) if at < SHOWN or one.chosen]

    @property
    def folded(self) -> list[Choice]:
        return [one for at, one in enumerate(self.choices) if at >= SHOWN and not one.chosen]


@dataclass(frozen=True)
class Sieve:
    """A roll as one caller sees it, ready to be asked."""

    roll: Roll
    visible: Mask
    caller: Caller
    days: Days

    def by_facet(self, asked: Asked, texts: Texts | None) -> dict[str, Mask]:
        """Facet -> the alerts that it leaves; words and 我的 under names of their own. Only what is asked for."""
        found = {name: self._mask(name, values) for name in FACETS if (values := asked.wanted(name))}
        if texts is not None:
            found["words"] = self.roll.holding(texts)
        if asked.mine:
            found["mine"] = self.roll.coded["holder"].within([self.caller.name], self.roll.size)
        return found

    def left(self, masks: Mapping[str, Mask], but: str = "") -> Mask:
        """The visible alerts that every facet but one leaves."""
        mask = self.visible
        for name, one in masks.items():
            if name != but:
                mask = mask & one
        return mask

    def counts(self, name: str, mask: Mask) -> dict[str, int]:
        """Value -> how many of the mask."""
        if name != "due":
            return self.roll.coded[name].counts(mask)
        found = {state: int((mask & self._due(state)).sum()) for state in DUE}
        return {state: count for state, count in found.items() if count}

    def _mask(self, name: str, values: Iterable[str]) -> Mask:
        if name != "due":
            return self.roll.coded[name].within(list(values), self.roll.size)
        found = np.zeros(self.roll.size, dtype=bool)
        for state in values:
            found |= self._due(state)
        return found

    def _due(self, state: str) -> Mask:
        today, soon, due = self.days.today.toordinal(), self.days.soon_until().toordinal(), self.roll.due
        if state == "overdue":
            return np.asarray(due < today)
        if state == "soon":
            return np.asarray((due >= today) & (due <= soon))
        return np.asarray(due == NEVER) if state == "none" else np.asarray((due > soon) & (due != NEVER))


def facets(sieve: Sieve, asked: Asked, masks: Mapping[str, Mask], labels: Mapping[str, Mapping[str, str]]) -> list[Facet]:
    """Every facet with its choices: those that would leave something, and those chosen."""
    found = []
    for name in FACETS:
        counts = sieve.counts(name, sieve.left(masks, but=name))
        chosen = asked.wanted(name)
        values = [*counts, *(one for one in chosen if one not in counts)]
        order = ORDERED.get(name)
        ranked = [one for one in order if one in values] if order else sorted(values, key=lambda one: (-counts.get(one, 0), one))
        choices = [
            Choice(one, labels[name].get(one, one), counts.get(one, 0), one in chosen, asked.turned(name, one)) for one in ranked
        ]
        found.append(Facet(name, say(f"queue.facet.{name}"), choices))
    return found


def labels_of(seen: Reading, roll: Roll) -> dict[str, dict[str, str]]:
    """Facet -> value -> what it is called, for every value that some alert has."""
    known = {"due": list(DUE), "status": list(STATUSES), "stream": list(STREAMS)}
    found = {
        name: {value: called(value) for value in known.get(name, roll.coded[name].values if name in roll.coded else [])}
        for name, called in FIXED.items()
    }
    for name in ("unit", "office"):
        values = roll.coded[name].values
        seen.names.learn(name, values)
        found[name] = {value: seen.names.short(name, value) for value in values}
    areas = {value: value.ljust(12, "0") for value in roll.coded["area"].values}
    seen.names.learn("area", areas.values())
    found["area"] = {value: seen.names.short("area", area) for value, area in areas.items()}
    found["rule"] = {value: seen.titles.of(value) for value in roll.coded["rule"].values}
    return found
