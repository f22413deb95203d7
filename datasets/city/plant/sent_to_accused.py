"""H13 举报件转给被举报单位: an accusation is sent to the very unit it accuses, or with the caller's name.

The centre that sent it is accountable. Innocent: handed to the commission, or to the town with the name kept back.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, among
from datasets.city.hotline import ACCUSATION, DISPATCH, KINDS, NO_REPLY, REASSIGN, take_calls
from datasets.city.plant.accusations import protected_names
from datasets.city.plant.complaints import area_of, strangers
from datasets.city.plant.hotline_texts import hotline_texts, quiet_villages, special
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, rows

_CATEGORY = "检举控告"


def plant(scene: Scene) -> None:
    city = scene.city
    book, homes = city.cadres, quiet_villages(scene)
    now = np.flatnonzero((book["village_cadre"] == 1) & (book["ends"] == NONE))
    people = book["person"][now]
    fit = among(city.folk.village[people], homes) & ~np.isin(city.folk.name[people], sorted(protected_names(scene)))
    accused = scene.rng.permutation(people[fit])
    if not len(accused):
        return
    wanted = scene.number(4, 1)
    commission = city.bodies.agency("纪委监委")
    for place in range(wanted):
        person = int(accused[place % len(accused)])
        first, known = (_committee(scene, person), 0) if place % 2 == 0 else (_township(scene, person), 1)
        note = "检举件转至被检举单位" if place % 2 == 0 else "转办检举件时附上检举人身份"
        _accuse(scene, PROBLEM, person, first, known, note, commission)
    for place in range(11 * wanted):
        person = int(accused[(wanted + place) % len(accused)])
        if place % 3 == 2:
            _accuse(scene, EXPLAINED, person, _township(scene, person), 0, "隐去身份后转上一级处理", commission)
        else:
            _accuse(scene, EXPLAINED, person, commission, 0, "直接移送纪检监察机关", commission)


def _committee(scene: Scene, person: int) -> int:
    return int(scene.city.bodies.committee_of[scene.city.folk.village[person]])


def _township(scene: Scene, person: int) -> int:
    places = scene.city.places
    return int(scene.city.bodies.township_of[places.town_of[scene.city.folk.village[person]]])


def _accuse(scene: Scene, kind: str, person: int, first: int, known: int, note: str, commission: int) -> None:
    """Sent to `first`, from there to the commission; `known`: whether the caller's name went along."""
    city, desk, rng = scene.city, scene.city.desk, scene.rng
    book, village = desk.tickets, int(city.folk.village[person])
    created = np.array([int(rng.integers(city.first + 5, city.last - 20)) * DAY_SECONDS + int(rng.integers(8 * 3600, 17 * 3600))])
    ticket = int(take_calls(desk, created, rng, np.array([0]), strangers(scene, 1))[0])
    texts = hotline_texts().accusations
    values = {
        "regime": ACCUSATION, "kind": KINDS.index("report"), "channel": int(rng.choice([0, 0, 3, 4])), "place": 3, "area": village,
        "town": int(city.places.town_of[village]), "contact": NONE, "reply": NO_REPLY, "text": special(scene, texts[int(rng.integers(len(texts)))], _CATEGORY),
        "unit": commission, "accepted": int(created[0]) + 3600, "accused": person, "accused_unit": _committee(scene, person),
    }  # fmt: skip
    for name, value in values.items():
        book[name][ticket] = value
    sent = int(created[0]) + int(rng.integers(4000, 30_000))
    desk.flows.add(1, ticket=ticket, from_unit=desk.centre, to_unit=first, action=DISPATCH, acted=sent, discloses=known)
    if first != commission:
        later = sent + int(rng.integers(1, 9)) * DAY_SECONDS
        desk.flows.add(1, ticket=ticket, from_unit=desk.centre, to_unit=commission, action=REASSIGN, acted=later, discloses=0)
    city.used_tickets = np.r_[city.used_tickets, ticket]
    write = scene.problem if kind == PROBLEM else scene.explained
    write("ticket", ticket, desk.centre, (rows("ticket", [ticket]),), area=area_of(scene, ticket), note=note)
