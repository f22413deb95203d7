"""R043 投标人与项目人员联系方式相同: a bidder is reached at the number of the buyer, or of somebody who serves there.

Innocent: the number of somebody who left the buyer's service long before, bidders with a number of their own, or with that
of their agent. Of a number of somebody who serves somewhere else a person has to judge.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, kept, without
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike, crowded, tell
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

_STORIES = ("own", "agent", "left", "elsewhere", "agent", "own")


def plant(scene: Scene) -> None:
    done, wanted = 0, scene.number(4)
    for tender in cast_alike(scene, crowded(scene, awarded(scene), 2), 6 * wanted).tolist():
        if done < wanted and _case(scene, done, tender):
            scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
            done += 1
    told = 0
    for place, tender in enumerate(cast_alike(scene, crowded(scene, awarded(scene), 2), 24 * done).tolist()):
        if told < 11 * done:
            told += _innocent(scene, tender, _STORIES[place % len(_STORIES)])


def _staff(scene: Scene, unit: int, today: int, now: bool) -> Ints:
    """People who play no part, whose number the register has and who serve in a unit on a day, or left it long before."""
    book = scene.city.cadres
    numbers = np.arange(len(book))
    known = (book["unit"] == unit) & (numbers % 7 != 3)  # the register of staff lacks every seventh number
    ends = np.where(book["ends"] == NONE, 2**40, book["ends"])
    at = known & (book["starts"] < today - 30) & (ends > today + 30) if now else known & (ends < today - 400)
    people: Ints = book["person"][at]
    heads = np.array([office.head for office in scene.city.offices.all])
    return kept(people, ~scene.city.spoken[people] & ~among(people, heads))


def _frame(scene: Scene, tender: int) -> tuple[int, int, int]:
    """The buyer, the day bids were due, and a bid whose bidder leaves a number."""
    market = scene.city.market
    bids = bids_of(scene, tender)
    known = kept(bids, market.bids["phone"][bids] == market.bids["firm"][bids])
    bid = int(scene.rng.choice(known)) if len(known) else NONE
    return int(market.tenders["buyer"][tender]), int(market.tenders["closes"][tender]) // DAY_SECONDS, bid


def _case(scene: Scene, place: int, tender: int) -> bool:
    city, market = scene.city, scene.city.market
    buyer, today, bid = _frame(scene, tender)
    firms, people = len(city.firms), len(city.folk)
    staff = _staff(scene, buyer, today, True)
    if bid == NONE or not len(staff):
        return False
    if place % 3 == 1:
        market.bids["phone"][bid] = market.tenders["contact"][tender] = firms + people + buyer
        tell(scene, PROBLEM, tender, np.array([bid]), note="投标人联系电话为采购单位电话")
        return True
    official = int(scene.rng.choice(staff))
    city.spoken[official] = True
    market.bids["phone"][bid] = firms + official
    if place % 3 == 2:
        market.tenders["contact"][tender] = firms + official
    note = "投标人联系电话为采购联系人手机" if place % 3 == 2 else "投标人联系电话为采购单位工作人员手机"
    tell(scene, PROBLEM, tender, np.array([bid]), more=(rows("person", [official]),), officials=[official], note=note)
    return True


def _innocent(scene: Scene, tender: int, story: str) -> int:
    city, market = scene.city, scene.city.market
    buyer, today, bid = _frame(scene, tender)
    if bid == NONE:
        return 0
    if story == "own":
        tell(scene, EXPLAINED, tender, np.array([bid]), note="投标人与采购单位各用各的电话")
        return 1
    if story == "agent":
        agent = int(market.bids["agent"][bid])
        if agent == NONE or city.purse.public[agent]:
            return 0
        market.bids["phone"][bid] = len(city.firms) + agent
        tell(scene, EXPLAINED, tender, np.array([bid]), note="留的是授权委托人自己的手机，与采购单位无关")
        return 1
    if story == "left":
        staff = _staff(scene, buyer, today, False)
    else:
        others = without(city.cadres["unit"][city.cadres["village_cadre"] == 0], [0, buyer])
        staff = _staff(scene, int(scene.rng.choice(others)), today, True)
    if not len(staff):
        return 0
    person = int(scene.rng.choice(staff))
    city.spoken[person] = True
    market.bids["phone"][bid] = len(city.firms) + person
    if story == "left":
        tell(scene, EXPLAINED, tender, np.array([bid]), near=True, note="号码持有人早已离开采购单位")
    else:
        tell(scene, UNDECIDABLE, tender, np.array([bid]), note="号码持有人在其他单位任职，与本项目有无关系需核实")
    return int(story == "left")
