"""S28 身份证号无效仍领补贴: numbers whose check digit, birth date or region cannot be; those who are paid nothing are innocent."""

import numpy as np

from datasets.city.arrays import Ints, shared
from datasets.city.plant.lists import in_weak, living, tell
from datasets.city.plant.scene import Scene
from datasets.city.truth import rows

_LISTS = ("PG12", "PG03", "PG20", "PG07", "PG01")
_WAYS = ("check", "birth", "check", "swapped", "region", "check")


def plant(scene: Scene) -> None:
    city, pay = scene.city, scene.city.payments
    people = in_weak(scene, living(scene, scene.recipients(*_LISTS), 18))
    taken = set(city.folk.ident.tolist())
    for place, person in enumerate(scene.cast(people, scene.number(3, 2)).tolist()):
        _spoil(scene, person, _WAYS[place % len(_WAYS)], taken)
        mine = scene.paid.of(person)
        mine = mine[pay["alive"][mine] == 1]
        tell(scene, "problem", person, mine, "身份证号不符合编码规则仍领取补贴", near=len(mine) <= 2)
    problems = len(city.truth.of("S28", "problem"))
    paid = np.zeros(len(city.folk), dtype=bool)
    paid[pay["person"][pay["person"] >= 0]] = True
    unpaid = ~paid & (city.folk.died < 0) & (city.folk.age(city.last) >= 3) & ~city.purse.public
    unpaid[city.firms.owner] = False
    for place, person in enumerate(scene.cast(_nobodies(scene, unpaid), 7 * problems).tolist()):
        _spoil(scene, person, _WAYS[place % len(_WAYS)], taken)
        _explain(scene, person, "证件号有误，未领取任何补贴", near=True)
    strangers = np.flatnonzero(~np.strings.startswith(city.folk.ident, "3206"))
    for person in scene.cast(living(scene, shared(strangers, scene.recipients(*_LISTS))), 4 * problems).tolist():
        _explain(scene, person, "外地签发的有效证件号", near=False)


def _nobodies(scene: Scene, unpaid: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Ints:
    """People no other register of the county names: a changed number would tear nothing apart."""
    city = scene.city
    for named in (city.sundry.jobs["person"], city.sundry.states["person"], city.sundry.houses["owner"], city.sundry.vehicles["owner"],
                  city.firms.shares["person"], city.firms.roles["person"], city.market.agent, city.market.manager):  # fmt: skip
        unpaid[named[named >= 0]] = False
    return np.flatnonzero(unpaid)


def _explain(scene: Scene, person: int, note: str, near: bool) -> None:
    city = scene.city
    village = int(city.folk.village[person])
    unit = int(city.bodies.township_of[city.places.town_of[village]])
    scene.explained("person", person, unit, (rows("person", [person]),), area=village, near=near, note=note)


def _spoil(scene: Scene, person: int, way: str, taken: set[str]) -> None:
    """Write somebody's number wrongly everywhere, as it came from an old register: no two people share one."""
    ident = str(scene.city.folk.ident[person])
    for attempt in range(40):
        if way == "birth":
            wrong = (
                ident[:10] + ("13", "00", "14")[attempt % 3] + ident[12:17] + str((int(scene.rng.integers(10)) + attempt) % 10)
            )
        elif way == "region":
            wrong = ("00", "09", "99", "38")[attempt % 4] + ident[2:17] + str(attempt % 10)
        elif way == "swapped":
            at = 14 + attempt % 2
            wrong = ident[:at] + str((int(ident[at]) + 1 + attempt // 2) % 10) + ident[at + 1 :]
        else:
            wrong = ident[:17] + "0123456789X"[("0123456789X".index(ident[17]) + 1 + attempt) % 11]
        if wrong not in taken and wrong != ident:
            break
    taken.add(wrong)
    scene.city.folk.ident[person] = wrong
