"""C24 采购人员与供应商利害关系: somebody of the buyer, or his spouse, child or parent, stands behind a bidder or worked there lately.

Innocent: kin in another unit, a holding below five per cent, an employment that ended more than three years before, one who
had left the buyer, in-laws and siblings further off than the rule reaches (those a person decides).
"""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, kept, without
from datasets.city.firm import ROLES
from datasets.city.plant.apart import CLOSE, keep_away, stuck, units_of
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, crowded, decided, tell
from datasets.city.ties import tied
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

_TIES = ("officer", "holder", "worked there", "kin officer", "kin holder", "kin officer", "holder")
_STORIES = ("other unit", "small share", "long ago", "other unit", "had left", "small share", "long ago")


@dataclass(frozen=True)
class Tie:
    """An official of the buyer, the person who stands behind the bidder (himself or kin), and the bid."""

    official: int
    person: int
    bid: int
    firm: int
    day: int


def plant(scene: Scene) -> None:
    wanted, done, told = scene.number(4), 0, 0
    fit = crowded(scene, decided(scene), 2)
    for tender in cast_alike(scene, fit, 12 * wanted).tolist():
        name = _TIES[done % len(_TIES)] if not scene.near(done) else ("holder", "worked there")[done % 2]
        tie = _find(scene, tender, name.startswith("kin"))
        if done < wanted and tie is not None:
            scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
            _case(scene, done, tender, tie, name)
            done += 1
    for tender in cast_alike(scene, crowded(scene, decided(scene), 2), 60 * done).tolist():
        story = _STORIES[told % len(_STORIES)]
        tie = _find(scene, tender, False, elsewhere=story == "other unit")
        if told < max(11 * done, 24) and done and tie is not None:
            _innocent(scene, tender, tie, story)
            told += 1
    for tender in cast_alike(scene, crowded(scene, decided(scene), 2), 8 * max(1, done // 4)).tolist():
        tie = _find(scene, tender, True, close=False)
        if tie is not None and done > 0:
            scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
            _stand_behind(scene, tie.person, tie.firm, "officer", 0.0)
            _nowhere_else(scene, tie, tender)
            tell(
                scene, UNDECIDABLE, tender, np.array([tie.bid]), officials=(), note="采购人工作人员的兄弟姐妹或姻亲在投标企业任职"
            )
            done -= 4


def _staff(scene: Scene, unit: int, today: int) -> Ints:
    """People in post at a unit on a day who play no part."""
    book = scene.city.cadres
    inside = (book["unit"] == unit) & (book["starts"] < today - 30) & ((book["ends"] == NONE) | (book["ends"] > today + 30))
    people: Ints = book["person"][inside]
    heads = np.array([office.head for office in scene.city.offices.all])
    return kept(people, ~scene.city.spoken[people] & ~among(people, heads))


def _kin(scene: Scene, official: int, close: bool) -> Ints:
    """Adult kin of somebody: spouse, children, parents, or those further off."""
    city = scene.city
    _, relative, relation = city.folk.kin[:, city.folk.kin_rows(official)]
    age = scene.pool("age", lambda: city.folk.age(city.last))[relative]
    nearest = among(relation, CLOSE)
    fit = (nearest == close) & (age > 22) & (age < 75)
    near = kept(relative, fit & (city.folk.died[relative] == NONE) & ~city.purse.public[relative] & ~city.spoken[relative])
    return near if close else without(near, relative[nearest])


def _near_a_panel(scene: Scene, person: int) -> bool:
    """Whether somebody or his kin sits on evaluation panels: that would be another matter."""
    folk, experts = scene.city.folk, scene.city.dossier.experts
    known = scene.pool("experts", lambda: set(experts.tolist()))
    return person in known or not known.isdisjoint(folk.kin_of(person))


def _find(scene: Scene, tender: int, kin: bool, close: bool = True, elsewhere: bool = False) -> Tie | None:
    """Somebody of the buyer (or, `elsewhere`, of another unit), with kin if wanted, and a bidder without ties; None when there is none."""
    city, market = scene.city, scene.city.market
    buyer, today = int(market.tenders["buyer"][tender]), int(market.tenders["closes"][tender]) // DAY_SECONDS
    unit = (
        int(scene.rng.choice(without(city.cadres["unit"][city.cadres["village_cadre"] == 0], [0, buyer]))) if elsewhere else buyer
    )
    for bid in scene.rng.permutation(bids_of(scene, tender)).tolist():
        firm = int(market.bids["firm"][bid])
        if firm in market.busy or firm in market.related:
            continue
        if city.spoken[city.firms.owner[firm]] or city.firms.founded[firm] > today - 500 or market.tied[firm, unit]:
            continue
        for official in scene.rng.permutation(_staff(scene, unit, today))[:12].tolist():
            people = _kin(scene, official, close) if kin else np.array([official])
            if (elsewhere and buyer in units_of(scene, official)) or not len(people) or _near_a_panel(scene, int(people[0])):
                continue
            if stuck(scene, firm, np.union1d(units_of(scene, int(people[0])), [buyer]), tender):
                continue
            if len(people) and not (kin and _needy(scene, people[0])):
                return Tie(official, int(people[0]), bid, firm, today)
    return None


def _needy(scene: Scene, person: int) -> bool:
    """Whether somebody's household is paid anything: whoever holds a share then is another matter."""
    city = scene.city
    paid = city.payments.by("person")
    return any(len(paid.of(one)) for one in city.folk.home_of(person).tolist())


def _stand_behind(scene: Scene, person: int, firm: int, how: str, percent: float, **dates: int) -> None:
    firms = scene.city.firms
    starts = dates.get("starts", int(firms.founded[firm]) + 60)
    ends = dates.get("ends", NONE)
    if how == "holder":
        owner = np.flatnonzero(
            (firms.shares["firm"] == firm) & (firms.shares["person"] == firms.owner[firm]) & (firms.shares["ends"] == NONE)
        )
        firms.shares["share"][owner[:1]] = np.maximum(firms.shares["share"][owner[:1]] - int(percent * 10_000), 10_000)
        firms.shares.add(1, firm=firm, person=person, share=int(percent * 10_000), starts=starts, ends=ends)
    elif how == "worked there":
        scene.city.sundry.jobs.add(1, person=person, firm=firm, starts=starts, ends=ends, wage=620_000)
    else:
        role = ROLES.index(("supervisor", "director", "finance")[firm % 3])
        firms.roles.add(1, firm=firm, person=person, role=role, starts=starts, ends=ends)


def _nowhere_else(scene: Scene, tie: Tie, tender: int) -> None:
    """The firm makes no other bid where the person behind it or his kin serves; nobody of them plays another part."""
    city = scene.city
    city.spoken[[tie.official, tie.person]] = True
    city.market.related.add(tie.firm)
    buyer = np.array([int(city.market.tenders["buyer"][tender])])
    keep_away(scene, tie.firm, np.union1d(units_of(scene, tie.person), buyer), but=tender)


def _case(scene: Scene, place: int, tender: int, tie: Tie, name: str) -> None:
    near, rng = scene.near(place), scene.rng
    how = name.removeprefix("kin ")
    if how == "worked there":
        ends = tie.day - int(rng.integers(1000, 1080) if near else rng.integers(60, 900))
        _stand_behind(
            scene, tie.person, tie.firm, how, 0, starts=min(ends - 700, int(scene.city.firms.founded[tie.firm]) + 30), ends=ends
        )
    else:
        _stand_behind(scene, tie.person, tie.firm, how, float(rng.uniform(5.1, 5.5) if near else rng.uniform(8, 30)))
    _nowhere_else(scene, tie, tender)
    tell(
        scene, PROBLEM, tender, np.array([tie.bid]), more=(rows("enterprise", [tie.firm]), rows("person", [tie.person])), near=near,
        officials=[tie.official], note="采购人工作人员或其近亲属与投标人有利害关系",
    )  # fmt: skip


def _innocent(scene: Scene, tender: int, tie: Tie, story: str) -> None:
    rng, founded = scene.rng, int(scene.city.firms.founded[tie.firm])
    here = np.array([int(scene.city.market.tenders["buyer"][tender])])
    scene.city.spoken[tie.person] = True
    scene.city.market.related.add(tie.firm)
    keep_away(scene, tie.firm, without(units_of(scene, tie.person), here))
    note, near = "亲属或本人在其他单位任职，与采购人无关", False
    if story == "other unit":
        _stand_behind(scene, tie.person, tie.firm, "officer", 0)
        keep_away(scene, tie.firm, units_of(scene, tie.official))
    elif story == "small share":
        _stand_behind(scene, tie.person, tie.firm, "holder", float(rng.uniform(0.5, 4.8)))
        note, near = "持股不足百分之五", True
    elif story == "long ago":
        ends = tie.day - int(rng.integers(1120, 2500))
        _stand_behind(scene, tie.person, tie.firm, "worked there", 0, starts=min(ends - 400, founded + 30), ends=ends)
        keep_away(scene, tie.firm, here, but=tender, before=ends + 1110)
        note, near = "离开该企业已满三年", ends > tie.day - 1200
    else:
        ends = tie.day - int(rng.integers(40, 400))
        _stand_behind(scene, tie.person, tie.firm, "officer", 0, starts=min(founded + 60, ends - 60), ends=ends)
        keep_away(scene, tie.firm, here, but=tender, before=ends + 30)
        note = "任职在投标前已结束"
    tell(scene, EXPLAINED, tender, np.array([tie.bid]), near=near, note=note)


def by_chance(scene: Scene) -> None:
    """Ties that the city's people happen to have: true ones, whose weight a person has to judge. After all that makes kin."""
    city, market = scene.city, scene.city.market
    nobody = np.zeros((len(city.firms), 0), dtype=np.int64)
    ties = tied(city.folk, city.cadres, city.firms, nobody, len(city.bodies.code))
    bids = market.bids.living()
    tenders = market.bids["tender"][bids]
    found = kept(bids, ties[market.bids["firm"][bids], market.tenders["buyer"][tenders]])
    told = {case.subject for case in city.truth.of("C24")}
    for tender in without(market.bids["tender"][found], list(told)).tolist():
        mine = kept(found, market.bids["tender"][found] == tender)
        tell(scene, UNDECIDABLE, tender, mine, note="投标人有关人员与采购人工作人员有亲属关系，影响需人工判断")
