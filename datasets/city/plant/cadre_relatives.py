"""S05 and S06 村干部近亲属、优亲厚友: near kin of village cadres on need-based lists, approved by the cadre or too many in one village."""

import math

import numpy as np

from datasets.city.arrays import NONE, Ints, among, day, distinct, kept, without
from datasets.city.cadre import LEVELS, RANKS, post_number
from datasets.city.folk import RELATIONS
from datasets.city.plant.lists import NEEDY, any_month, in_weak, near_kin, plain, put_on, tell, told
from datasets.city.plant.scene import Scene, cents_of, groups, weak
from datasets.city.programme import number
from datasets.city.truth import rows

_LISTS = ("PG01", "PG06", "PG15", "PG01", "PG06")
_QUOTAS = ("PG15", "PG06")


def cadres(scene: Scene) -> Ints:
    """Village cadres in office who live in the village they serve."""
    city, book = scene.city, scene.city.cadres
    now = np.flatnonzero((book["village_cadre"] == 1) & (book["ends"] == NONE))
    return distinct(kept(book["person"][now], city.bodies.area[book["unit"][now]] == city.folk.village[book["person"][now]]))


def ties(scene: Scene) -> tuple[Ints, Ints]:
    """(cadre, relative) of near kin living in the cadre's village, cadres among them left out."""
    folk, official, book = scene.city.folk, cadres(scene), scene.city.cadres
    cadre, relative = near_kin(scene, official)
    here = (folk.village[cadre] == folk.village[relative]) & ~among(relative, book["person"][book["village_cadre"] == 1])
    return kept(cadre, here), kept(relative, here)


def plant_concentration(scene: Scene) -> None:
    """S06: villages whose list holds many households of the cadres' families."""
    wanted = scene.number(3, 1)
    villages = scene.rng.permutation(np.flatnonzero(weak(scene.city))).tolist()
    done = 0
    for village in [one for one in villages if not str(scene.city.places.name[one]).endswith("社区")][: wanted * 2]:
        if done < wanted:
            done += _crowd(scene, village, few=done % 2 == 0)
    _some(scene, 11 * done)


def _families(scene: Scene, village: int, count: int) -> list[tuple[int, int]]:
    """(cadre, relative) of different households of the village; ties the register learned later are added where too few are known."""
    folk, (cadre, relative) = scene.city.folk, ties(scene)
    fit = (folk.village[relative] == village) & plain_kin(scene)[relative]
    pairs = list(zip(cadre[fit].tolist(), relative[fit].tolist(), strict=True))
    found: dict[int, tuple[int, int]] = {}
    for one in pairs:
        if folk.household[one[1]] != folk.household[one[0]]:
            found.setdefault(int(folk.household[one[1]]), one)
    official = [one for one in cadres(scene).tolist() if folk.village[one] == village]
    if len(found) < count and official:
        # not the old: on the pensioners' lists everybody's parents stand
        heads = np.flatnonzero(plain(scene, 22, 58) & plain_kin(scene) & (folk.village == village) & (folk.role == 0))
        heads = scene.rng.permutation(heads[~among(folk.household[heads], list(found))])
        for head in heads.tolist():
            apart = [one for one in official if 20 * 365 < abs(folk.born[one] - folk.born[head]) < 38 * 365]
            if apart and len(found) < count:
                cadre_ = apart[len(found) % len(apart)]
                young, old = (cadre_, head) if folk.born[cadre_] > folk.born[head] else (head, cadre_)
                _tie(scene, young, old)
                found[int(folk.household[head])] = (cadre_, head)
    return list(found.values())[:count]


def _tie(scene: Scene, child: int, parent: int) -> None:
    up, down = RELATIONS.index("parent"), RELATIONS.index("child")
    scene.city.folk.tie(np.array([[child, parent], [parent, child], [up, down]]))


