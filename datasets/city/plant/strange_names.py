"""S11 户名不符: paid into an account in a stranger's name; the family's, a guardian's and a home's accounts are innocent."""

from collections.abc import Iterator

import numpy as np

from datasets.city.arrays import NONE, Ints, among, distinct, kept
from datasets.city.plant.lists import in_weak, living, on_own_account, plain, runs, steady, tell
from datasets.city.plant.scene import Scene, groups
from datasets.city.sundry import STATES
from datasets.city.truth import PROBLEM

_LISTS = ("PG12", "PG20", "PG07", "PG01", "PG08", "PG05")
_STORIES = ("kin", "household", "guardian", "home", "kin", "guardian", "household", "home", "household")
_GUARDIAN = STATES.index("guardian")


def plant(scene: Scene) -> None:
    before = _strangers(scene)
    people = _people(scene)
    weakly = in_weak(scene, people)
    wanted = scene.number(5, 1)
    for place, person in enumerate(scene.cast(weakly if len(weakly) else people, wanted).tolist()):
        _case(scene, place, person)
    _settle(scene, before)
    problems = len(scene.city.truth.of("S11", "problem"))
    written = len(scene.city.truth.of("S11", "explained"))
    own = iter(scene.rng.permutation(_shared_at_home(scene)).tolist())
    homes = _home_accounts(scene)
    for place in range(max(0, 11 * problems - written)):
        story = _STORIES[place % len(_STORIES)]
        if story == "household":
            _at_home(scene, next(own, NONE))
        else:
            _trusted(scene, story, homes)
    for person in scene.cast(people, max(1, wanted // 3)).tolist():
        _slip(scene, person)


def settle_suspects(scene: Scene) -> None:
    """People with another case whose money goes to somebody of their household or kin: that is looked into with the case."""
    pay, folk = scene.city.payments, scene.city.folk
    known = {case.subject for case in scene.city.truth.of("S11") if case.subject_kind == "person"}
    people = {case.subject for case in scene.city.truth.cases if case.kind == PROBLEM and case.subject_kind == "person"} - known
    for person in sorted(people):
        mine = scene.paid.of(person)
        mine = kept(mine, (pay["alive"][mine] == 1) & (pay["holder"][mine] != NONE))
        mine = mine[folk.holder[pay["holder"][mine]] != folk.name[person]]
        if len(mine):
            tell(scene, "undecidable", person, mine, "另有疑点，同户代收一并核实")


def _people(scene: Scene) -> Ints:
    return on_own_account(scene, living(scene, steady(scene, 6, *_LISTS)))


def _mine(scene: Scene, person: int) -> Ints:
    return max((runs(scene, person, code) for code in _LISTS), key=len)


def _stranger(scene: Scene, person: int) -> int:
    """A grown-up of another household and another name who is no kin of the person."""
    folk = scene.city.folk
    fit = plain(scene, 28, 62) & (folk.household != folk.household[person]) & (folk.name != folk.name[person])
    if not fit.any():
        age = folk.age(scene.city.last)
        fit = (
            (folk.died == NONE)
            & (age > 25)
            & (age < 70)
            & (folk.household != folk.household[person])
            & (folk.name != folk.name[person])
        )
    fit[list(folk.kin_of(person))] = False
    near = fit & (folk.village == folk.village[person])
    chosen = int(scene.rng.choice(np.flatnonzero(near if near.any() else fit)))
    scene.city.spoken[chosen] = True
    return chosen


def _case(scene: Scene, place: int, person: int) -> None:
    """The last months go to a stranger: his own card, or one newly opened in his name; sometimes a single payment."""
    folk, pay = scene.city.folk, scene.city.payments
    mine, stranger = _mine(scene, person), _stranger(scene, person)
    later = mine[-1:] if scene.near(place) else mine[-int(scene.rng.integers(3, min(15, len(mine)))) :]
    holder = stranger if place % 2 == 0 else int(folk.open_accounts([str(folk.name[stranger])], scene.rng)[0])
    pay["account"][later], pay["holder"][later] = holder, holder
    tell(scene, "problem", person, later, "补贴进入他人账户，户名与本人不符", near=len(later) == 1)


def _strangers(scene: Scene) -> Ints:
    """Payments under a name that is neither the payee's, nor one of the household or the kin."""
    folk, pay = scene.city.folk, scene.city.payments
    found = np.flatnonzero((pay["person"] != NONE) & (pay["holder"] != NONE) & (pay["alive"] == 1))
    found = found[folk.holder[pay["holder"][found]] != folk.name[pay["person"][found]]]
    holder = pay["holder"][found]
    private = holder < len(folk)
    home = private & (folk.household[np.where(private, holder, 0)] == folk.household[pay["person"][found]])
    found = found[~home]
    known = distinct(folk.kin[0] * len(folk) + folk.kin[1])
    related = among(pay["person"][found] * len(folk) + pay["holder"][found], known)
    return kept(found, ~related)


def _settle(scene: Scene, found: Ints) -> None:
    """Truth of the accounts other doings left: homes are in order, neighbours are for a person to judge."""
    folk, pay = scene.city.folk, scene.city.payments
    for group in groups(pay["person"][found][None, :]) if len(found) else []:
        mine = found[group]
        person = int(pay["person"][mine[0]])
        scene.city.spoken[person] = True
        if pay["holder"][mine[0]] >= len(folk):
            tell(scene, "explained", person, mine, "集中供养，由养老机构账户代收")
        else:
            tell(scene, "undecidable", person, mine, "由他人账户代收，未见委托手续")


def _shared_at_home(scene: Scene) -> Ints:
    """Payees whose money goes to another of the household."""
    folk, pay = scene.city.folk, scene.city.payments
    found = np.flatnonzero(
        (pay["person"] != NONE)
        & (pay["account"] != pay["person"])
        & (pay["account"] < len(folk))
        & (pay["account"] != NONE)
        & (pay["alive"] == 1)
    )
    found = found[folk.household[pay["account"][found]] == folk.household[pay["person"][found]]]
    people = distinct(pay["person"][found])
    return kept(people, (folk.died[people] == NONE) & ~scene.city.spoken[people])


def _at_home(scene: Scene, person: int) -> None:
    pay = scene.city.payments
    if person == NONE:
        _trusted(scene, "kin", _home_accounts(scene))
        return
    mine = scene.paid.of(person)
    mine = kept(mine, (pay["account"][mine] != person) & (pay["alive"][mine] == 1))
    scene.city.spoken[person] = True
    if len(mine):
        tell(scene, "explained", person, mine[:12], "同户家庭成员账户代收")


def _home_accounts(scene: Scene) -> Iterator[int]:
    """Accounts of nursing homes, opened when asked for, each for two residents."""
    city = scene.city
    while True:
        home = int(scene.rng.choice(city.bodies.of_kind("nursing_home")))
        account = int(city.folk.open_accounts([str(city.bodies.name[home])], scene.rng)[0])
        yield account
        yield account


def _trusted(scene: Scene, story: str, homes: Iterator[int]) -> None:
    """A child in another household, a guardian the register names, or the village home's own account."""
    city, folk, pay = scene.city, scene.city.folk, scene.city.payments
    for person in scene.cast(_people(scene), 1).tolist():
        mine = _mine(scene, person)
        later = mine[len(mine) // 2 :]
        kin = [
            one
            for one in sorted(folk.kin_of(person))
            if folk.died[one] == NONE
            and 25 < (city.last - folk.born[one]) / 365.25 < 75
            and folk.household[one] != folk.household[person]
        ]
        if story == "kin" and kin:
            holder, note = kin[0], "由分户居住的近亲属账户代收"
        elif story == "home":
            holder, note = next(homes), "集中供养，由养老机构账户代收"
        else:
            holder, note = _stranger(scene, person), "监护人账户代收，已登记监护"
            starts = int(pay["paid"][later[0]]) - int(scene.rng.integers(30, 900))
            city.sundry.states.add(1, person=person, state=_GUARDIAN, starts=starts)
        pay["account"][later], pay["holder"][later] = holder, holder
        tell(scene, "explained", person, later, note)


def _slip(scene: Scene, person: int) -> None:
    """The right account under a name with one wrong character, once."""
    folk, pay = scene.city.folk, scene.city.payments
    mine = _mine(scene, person)
    name = str(folk.name[person])
    wrong = name[:-1] + {"华": "花", "英": "莹", "平": "萍", "明": "铭"}.get(name[-1], "民" if name[-1] != "民" else "敏")
    pay["holder"][mine[-2:-1]] = folk.open_accounts([wrong], scene.rng)[0]
    tell(scene, "undecidable", person, mine[-2:-1], "户名一字之差，可能为录入错误")
