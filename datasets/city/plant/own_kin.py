"""X06 for payments: who approves them is near kin, or of the household, of who is paid.

In honest offices somebody else signs then: those are the look-alikes. Cases that another row brings about stay as they are.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, distinct, kept
from datasets.city.folk import RELATIONS
from datasets.city.plant.finder import Finder
from datasets.city.plant.scene import Scene, cents_of
from datasets.city.programme import number
from datasets.city.truth import EXPLAINED, PROBLEM, rows

_LISTS = ("PG01", "PG06", "PG07", "PG08", "PG03")


def plant(scene: Scene) -> None:
    city, pay = scene.city, scene.city.payments
    kept_as_is = {
        row
        for case in city.truth.cases
        if case.rule in ("S05", "X06") and case.kind != EXPLAINED
        for table, found in case.evidence
        if table == "subsidy_payment"
        for row in found
    }
    wanted, done = scene.number(5, 1), 0
    approvers = [one for one in distinct(pay["approver"][pay["approver"] != NONE]).tolist() if not _village_cadre(scene, one)]
    for place, official in enumerate(scene.rng.permutation(np.array(approvers)).tolist()):
        if done < wanted and len(found := _case(scene, place, official)):
            kept_as_is |= set(found.tolist())
            done += 1
    told = 0
    for official in approvers:
        told += _withdraw(scene, official, kept_as_is, told < 5 * done)
    # those that other rows brought about have their look-alikes too
    _namesakes(
        scene, approvers, 11 * len([case for case in city.truth.of("X06", PROBLEM) if case.subject_kind == "person"]) - told
    )


def _village_cadre(scene: Scene, person: int) -> bool:
    book = scene.city.cadres
    return bool((book["village_cadre"][book["person"] == person] == 1).any())


def _case(scene: Scene, place: int, official: int) -> Ints:
    """Somebody whom the official's unit pays is a parent, child, brother or sister of the official."""
    city, folk, pay = scene.city, scene.city.folk, scene.city.payments
    code = _LISTS[place % len(_LISTS)]
    mine = np.flatnonzero((pay["approver"] == official) & (pay["programme"] == number(code)) & (pay["alive"] == 1))
    people = distinct(pay["person"][mine])
    fit = people[(people != NONE)]
    fit = fit[
        (folk.died[fit] == NONE)
        & ~city.purse.public[fit]
        & ~among(fit, _owners(scene))
        & (folk.household[fit] != folk.household[official])
    ]
    chosen = scene.cast(fit, 1)
    if not len(chosen):
        return np.zeros(0, dtype=np.int64)
    person = int(chosen[0])
    years = (int(folk.born[official]) - int(folk.born[person])) / 365
    tie = "parent" if years > 18 else "child" if years < -18 else "sibling"
    back = {"parent": "child", "child": "parent", "sibling": "sibling"}[tie]
    new = np.array([[official, person], [person, official], [RELATIONS.index(tie), RELATIONS.index(back)]])
    folk.tie(new)
    found = kept(mine, pay["person"][mine] == person)
    for unit in distinct(pay["unit"][found]).tolist():
        part = kept(found, pay["unit"][found] == unit)
        scene.problem("person", official, unit, (rows("subsidy_payment", part),), [official], area=int(folk.village[person]),
                      cents=cents_of(city, part), note="审批人与领取人系近亲属")  # fmt: skip
    return found


def _owners(scene: Scene) -> Ints:
    firms = scene.city.firms
    out: Ints = np.r_[firms.owner, firms.shares["person"][firms.shares["person"] != NONE]]
    return out


def _withdraw(scene: Scene, official: int, kept_as_is: set[int], tell: bool) -> int:
    """A colleague signs for the kin and the household of the official."""
    city, folk, pay = scene.city, scene.city.folk, scene.city.payments
    near = np.array(sorted(folk.kin_of(official) | set(folk.home_of(official).tolist())), dtype=np.int64)
    found = np.flatnonzero((pay["approver"] == official) & among(pay["person"], near) & (pay["alive"] == 1))
    found = found[~among(found, sorted(kept_as_is))]
    if not len(found):
        return 0
    book = city.cadres
    unit = int(pay["unit"][found[0]])
    others = book["person"][(book["unit"] == unit) & (book["ends"] == NONE) & (book["village_cadre"] == 0)]
    others = [
        one for one in others.tolist() if one != official and not (folk.kin_of(one) | {one}) & set(pay["person"][found].tolist())
    ]
    others = [one for one in others if folk.household[one] not in folk.household[pay["person"][found]]]
    pay["approver"][found] = others[0] if others else NONE
    if tell:
        person = int(pay["person"][found[0]])
        scene.explained("person", official, unit, (rows("subsidy_payment", found[:12]),), area=int(folk.village[person]),
                        cents=cents_of(city, found), near=True, note="近亲属的补贴由其他人审批")  # fmt: skip
    return int(tell)


def _namesakes(scene: Scene, approvers: list[int], wanted: int) -> None:
    """People of the approver's surname, or name, who are no kin."""
    folk, pay = scene.city.folk, scene.city.payments
    surname = np.array([str(name)[0] for name in folk.name])
    by_approver, alike, done = Finder(pay["approver"]), dict[int, Ints](), 0
    for official in approvers:
        mine = by_approver.of(official)
        mine = kept(mine, (pay["alive"][mine] == 1) & (pay["person"][mine] != NONE))
        same = kept(mine, surname[pay["person"][mine]] == surname[official])
        alike[official] = kept(same, ~among(pay["person"][same], sorted(folk.kin_of(official) | {official})))
    for place in range(4 * max(0, wanted)):
        official = approvers[place % len(approvers)]
        same = alike[official]
        if len(same) and done < wanted:
            done += 1
            row = int(same[int(scene.rng.integers(len(same)))])
            scene.explained("person", official, int(pay["unit"][row]), (rows("subsidy_payment", [row]),), area=int(pay["area"][row]),
                  cents=int(pay["amount"][row]), note="同姓但无亲属关系")  # fmt: skip