def plain_kin(scene: Scene) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Living grown-ups who draw nothing need-based, own no firm and play no part."""
    city, folk = scene.city, scene.city.folk
    out = (folk.died == NONE) & folk.death_known & (folk.age(city.last) >= 22) & ~city.spoken & ~city.purse.public
    owners = np.r_[city.firms.owner, city.firms.shares["person"][city.firms.shares["person"] != NONE]]
    homes = np.zeros(len(folk.head_of), dtype=bool)
    homes[folk.household[owners]] = True
    out &= ~homes[folk.household]
    out[scene.recipients(*NEEDY)] = False
    return np.asarray(out)


def _crowd(scene: Scene, village: int, few: bool) -> int:
    city, folk = scene.city, scene.city.folk
    code = "PG01"
    listed = _households(scene, village, code)
    share = _county_share(scene, code)
    for count in range(3, 9):
        tail = _tail(len(listed) + count, count, share)
        if tail < 0.002 and count > 3.3 * share * (len(listed) + count) and (few or count >= 4):
            break
    pairs = _families(scene, village, count)
    if len(pairs) < count:
        return 0
    made = []
    for _, relative in pairs:
        city.spoken[relative] = True
        months = int(scene.rng.integers(5, 11))
        made.append(put_on(scene, relative, code, any_month(scene, months), months))
    payments = np.concatenate(made)
    unit = int(city.payments["unit"][payments[0]])
    officials = sorted({cadre for cadre, _ in pairs})
    scene.problem("village", village, unit, (rows("subsidy_payment", payments),), officials, area=village, cents=cents_of(city, payments),
                  near=count == 3, note=f"低保名单中村干部近亲属{len(set(folk.household[[one for _, one in pairs]].tolist()))}户")  # fmt: skip
    return 1


def _households(scene: Scene, village: int, code: str) -> Ints:
    pay, folk = scene.city.payments, scene.city.folk
    found = np.flatnonzero(
        (pay["programme"] == number(code)) & (pay["alive"] == 1) & (pay["area"] == village) & (pay["person"] != NONE)
    )
    return distinct(folk.household[pay["person"][found]])


def _county_share(scene: Scene, code: str) -> float:
    """Share of the households on a list that are a cadre's or near kin's."""
    folk = scene.city.folk
    listed = distinct(folk.household[scene.recipients(code)])
    close = distinct(folk.household[np.r_[cadres(scene), ties(scene)[1]]])
    # other doings of this row add a few more: reckon with a tenth at least
    return max(0.1, float(among(listed, close).sum()) / max(1, len(listed)))


def _tail(number_: int, hits: int, share: float) -> float:
    """Chance of so many hits or more."""
    return 1 - sum(math.comb(number_, one) * share**one * (1 - share) ** (number_ - one) for one in range(hits))


def _some(scene: Scene, wanted: int) -> None:
    """One or two such households on a list, as every village has them."""
    city, folk, pay = scene.city, scene.city.folk, scene.city.payments
    taken = {case.subject for case in city.truth.of("S06", "problem")}
    places = [(village, code) for village in np.flatnonzero(weak(city)).tolist() if village not in taken for code in _QUOTAS]
    (_, relative), done = ties(scene), 0
    order = [places[at] for at in scene.rng.permutation(len(places)).tolist()]
    order += [(village, "PG01") for village in np.flatnonzero(weak(city)).tolist() if village not in taken]
    for village, code in order:
        if done >= wanted:
            break
        mine = distinct(kept(relative, folk.village[relative] == village))
        paid = [pay.by("person").of(one) for one in mine.tolist()]
        found = np.sort(np.concatenate(paid)) if paid else mine
        found = kept(found, (pay["programme"][found] == number(code)) & (pay["alive"][found] == 1))
        if not len(found):
            found = _put_some(scene, mine, code, done)
        homes = distinct(folk.household[pay["person"][found]])
        if len(found) and len(homes) < 3:
            done += 1
            crowd = len(distinct(pay["person"][found])) > len(homes)
            note = "同一户多人享受，只算一户" if crowd else "村干部亲属一两户，不成比例"
            unit = int(pay["unit"][found[0]])
            scene.explained("village", village, unit, (rows("subsidy_payment", found),), area=village, near=crowd, note=note)


def _put_some(scene: Scene, kin: Ints, code: str, place: int) -> Ints:
    """Put one or two of the kin on a list, or one with everybody of the household."""
    folk, free = scene.city.folk, plain_kin(scene)
    chosen = scene.cast(kept(kin, free[kin]), 1 + place % 2)
    if place % 3 == 0 and len(chosen):
        home = folk.home_of(int(chosen[0]))
        mates = kept(home, free[home])
        chosen = np.r_[chosen[:1], scene.cast(mates, 3)]
    months = 1 if code == "PG15" else 5
    made = [put_on(scene, person, code, any_month(scene, 5), months) for person in chosen.tolist()]
    return np.concatenate(made) if made else np.zeros(0, dtype=np.int64)


def by_chance(scene: Scene) -> None:
    """Villages whose list holds many such households anyway, once the lists are full: small numbers, for a person to judge."""
    city, folk, pay = scene.city, scene.city.folk, scene.city.payments
    told_ = {(case.subject, int(pay["programme"][case.evidence[0][1][0]])) for case in city.truth.of("S06", "problem")}
    close = np.zeros(len(folk.head_of), dtype=bool)
    close[folk.household[np.r_[cadres(scene), ties(scene)[1]]]] = True
    for code in NEEDY:
        found = np.flatnonzero((pay["programme"] == number(code)) & (pay["alive"] == 1) & (pay["person"] != NONE))
        home = np.unique(np.stack([pay["area"][found], folk.household[pay["person"][found]]]), axis=1)
        listed, hits = np.bincount(home[0]), np.bincount(home[0], close[home[1]]).astype(np.int64)
        for village in np.flatnonzero(hits >= 3).tolist():
            rest = (hits.sum() - hits[village]) / max(1, listed.sum() - listed[village])
            mine = found[(pay["area"][found] == village) & close[folk.household[pay["person"][found]]]]
            chance = _tail(int(listed[village]), int(hits[village]), max(float(rest), 0.002))
            if hits[village] > 2.8 * rest * listed[village] and chance < 0.03 and (village, number(code)) not in told_:
                unit = int(pay["unit"][mine[0]])
                scene.undecidable(
                    "village",
                    village,
                    unit,
                    (rows("subsidy_payment", mine),),
                    area=village,
                    note="名单户数少，亲属占比高，需逐户核实",
                )


def plant(scene: Scene) -> None:
    """S05: the cadre himself signs for his family. What only stands on a list with them is for a person to judge."""
    cadre, relative = ties(scene)
    free = in_weak(scene, distinct(kept(relative, plain_kin(scene)[relative])))
    for place, person in enumerate(scene.cast(free, scene.number(6, 1)).tolist()):
        _case(scene, place, person, int(cadre[relative == person][0]))
    _context(scene)
    _innocent(scene, 11 * told(scene))


def _case(scene: Scene, place: int, person: int, cadre: int) -> None:
    near = scene.near(place)
    code = _LISTS[place % len(_LISTS)]
    count = 1 if near or code == "PG15" else int(scene.rng.integers(2, 11))
    made = put_on(scene, person, code, any_month(scene, count), count, approver=cadre)
    scene.city.spoken[cadre] = True
    tell(scene, "problem", person, made, "村干部近亲属列入救助名单，由该干部审批", near=near, officials=(cadre,))
    unit = int(scene.city.payments["unit"][made[0]])
    scene.also("X06").problem(
        "person", cadre, unit, (rows("subsidy_payment", made), rows("person", [cadre])), [cadre], area=int(scene.city.folk.village[person]),
        cents=cents_of(scene.city, made), near=near, note="审批本人近亲属的救助",
    )  # fmt: skip


def _needy_rows(scene: Scene, people: Ints) -> Ints:
    pay = scene.city.payments
    chosen = np.zeros(len(scene.city.folk), dtype=bool)
    chosen[people] = True
    needy = among(pay["programme"], [number(code) for code in NEEDY]) & (pay["alive"] == 1) & (pay["person"] != NONE)
    return np.flatnonzero(needy & chosen[np.maximum(pay["person"], 0)])


def _context(scene: Scene) -> None:
    """Near kin on need-based lists whom somebody else approved: lawful by itself."""
    pay = scene.city.payments
    _, relative = ties(scene)
    signed = {case.subject for case in scene.city.truth.of("S05", "problem")}
    found = _needy_rows(scene, distinct(relative))
    for group in groups(np.stack([pay["person"][found], pay["programme"][found], pay["unit"][found]])):
        mine = found[group]
        person = int(pay["person"][mine[0]])
        if person not in signed:
            scene.city.spoken[person] = True
            tell(scene, "undecidable", person, mine, "村干部近亲属在救助名单，是否符合条件需入户核查")


def _innocent(scene: Scene, wanted: int) -> None:
    """Kin that is not near, kin that lives elsewhere, what is not need-based, and cadres out of office."""
    folk, pay = scene.city.folk, scene.city.payments
    official, (_, near_here) = cadres(scene), ties(scene)
    person, other, relation = folk.kin
    of_cadre = among(person, official) & ~among(other, np.r_[near_here, official])
    far = distinct(other[of_cadre & (relation >= RELATIONS.index("sibling")) & (folk.village[person] == folk.village[other])])
    away = distinct(other[of_cadre & (relation <= RELATIONS.index("child")) & (folk.village[person] != folk.village[other])])
    stories = [("村干部兄弟姐妹或姻亲，不属近亲属", far), ("近亲属不在该干部任职村", without(away, far))]
    written = 0
    for note, people in stories:
        found = _needy_rows(scene, people)
        for group in groups(pay["person"][found][None, :])[: wanted // 3]:
            tell(scene, "explained", int(pay["person"][found[group][0]]), found[group], note)
            written += 1
    for one in scene.cast(scene.recipients("PG01", *_QUOTAS), wanted // 4).tolist():
        written += _retired(scene, one)
    universal = np.flatnonzero(
        among(pay["programme"], [number(code) for code in ("PG08", "PG12", "PG20", "PG07")])
        & among(pay["person"], np.r_[near_here, far, away])
    )
    left = [
        found
        for group in groups(pay["person"][universal][None, :])
        if not _needs(scene, int(pay["person"][(found := universal[group])[0]]))
    ]
    for found in left[: max(0, wanted - written)]:
        tell(scene, "explained", int(pay["person"][found[0]]), found, "领取的是普惠性待遇")


def _needs(scene: Scene, person: int) -> bool:
    return bool(len(scene.payments_of(person, *NEEDY)))


def _retired(scene: Scene, person: int) -> int:
    """A parent of somebody who was a cadre until before the first payment."""
    city, folk = scene.city, scene.city.folk
    _, children, relation = folk.kin[:, folk.kin_rows(person)]
    children = kept(children, relation == RELATIONS.index("child"))
    children = kept(children, ~city.purse.public[children] & (folk.died[children] == NONE) & (folk.born[children] < day(1990)))
    mine = scene.payments_of(person, *NEEDY)
    if not len(children) or not len(mine) or not plain(scene, 0, 120)[children].any():
        return 0
    ends = city.first - int(scene.rng.integers(1, 500))
    city.cadres.add(
        1, person=int(children[0]), unit=int(city.bodies.committee_of[folk.village[person]]), post=post_number("村会计"), rank=RANKS.index("village"), party=1,
        managed=LEVELS.index("town"), village_cadre=1, paid=0, starts=min(day(2013), ends - 400), ends=ends,
    )  # fmt: skip
    city.purse.public[children[0]] = True
    return tell(scene, "explained", person, mine, "其子女已离任后才纳入")
