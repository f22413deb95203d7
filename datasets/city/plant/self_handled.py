"""X07 自己查自己: the unit complained of handles the complaint itself; or nobody called back and it is down as satisfied.

Innocent: complaints about a body handled by another one, or sent to it by mistake and taken away again.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, distinct, kept
from datasets.city.hotline import DISPATCH, REASSIGN
from datasets.city.plant.complaints import cast_tickets, ordinary, tell_ticket
from datasets.city.plant.hotline_texts import hotline_texts, ring, special
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_CATEGORY = "城乡建设"


def plant(scene: Scene) -> None:
    city = scene.city
    office = city.bodies.agency("人民政府办公室")
    units = np.r_[city.bodies.of_kind("township"), city.bodies.of_kind("agency"), city.bodies.of_kind("hospital")]
    units = scene.rng.permutation(units[~among(units, [0, office, city.bodies.agency("纪委监委"), city.desk.centre])])
    wanted = scene.number(5, 1)
    for place in range(wanted):
        unit = int(units[place % len(units)])
        tell_ticket(scene, PROBLEM, _complain(scene, place, unit, unit), "被反映单位自行办理")
    for place in range(11 * wanted):
        unit = int(units[(wanted + place) % len(units)])
        ticket = _complain(scene, place, unit, office)
        if place % 3 == 0:
            _strayed(scene, ticket, unit)
        tell_ticket(scene, EXPLAINED, ticket, "先误派被反映单位，已改派" if place % 3 == 0 else "由其他单位办理", place % 3 == 0)
    _unasked(scene, wanted)


def _complain(scene: Scene, place: int, accused: int, handling: int) -> int:
    city = scene.city
    texts = hotline_texts().against_unit
    text = special(scene, texts[place % len(texts)], _CATEGORY, str(city.bodies.name[accused]))
    days = np.array([int(scene.rng.integers(city.first + 5, city.last - 20))])
    area = int(city.bodies.area[accused])
    town = area if area in city.places.towns else int(city.places.towns[0])
    made = ring(scene, days, [text], _CATEGORY, handling, accused_unit=accused, area=area, town=town)
    return int(made[0])


def _strayed(scene: Scene, ticket: int, accused: int) -> None:
    """First to the unit complained of, then to the right one."""
    flows = scene.city.desk.flows
    every = flows.by("ticket").of(ticket)
    mine = kept(every, (flows["action"][every] == DISPATCH) & (flows["alive"][every] == 1))
    if len(mine) != 1 or (flows["action"][every] == REASSIGN).any():
        return
    right, acted = int(flows["to_unit"][mine[0]]), int(flows["acted"][mine[0]])
    flows["to_unit"][mine] = accused
    flows.add(1, ticket=ticket, from_unit=scene.city.desk.centre, to_unit=right, action=REASSIGN, acted=acted + 3000)


def _unasked(scene: Scene, wanted: int) -> None:
    """Down as solved and satisfied though nobody called back: where the unit's payments are doubtful a person has to look."""
    book = scene.city.desk.tickets
    doubtful = np.array(
        sorted({case.unit for case in scene.city.truth.cases if case.rule[0] == "S" and case.kind == PROBLEM}), dtype=np.int64
    )
    paying = distinct(scene.city.payments["unit"])
    closed = (book["closed"] != NONE) & (book["called"] == 0)
    for here, kind, count, note in (
        (among(book["unit"], doubtful), UNDECIDABLE, wanted, "未回访即记为满意，单位资金有疑点"),
        (~among(book["unit"], paying), EXPLAINED, 2 * wanted, "未回访即记为满意，单位不发放补贴"),
    ):
        found: Ints = cast_tickets(scene, ordinary(scene, closed & here), count)
        book["solved"][found], book["satisfied"][found] = 1, 1
        for ticket in found.tolist():
            tell_ticket(scene, kind, ticket, note)
