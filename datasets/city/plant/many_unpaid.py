"""H11 集中欠薪、欠补: five and more people say within a month that one firm owes them wages, or one township their subsidies.

The subject is who owes, never who calls. Innocent: four people, one who calls often, calls spread over months.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, distinct
from datasets.city.plant.complaints import strangers
from datasets.city.plant.hotline_texts import hotline_texts, quiet_villages, ring, special
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, rows

_LABOUR, _FARMING = "劳动和社会保障", "农业农村"
_STORIES = ("four", "one caller", "spread", "four", "spread")
_NOTES = {"four": "三十日内不足五人", "one caller": "同一人多次反映", "spread": "分散在数月内"}


def plant_wages(scene: Scene) -> None:
    firms = scene.rng.permutation(clean_firms(scene))
    wanted = scene.number(3, 1)
    for place in range(wanted):
        count = 5 if scene.near(place) else int(scene.rng.integers(6, 12))
        _wages(scene, PROBLEM, int(firms[place]), _month(scene, count, 29), count == 5, f"{count}人反映同一企业欠薪")
    for place, firm in enumerate(firms[wanted : 12 * wanted].tolist()):
        story = _STORIES[place % len(_STORIES)]
        days, callers = _days(scene, story)
        _wages(scene, EXPLAINED, firm, days, story == "four", _NOTES[story], callers)


def plant_subsidies(scene: Scene) -> None:
    city, villages = scene.city, quiet_villages(scene)
    towns = scene.rng.permutation(distinct(city.places.town_of[villages]))
    wanted = min(scene.number(2, 1), max(1, len(towns) - 1))
    for place in range(wanted):
        count = 5 if scene.near(place) else int(scene.rng.integers(6, 12))
        _subsidies(
            scene, PROBLEM, villages, int(towns[place]), _month(scene, count, 29), count == 5, f"{count}人反映同一单位欠发补贴"
        )
    rest = towns[wanted:] if len(towns) > wanted else towns
    for place in range(11 * wanted):
        story = _STORIES[place % 2]
        days, callers = _days(scene, story)
        # one story after the other in each town, months apart
        days = days - int(days.min()) + city.first + 20 + place * (city.last - city.first - 120) // (11 * wanted)
        _subsidies(scene, EXPLAINED, villages, int(rest[place % len(rest)]), days, story == "four", _NOTES[story], callers)


def clean_firms(scene: Scene) -> Ints:
    """Firms and shops that nothing is told of and that have won nothing: a complaint about them points to no purchase."""
    city = scene.city
    told = {case.subject for case in city.truth.cases if case.subject_kind == "enterprise"}
    fit = (city.firms.cancelled == NONE) & (city.firms.kind != 1)
    fit[city.market.bids["firm"]] = False
    fit[list(told)] = False
    book = city.desk.tickets
    fit[book["firm"][book["firm"] != NONE]] = False
    return np.flatnonzero(fit)


def _month(scene: Scene, count: int, span: int) -> Ints:
    start = int(scene.rng.integers(scene.city.first + 10, scene.city.last - span - 15))
    out: Ints = start + np.sort(scene.rng.integers(0, span, count))
    return out


def _days(scene: Scene, story: str) -> tuple[Ints, Ints | None]:
    if story == "four":
        return _month(scene, 4, 28), None
    if story == "one caller":
        return _month(scene, 6, 28), np.repeat(strangers(scene, 1), 6)
    start = int(scene.rng.integers(scene.city.first + 10, scene.city.last - 150))
    return start + np.arange(6) * 22 + scene.rng.integers(0, 5, 6), None


def _wages(scene: Scene, kind: str, firm: int, days: Ints, near: bool, note: str, callers: Ints | None = None) -> None:
    city = scene.city
    texts = [special(scene, one, _LABOUR) for one in hotline_texts().unpaid_wages]
    unit = city.bodies.agency("人力资源和社会保障局")
    more = {} if callers is None else {"caller": callers}
    town = int(city.places.town_of[city.firms.area[firm]])
    made = ring(scene, days, texts, _LABOUR, unit, firm=firm, area=NONE, town=town, place=1, **more)
    write = scene.problem if kind == PROBLEM else scene.explained
    write("enterprise", firm, unit, (rows("ticket", made),), area=town, near=near, note=note)


def _subsidies(
    scene: Scene, kind: str, villages: Ints, town: int, days: Ints, near: bool, note: str, callers: Ints | None = None
) -> None:
    city = scene.city
    here = villages[city.places.town_of[villages] == town]
    texts = [special(scene, one, _FARMING) for one in hotline_texts().unpaid_subsidies]
    owing, handling = int(city.bodies.township_of[town]), city.bodies.agency("农业农村局")
    more = {} if callers is None else {"caller": callers}
    made = ring(
        scene, days, texts, _FARMING, handling, place=3, area=scene.rng.choice(here, len(days)), town=town, accused_unit=owing, **more
    )  # fmt: skip
    write = scene.problem if kind == PROBLEM else scene.explained
    write("unit", owing, owing, (rows("ticket", made),), area=town, near=near, note=note)
