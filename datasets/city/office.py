"""The commission's offices: what each covers and since when, and the rounds of inspection."""

from dataclasses import dataclass, field

import numpy as np

from datasets.city.arrays import NONE, Ints, day
from datasets.city.body import Bodies
from datasets.city.cadre import post_number
from datasets.city.ledger import Ledger
from datasets.city.place import Places
from datasets.city.vocabulary import words


@dataclass(frozen=True)
class Coverage:
    kind: str
    number: int
    """Unit or area number; NONE for all."""
    starts: int
    ends: int = NONE


@dataclass
class Office:
    code: str
    name: str
    stream: str
    unit: int
    head: int
    covers: list[Coverage] = field(default_factory=list)


@dataclass(frozen=True)
class Round:
    code: str
    unit: int
    office: int
    starts: int
    ends: int


@dataclass
class Offices:
    all: list[Office]
    rounds: list[Round]
    last: int

    def stationed(self, bodies: Bodies, unit: int) -> int | None:
        group = int(bodies.group[unit])
        return None if group == NONE else group

    def current_round(self, unit: int) -> int | None:
        """Number of the office that inspects a unit on the city's last day."""
        for visit in self.rounds:
            if visit.unit == unit and visit.starts <= self.last <= visit.ends:
                return visit.office
        return None


_SINCE = day(2020, 1, 1)


def _heads(cadres: Ledger, commission: int) -> list[int]:
    """The commission's people who serve today, the longest-serving first."""
    rows = np.flatnonzero((cadres["unit"] == commission) & (cadres["ends"] == NONE))
    longest_first: list[int] = rows[np.argsort(cadres["starts"][rows], kind="stable")].tolist()
    return longest_first


def establish(places: Places, bodies: Bodies, cadres: Ledger, last: int, rng: np.random.Generator) -> Offices:
    """Offices with their heads. Stationed groups come first, so that a group's number is its office's."""
    commission = bodies.agency("纪委监委")
    rows = iter(_heads(cadres, commission))
    offices: list[Office] = []

    def open_office(code: str, name: str, stream: str, post: str) -> Office:
        row = next(rows)
        cadres["post"][row], cadres["party"][row] = post_number(post), 1
        offices.append(Office(code, name, stream, commission, int(cadres["person"][row])))
        return offices[-1]

    for number, agency in enumerate(words().groups):
        office = open_office(f"OF-PZ{number + 1:02d}", f"派驻{agency}纪检监察组", "stationed", "派驻纪检监察组组长")
        office.covers = [Coverage("unit", unit, _SINCE) for unit in np.flatnonzero(bodies.group == number).tolist()]
    # an assignment of the past, which must route nothing any more
    offices[2].covers.append(Coverage("unit", bodies.agency("商务局"), day(2017), day(2019, 12, 31)))
    rooms = _rooms(places, bodies)
    for stream, mark, label in (("discipline", "JD", "纪律"), ("supervisory", "JS", "监察")):
        for number, covers in enumerate(rooms):
            name = f"第{'一二三四五六七八'[number]}监督检查室（{label}）"
            open_office(f"OF-{mark}{number + 1:02d}", name, stream, "监督检查室主任").covers = list(covers)
    for number in range(2):
        open_office(f"OF-XC{number + 1:02d}", f"县委第{'一二'[number]}巡察组", "inspection", "巡察组组长")
    coordination = open_office("OF-DF00", "党风政风监督室", "coordination", "党风政风监督室主任")
    coordination.covers = [Coverage("all", NONE, _SINCE)]
    return Offices(offices, _rounds(offices, bodies, last, rng), last)


def _rooms(places: Places, bodies: Bodies) -> list[list[Coverage]]:
    """What each inspection room covers: two rooms share the bodies of the county, the others the towns."""
    county = list(np.flatnonzero(bodies.area == 0).tolist())
    rooms = [[Coverage("unit", unit, _SINCE) for unit in county[half::2]] for half in (0, 1)]
    towns: list[Ints] = np.array_split(places.towns, 4 if len(places.towns) >= 8 else 2)
    return rooms + [[Coverage("area", int(town), _SINCE) for town in part] for part in towns]


def _rounds(offices: list[Office], bodies: Bodies, last: int, rng: np.random.Generator) -> list[Round]:
    """Four past rounds and the current one; each visits two agencies, a township and a hospital or state firm."""
    groups = [number for number, office in enumerate(offices) if office.stream == "inspection"]
    agencies = [unit for unit in bodies.of_kind("agency").tolist() if unit not in (0, bodies.agency("纪委监委"))]
    others = np.r_[bodies.of_kind("hospital"), bodies.of_kind("state_firm")]
    agencies = rng.permutation(np.array(agencies)).tolist()
    townships, others = rng.permutation(bodies.of_kind("township")), rng.permutation(others)
    periods = ((2023, 1), (2024, 0), (2024, 1), (2025, 0), (2025, 1))
    out = []
    for number, (year, half) in enumerate(periods):
        starts = day(year, 3, 4) if half == 0 else day(year, 10, 13)
        ends = day(year, 5, 31) if half == 0 else day(year + 1, 1, 16)
        units = [*agencies[2 * number : 2 * number + 2], townships[number % len(townships)], others[number % len(others)]]
        for place, unit in enumerate(units):
            out.append(Round(f"{year}-{half + 1}", int(unit), groups[place % 2], starts, ends))
    return out
