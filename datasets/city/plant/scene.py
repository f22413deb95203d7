"""A scene is one catalogue row at work: it casts people nobody else uses, and writes down the truth."""

from collections.abc import Callable, Iterable
from functools import cache, cached_property
from typing import Any, TypeVar

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, Marks, among, distinct, kept
from datasets.city.city import City
from datasets.city.folk import RELATIONS
from datasets.city.index import Index, Past
from datasets.city.pay import REGULAR
from datasets.city.plant.finder import Finder
from datasets.city.programme import number
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, Case

Evidence = tuple[tuple[str, tuple[int, ...]], ...]
Array = TypeVar("Array")


@cache
def _numbers(codes: tuple[str, ...]) -> Ints:
    return np.array([number(code) for code in codes], dtype=np.int64)


_THINNING = 0.5
"""A city of four times the people has twice the cases."""


class Scene:
    """What a planter works with: the city, its own random stream, the catalogue code."""

    def __init__(self, city: City, rule: str) -> None:
        self.city, self.rule = city, rule.split()[0]
        self.kept_bids: set[int] = set()
        self._times: dict[str, Ints] = {}
        self._pools: dict[str, Any] = {}
        self._recipients: dict[tuple[str, ...], Ints] = {}
        self._in_use = Marks()
        self.rng: np.random.Generator = city.streams.of(f"plant {rule}")

    @cached_property
    def paid(self) -> Past:
        """Payments by person, as they stood when first asked for."""
        return Past(self.city.payments.by("person"), len(self.city.payments))

    @cached_property
    def claimed(self) -> Past:
        """Land claims by person, as they stood when first asked for."""
        return Past(self.city.land.claims.by("person"), len(self.city.land.claims))

    @property
    def bids(self) -> Index:
        """Bids by tender."""
        return self.city.market.bids.by("tender")

    @cached_property
    def _by_programme(self) -> Finder:
        return Finder(self.city.payments["programme"])

    def pool(self, name: str, make: Callable[[], Array]) -> Array:
        """What `make` gives, made once for the scene: whoever takes part since then has to be left out by the caller."""
        if name not in self._pools:
            self._pools[name] = make()
        found: Array = self._pools[name]
        return found

    def forget(self) -> None:
        """Look at the payments anew: the scene itself has paid somebody whom it will ask about."""
        for name in ("paid", "_by_programme"):
            self.__dict__.pop(name, None)
        self._recipients.clear()
        self._pools.clear()
        self._times.clear()

    def recipients(self, *codes: str) -> Ints:
        """People whom any of the programmes pays or paid."""
        if codes not in self._recipients:
            people = distinct(self.city.payments["person"][self._by_programme.of_any(np.array([number(code) for code in codes]))])
            self._recipients[codes] = people[people != NONE]
        return self._recipients[codes]

    def times(self, code: str) -> Ints:
        """How many regular payments of a programme everybody had, as it stood when first asked for."""
        if code not in self._times:
            pay = self.city.payments
            found = self._by_programme.of(number(code))
            found = found[(pay["kind"][found] == REGULAR) & (pay["alive"][found] == 1) & (pay["person"][found] != NONE)]
            self._times[code] = np.asarray(np.bincount(pay["person"][found], minlength=len(self.city.folk)), dtype=np.int64)
        return self._times[code]

    def payments_of(self, person: int, *codes: str) -> Ints:
        """Payments of some programmes to a person, oldest row first."""
        pay, mine = self.city.payments, self.paid.of(person)
        return kept(mine, among(pay["programme"][mine], _numbers(codes)) & (pay["alive"][mine] == 1))

    def also(self, rule: str) -> "Scene":
        """A scene of another row of the catalogue, for truth that this one's doings bring about there too."""
        return Scene(self.city, rule)

    def number(self, base: float, least: int = 1) -> int:
        """How many cases: `base` of them in a city of 20,000 people and two years.

        `least` in a city of 2,000 people and two years or more; a smaller one has too few innocents for so many. Each row of
        the catalogue has to be seen in a small city, which makes it worse than practice (in Jiyang 76 doubtful rows of 814
        were confirmed): larger ones come nearer to it.
        """
        scale = len(self.city.folk) * len(self.city.years) / 40_000
        scale = scale**_THINNING if scale > 1 else scale
        return max(least if scale >= 0.1 else 1, round(base * scale))

    def in_use(self, tenders: Ints) -> Bools:
        """Which of the tenders play a part already."""
        return self._in_use.among(tenders, self.city.used_tenders)

    def cast(self, fit: Bools | Ints, count: int) -> Ints:
        """Draw people (mask or numbers) who play no part yet; they play one from now on. May return fewer."""
        if fit.dtype == np.bool_:
            free = np.flatnonzero(fit & ~self.city.spoken)
        else:
            people = distinct(np.asarray(fit, dtype=np.int64))
            free = kept(people, ~self.city.spoken[people])
        chosen: Ints = free[self.rng.choice(len(free), min(count, len(free)), replace=False)] if len(free) else free
        self.city.spoken[chosen] = True
        return chosen

    def near(self, place: int) -> bool:
        """Whether the case at this place lies close to a threshold: three of ten do."""
        return place % 10 in (1, 4, 8)

    def problem(
        self, subject_kind: str, subject: int, unit: int, evidence: Evidence, officials: Iterable[int] = (), **more: object
    ) -> None:
        self._write(PROBLEM, subject_kind, subject, unit, evidence, officials, more)

    def explained(self, subject_kind: str, subject: int, unit: int, evidence: Evidence, **more: object) -> None:
        self._write(EXPLAINED, subject_kind, subject, unit, evidence, (), more)

    def undecidable(self, subject_kind: str, subject: int, unit: int, evidence: Evidence, **more: object) -> None:
        self._write(UNDECIDABLE, subject_kind, subject, unit, evidence, (), more)

    def _write(
        self,
        kind: str,
        subject_kind: str,
        subject: int,
        unit: int,
        evidence: Evidence,
        officials: Iterable[int],
        more: dict[str, object],
    ) -> None:
        stream = office = ""
        if kind != EXPLAINED and unit != NONE:
            person = subject if subject_kind == "person" else None
            if kind == UNDECIDABLE and person is not None and self.rule == "S04":
                officials = [person]
            stream, office = self.city.registry.lead(unit, person, officials, pattern=self.rule == "X12")
        self.city.truth.add(Case(kind, self.rule, subject_kind, subject, unit, evidence, stream=stream, office=office, **more))  # type: ignore[arg-type]

    def marry_into_the_office(self, person: int, unit: int, officials: Iterable[int] = ()) -> None:
        """Make somebody an in-law of the head of the office that would lead: it must be passed over."""
        subject = None if person in officials else person
        _, code = self.city.registry.lead(unit, subject, officials)
        head = next(office.head for office in self.city.offices.all if office.code == code)
        tie = RELATIONS.index("in_law")
        self.city.folk.tie(np.array([[person, head], [head, person], [tie, tie]]))


def weak(city: City) -> Bools:
    """Areas where things go wrong."""
    return city.places.lax()


def cents_of(city: City, payments: Ints) -> int:
    return int(city.payments["amount"][payments].sum())


def groups(keys: Ints) -> list[Ints]:
    """Row numbers of every distinct column of `keys` (a 2-d array), in order of first appearance of the keys' order."""
    if not keys.shape[1]:
        return []
    inverse = np.unique(keys, axis=1, return_inverse=True)[1].ravel()
    order = np.argsort(inverse, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(inverse[order])) + 1)
