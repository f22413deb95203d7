"""H09 涉干部、涉钱: an ordinary complaint that lays money matters to a village cadre in one sentence; post and act apart are innocent."""

import numpy as np

from datasets.city.arrays import NONE
from datasets.city.hotline import KINDS
from datasets.city.plant.complaints import area_of
from datasets.city.plant.hotline_texts import Said, hotline_texts, quiet_villages, ring, special
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, rows

_CATEGORY = "农业农村"


def plant(scene: Scene) -> None:
    said, villages = hotline_texts(), quiet_villages(scene)
    wanted = scene.number(6, 1)
    for place in range(wanted):
        _say(scene, PROBLEM, place, int(villages[place % len(villages)]), said.cadre_and_money, "同句提及职务与侵占行为")
    rest = villages[wanted:] if len(villages) > wanted else villages
    for place in range(11 * wanted):
        _say(scene, EXPLAINED, place, int(rest[place % len(rest)]), said.post_or_act, "只提职务或只提行为，未指向村干部")


def _say(scene: Scene, kind: str, place: int, village: int, texts: tuple[Said, ...], note: str) -> None:
    city, rng = scene.city, scene.rng
    text = texts[(place + int(rng.integers(2)) * 3) % len(texts)]
    town = int(city.places.town_of[village])
    committee, township = int(city.bodies.committee_of[village]), int(city.bodies.township_of[town])
    named = kind == PROBLEM and place % 2 == 0
    day = np.array([int(rng.integers(city.first + 5, city.last - 20))])
    made = ring(
        scene, day, [special(scene, text, _CATEGORY)], _CATEGORY, township, place=3, area=village, town=town,
        accused_unit=committee if named else NONE, kind=KINDS.index("praise") if text.title.startswith("感谢") else 0, solved=NONE,
    )  # fmt: skip
    ticket = int(made[0])
    write = scene.problem if kind == PROBLEM else scene.explained
    unit = committee if named else township
    write("ticket", ticket, unit, (rows("ticket", [ticket]),), area=area_of(scene, ticket), near=scene.near(place), note=note)
