"""Accusations: those about village cadres stay in the platform; those about higher cadres must be turned away at its door."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among
from datasets.city.cadre import LEVELS, post_number
from datasets.city.hotline import ACCUSATION, NO_REPLY, take_calls
from datasets.city.plant.scene import Scene
from datasets.city.wording import Special

_KEPT = (
    Special("反映村干部问题", "{p}的村书记优亲厚友，安排亲戚做工，账目从不公开，请组织调查。", "检举控告"),
    Special("反映村会计账目不清", "{p}的村会计账目不清，集体的钱去向说不明白，希望核查。", "检举控告"),
)
_TURNED_AWAY = (
    Special("实名举报县委书记", "实名举报县委书记收受好处，插手工程，请上级调查。", "检举控告"),
    Special("举报县长违规决策", "举报县长在土地出让中索取好处费，以权谋私。", "检举控告"),
    Special("举报副县长", "现举报副县长为亲属承揽工程打招呼，收受贿赂。", "检举控告"),
    Special("检举县人大主任", "检举县人大主任违规占用公款，请依纪查处。", "检举控告"),
    Special("控告派驻纪检监察组组长", "控告派驻纪检监察组组长压案不查，收受礼金。", "检举控告"),
)
_LEADERS = ("县委书记", "县长", "副县长", "县人大主任", "派驻纪检监察组组长")


def plant(scene: Scene) -> None:
    protected = protected_names(scene)
    for number, special in enumerate(_KEPT):
        for ticket in _enter(scene, special, scene.number(6, 1)).tolist():
            _accuse_village(scene, ticket, number, protected)
    for number, special in enumerate(_TURNED_AWAY):
        tickets = _enter(scene, special, scene.number(1.5, 1))
        _accuse_leader(scene, tickets, _LEADERS[number])


def protected_names(scene: Scene) -> set[str]:
    """Names of those whose accusation is turned away: a village cadre of the same name must not be accused here."""
    city = scene.city
    book = city.cadres
    high = book["person"][book["managed"] >= LEVELS.index("city")]
    return set(city.folk.name[high].tolist()) | {str(city.folk.name[office.head]) for office in city.offices.all}


def _enter(scene: Scene, special: Special, count: int) -> Ints:
    city = scene.city
    city.specials.append(special)
    created = (
        city.first * DAY_SECONDS
        + np.sort(scene.rng.integers(5, city.last - city.first - 5, count)) * DAY_SECONDS
        + scene.rng.integers(9 * 3600, 17 * 3600, count)
    )
    tickets = take_calls(city.desk, created, scene.rng, np.zeros(count, dtype=np.int64))
    book = city.desk.tickets
    for name, value in {
        "regime": ACCUSATION,
        "kind": 3,
        "channel": 3,
        "place": 0,
        "area": 0,
        "contact": NONE,
        "reply": NO_REPLY,
        "text": len(city.specials) - 1,
    }.items():
        book[name][tickets] = value
    book["unit"][tickets], book["accepted"][tickets] = city.bodies.agency("纪委监委"), book["created"][tickets] + 3600
    city.desk.flows.add(
        count,
        ticket=tickets,
        from_unit=city.desk.centre,
        to_unit=book["unit"][tickets],
        action=0,
        acted=book["created"][tickets] + 4000,
    )
    city.used_tickets = np.r_[city.used_tickets, tickets]
    return tickets


def _accuse_village(scene: Scene, ticket: int, number: int, protected: set[str]) -> None:
    city, book = scene.city, scene.city.desk.tickets
    posts = city.cadres["post"] == post_number("党总支书记" if number == 0 else "村会计")
    people = city.cadres["person"][posts]
    fit = people[~np.isin(city.folk.name[people], sorted(protected)) & ~among(city.folk.village[people], city.hot_villages)]
    if not len(fit):
        return
    accused = int(scene.rng.choice(fit))
    village = int(city.folk.village[accused])
    book["place"][ticket], book["area"][ticket], book["town"][ticket] = 3, village, city.places.town_of[village]
    book["accused"][ticket], book["accused_unit"][ticket] = accused, city.bodies.committee_of[village]


def _accuse_leader(scene: Scene, tickets: Ints, post: str) -> None:
    city, book = scene.city, scene.city.desk.tickets
    person = city.cadres["person"][np.flatnonzero(city.cadres["post"] == post_number(post))[0]]
    book["accused"][tickets], book["diverted"][tickets] = person, 1
