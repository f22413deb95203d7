"""S04 财政供养人员领需经济核查的补贴; those who left before, village cadres and what is not need-based are innocent."""

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, day, kept, month_start, months_of, without
from datasets.city.cadre import LEVELS, RANKS, post_number
from datasets.city.plant.lists import usual
from datasets.city.plant.scene import Scene, cents_of, weak
from datasets.city.programme import programmes
from datasets.city.truth import rows

_PROGRAMMES = ("PG01", "PG10", "PG06", "PG01", "PG02")
_NEEDY = tuple(code for code, item in programmes().programmes.items() if item.need_based)
_STORIES = (
    "left long ago",
    "not need-based",
    "relative",
    "left long ago",
    "village cadre",
    "not need-based",
    "hired later",
    "left long ago",
    "relative",
    "not need-based",
)


def plant(scene: Scene) -> None:
    serving = _serving(scene)
    wanted = scene.number(8, 2)
    chosen = scene.cast(_in_weak(scene, serving), wanted)
    for place, person in enumerate(chosen.tolist()):
        _case(scene, place, person)
    for place in range(10 * len(chosen)):
        _innocent(scene, _STORIES[place % len(_STORIES)])
    for person in scene.cast(serving, max(1, wanted // 4)).tolist():
        _one_off(scene, person)


def _serving(scene: Scene) -> Ints:
    """People in one paid post that has not ended, heads of offices apart."""
    city, book = scene.city, scene.city.cadres
    rows_ = np.flatnonzero((book["paid"] == 1) & (book["ends"] == NONE) & (book["managed"] != LEVELS.index("city")))
    heads = [office.head for office in city.offices.all]
    return without(book["person"][rows_], heads)


def _in_weak(scene: Scene, people: Ints) -> Ints:
    return people[weak(scene.city)[scene.city.folk.village[people]]]


def _start(scene: Scene, person: int) -> int:
    book = scene.city.cadres
    return int(book["starts"][book["person"] == person].max())


def _put_on_list(scene: Scene, person: int, code: str, begin: int, count: int) -> Ints:
    months = np.arange(begin, begin + count)
    last = int(months_of(np.array([scene.city.last]))[0])
    months = months[months <= last]
    cents = usual(scene, code, len(months))
    return scene.city.purse.pay(code, np.full(len(months), person), months, cents, scene.rng, account=person, holder=person)


def _case(scene: Scene, place: int, person: int) -> None:
    """On the list while in the post: hired and never struck off, or put on it in office."""
    city = scene.city
    first, last = int(months_of(np.array([city.first]))[0]), int(months_of(np.array([city.last]))[0])
    begin = max(first, int(months_of(np.array([_start(scene, person)]))[0]) + 1)
    count = 1 if scene.near(place) else int(scene.rng.integers(2, 13))
    begin = int(scene.rng.integers(begin, max(begin + 1, last - count + 1)))
    made = _put_on_list(scene, person, _PROGRAMMES[place % len(_PROGRAMMES)], begin, count)
    unit = int(city.payments["unit"][made[0]])
    scene.problem("person", person, unit, (rows("subsidy_payment", made), rows("person", [person])), officials=[person], area=int(city.folk.village[person]),
                  cents=cents_of(city, made), near=count == 1, note="在职期间列入救助名单")  # fmt: skip


def _innocent(scene: Scene, story: str) -> None:
    makers = {
        "left long ago": _left_before,
        "not need-based": _other_money,
        "relative": _relative,
        "village cadre": _village_cadre,
        "hired later": _hired_later,
    }
    person, payments, note = makers[story](scene)
    if person != NONE and len(payments):
        pay = scene.city.payments
        scene.explained(
            "person",
            person,
            int(pay["unit"][payments[0]]),
            (rows("subsidy_payment", payments),),
            area=int(scene.city.folk.village[person]),
            note=note,
        )


def _receiving(scene: Scene, codes: tuple[str, ...]) -> Ints:
    people = scene.recipients(*codes)
    return kept(people, (scene.city.folk.died[people] == NONE) & (scene.city.folk.age(scene.city.last)[people] >= 30))


def _left_before(scene: Scene) -> tuple[int, Ints, str]:
    """Once employed, gone before the first payment; one in three only weeks before."""
    chosen = scene.cast(_receiving(scene, _NEEDY), 1)
    if not len(chosen):
        return NONE, chosen, ""
    person = int(chosen[0])
    payments = scene.payments_of(person, *_NEEDY)
    first = int(month_start(months_of(scene.city.payments["paid"][payments].min(keepdims=True)))[0])
    bodies = scene.city.bodies
    unit = int(scene.rng.choice(np.r_[bodies.of_kind("township"), bodies.of_kind("school"), bodies.of_kind("hospital")]))
    gone = first - int(scene.rng.choice([20, 200, 1500]))
    scene.city.cadres.add(
        1, person=person, unit=unit, post=post_number("科员"), rank=RANKS.index("staff"), party=int(scene.rng.random() < 0.4), managed=LEVELS.index("county"),
        village_cadre=0, paid=1, starts=day(2005) + person % 900, ends=gone,
    )  # fmt: skip
    return person, payments, "离职后才纳入救助"


def _other_money(scene: Scene) -> tuple[int, Ints, str]:
    codes = ("PG03", "PG04", "PG13", "PG07")
    serving: Bools = np.zeros(len(scene.city.folk), dtype=bool)
    serving[_serving(scene)] = True
    people = _receiving(scene, codes)
    chosen = scene.cast(people[serving[people]], 1)
    if len(chosen):
        return int(chosen[0]), scene.payments_of(int(chosen[0]), *codes), "领取的是普惠性补贴"
    return _relative(scene)


def _relative(scene: Scene) -> tuple[int, Ints, str]:
    """Somebody of a public employee's kin, in a household of his own, rightly on a list."""
    people = _receiving(scene, _NEEDY)
    chosen = scene.cast(people, 1)
    if not len(chosen):
        return NONE, chosen, ""
    return int(chosen[0]), scene.payments_of(int(chosen[0]), *_NEEDY), "本人非财政供养人员"


def _village_cadre(scene: Scene) -> tuple[int, Ints, str]:
    """A village cadre in hardship: not on the public payroll."""
    book = scene.city.cadres
    chosen = scene.cast(book["person"][(book["village_cadre"] == 1) & (book["post"] == post_number("妇联主席"))], 1)
    if not len(chosen):
        return NONE, chosen, ""
    begin = int(months_of(np.array([scene.city.first]))[0]) + int(scene.rng.integers(0, 6))
    return int(chosen[0]), _put_on_list(scene, int(chosen[0]), "PG06", begin, 4), "村干部不属财政供养，确有残疾困难"


def _hired_later(scene: Scene) -> tuple[int, Ints, str]:
    """Struck off the list in the month before the post began."""
    city, book = scene.city, scene.city.cadres
    late = book["person"][(book["paid"] == 1) & (book["starts"] > city.first + 130) & (book["ends"] == NONE)]
    chosen = scene.cast(late, 1)
    if not len(chosen):
        return _left_before(scene)
    person = int(chosen[0])
    hired = int(months_of(np.array([_start(scene, person)]))[0])
    return person, _put_on_list(scene, person, "PG10", hired - 3, 3), "入职前已停发"


def _one_off(scene: Scene, person: int) -> None:
    """Single help after a fire or an illness: lawful or not depends on what no record shows."""
    city = scene.city
    begin = int(months_of(np.array([max(city.first, _start(scene, person))]))[0]) + 2
    last = int(months_of(np.array([city.last]))[0])
    made = _put_on_list(scene, person, "PG15", min(begin, last), 1)
    unit = int(city.payments["unit"][made[0]])
    scene.undecidable(
        "person",
        person,
        unit,
        (rows("subsidy_payment", made),),
        area=int(city.folk.village[person]),
        cents=cents_of(city, made),
        note="一次性临时救助",
    )
