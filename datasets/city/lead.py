"""Who should lead a case: the offices in the order of the domain's routing, recusal first."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import NONE
from datasets.city.body import Bodies
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger
from datasets.city.office import Office, Offices
from datasets.city.place import Places

COLLEAGUE_DAYS = 5 * 365
"""How long after they served together people are too near to judge each other."""


@dataclass
class Registry:
    """What has to be known to say who leads."""

    places: Places
    bodies: Bodies
    folk: Folk
    cadres: Ledger
    offices: Offices

    def lead(
        self, unit: int, subject: int | None = None, officials: Iterable[int] = (), pattern: bool = False
    ) -> tuple[str, str]:
        """Stream and office code that should lead on a unit's case.

        `subject` is the person the case is about (None for tenders, tickets, places); `officials` are implicated
        public employees, the subject among them when he is one by his own person only. `pattern`: the case is how the
        unit is run as a whole, or what is common to many, which is for the inspection stream.
        """
        implicated = set(officials)
        touched = implicated | ({subject} if subject is not None else set())
        near = set(touched)
        for person in touched:
            near |= self.folk.kin_of(person) | self._colleagues(person)
        for candidates in [self._inspectors(unit)] if pattern else self._candidates(unit, subject, implicated):
            for office in candidates:
                if office.unit != unit and office.head not in near:
                    return office.stream, office.code
            break  # the stream is decided; whoever is recused there is replaced by the coordinating room
        office = next(office for office in self.offices.all if office.stream == "coordination")
        return office.stream, office.code

    def _candidates(self, unit: int, subject: int | None, implicated: set[int]) -> Iterable[list[Office]]:
        others = sorted(implicated - {subject})
        if others:
            yield self.covering("supervisory", self.unit_of(others[0]))
        elif subject is not None and subject in implicated:
            yield self.covering("discipline" if self.is_member(subject) else "supervisory", self.unit_of(subject))
        if (number := self.offices.current_round(unit)) is not None:
            yield [self.offices.all[number]]
        if (number := self.offices.stationed(self.bodies, unit)) is not None:
            yield [self.offices.all[number]]
        yield self.covering("discipline", unit)

    def _inspectors(self, unit: int) -> list[Office]:
        """Who would take up a unit as a whole: the group of its present round, else any inspection body."""
        if (number := self.offices.current_round(unit)) is not None:
            return [self.offices.all[number]]
        return sorted((one for one in self.offices.all if one.stream == "inspection"), key=lambda one: one.code)

    def _colleagues(self, person: int) -> set[int]:
        """People who served in one unit with somebody until either left, less than five years ago."""
        book, last = self.cadres, self.offices.last
        found: set[int] = set()
        for row in np.flatnonzero(book["person"] == person).tolist():
            same = np.flatnonzero((book["unit"] == book["unit"][row]) & (book["person"] != person))
            mine = last if book["ends"][row] == NONE else int(book["ends"][row])
            theirs = np.where(book["ends"][same] == NONE, last, book["ends"][same])
            until = np.minimum(theirs, mine)
            together = (book["starts"][same] <= mine) & (theirs >= book["starts"][row])
            found |= set(book["person"][same[together & (until < last) & (until >= last - COLLEAGUE_DAYS)]].tolist())
        return found

    def covering(self, stream: str, unit: int) -> list[Office]:
        """Offices of a stream that cover a unit today, the nearest kind of coverage first."""
        area = int(self.bodies.area[unit])
        areas = [area, int(self.places.town_of[area]), 0]
        found: list[tuple[int, str, Office]] = []
        for office in self.offices.all:
            for cover in office.covers if office.stream == stream else ():
                if cover.starts > self.offices.last or (cover.ends != NONE and cover.ends < self.offices.last):
                    continue
                if cover.kind == "unit" and cover.number == unit:
                    found.append((0, office.code, office))
                elif cover.kind == "area" and cover.number in areas:
                    found.append((1 + areas.index(cover.number), office.code, office))
                elif cover.kind == "all":
                    found.append((9, office.code, office))
        return [office for _, _, office in sorted(found, key=lambda item: item[:2])]

    def unit_of(self, person: int) -> int:
        """The unit of somebody's post, the current one before past ones."""
        rows = np.flatnonzero(self.cadres["person"] == person)
        current = [row for row in rows.tolist() if self.cadres["ends"][row] == NONE]
        return int(self.cadres["unit"][(current or rows.tolist())[-1]])

    def is_member(self, person: int) -> bool:
        """Whether somebody is known to be a Party member."""
        rows = np.flatnonzero(self.cadres["person"] == person)
        return bool((self.cadres["party"][rows] == 1).any())
