"""S27 公益岗吃空饷: post holders who work elsewhere, never come, are too old or dead; the post's own insurance is innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept, month_start, months_of, without
from datasets.city.plant.lists import in_weak, living, month_of, plain, put_on, runs, span
from datasets.city.plant.scene import Scene, cents_of, weak
from datasets.city.post import fill, post_payments
from datasets.city.programme import listed, number
from datasets.city.truth import rows

_CODE = "PG10"
_KINDS = ("employed", "absent", "old", "absent", "employed", "dead")
_STORIES = (
    "own insurance",
    "before",
    "low",
    "own insurance",
    "handover",
    "no pay",
    "before",
    "low",
    "nearly old",
    "own insurance",
)
_OLDEST = listed()[number(_CODE)].max_age or 60


def plant(scene: Scene) -> None:
    _a_post(scene, post_payments(scene.city.payments))
    _let_go(scene)
    people = living(scene, np.flatnonzero(scene.times(_CODE) >= 5), 30, 60)
    # who signs bids or runs projects for a firm would seem to be lent out
    people = np.setdiff1d(people, np.r_[scene.city.market.agent, scene.city.market.manager])
    for place in range(scene.number(6, 3)):
        _case(scene, place, _KINDS[place % len(_KINDS)], people)
    problems = len(scene.city.truth.of("S27", "problem"))
    for place in range(11 * problems):
        _innocent(scene, _STORIES[place % len(_STORIES)], people)
    for person in scene.cast(_of_age(scene, _OLDEST, _OLDEST + 1), 1).tolist():
        post, mine = _appoint(scene, person, 6)
        if len(mine):
            _tell(scene, "undecidable", person, post, mine[-1:], "年满六十周岁当年，是否延期需看批文", near=True)


def _a_post(scene: Scene, payments: Ints) -> None:
    """Posts for whom these payments are made to."""
    city = scene.city
    fill(city.posts, city.folk, city.places, city.bodies, city.payments, payments, city.last, scene.rng)


def _let_go(scene: Scene, person: int = NONE) -> None:
    """Whoever holds a post (or this person) is insured nowhere else meanwhile, as the honest are."""
    city, jobs = scene.city, scene.city.sundry.jobs
    holders = city.posts.book["person"] if person == NONE else np.array([person])
    jobs["alive"][among(jobs["person"], holders) & (jobs["unit"] == NONE)] = 0


def _tell(scene: Scene, kind: str, person: int, post: int, payments: Ints, note: str, near: bool = False) -> None:
    city = scene.city
    unit, area = int(city.posts.book["unit"][post]), int(city.folk.village[person])
    evidence = (rows("welfare_post", [post]), rows("subsidy_payment", payments), rows("person", [person]))
    if kind == "problem":
        scene.problem("person", person, unit, evidence, area=area, cents=cents_of(city, payments), near=near, note=note)
    elif kind == "explained":
        scene.explained("person", person, unit, evidence, area=area, cents=cents_of(city, payments), near=near, note=note)
    else:
        scene.undecidable("person", person, unit, evidence, area=area, cents=cents_of(city, payments), near=near, note=note)


def _post_of(scene: Scene, person: int) -> int:
    return int(scene.city.posts.of(person)[0])


def _firm(scene: Scene) -> int:
    return int(scene.rng.choice(scene.city.firms.bidders(int(scene.rng.integers(0, 8)))))


def _insure(scene: Scene, person: int, starts: int, ends: int, **where: int) -> None:
    wage = int(scene.rng.integers(38, 90)) * 10_000
    scene.city.sundry.jobs.add(1, person=person, starts=starts, ends=ends, wage=wage, **where)


def _case(scene: Scene, place: int, kind: str, people: Ints) -> None:
    near = scene.near(place)
    if kind == "old" and _too_old(scene, near):
        return
    if kind == "dead" and _dead(scene):
        return
    weakly = in_weak(scene, people)
    for person in scene.cast(weakly if (~scene.city.spoken[weakly]).any() else people, 1).tolist():
        if kind == "absent":
            _absent(scene, person, near)
        else:
            _employed(scene, person, near)


def _employed(scene: Scene, person: int, near: bool) -> None:
    """Insured with a firm for months of the post; near the limit: one whole month and days around it."""
    mine = runs(scene, person, _CODE)
    at = int(scene.rng.integers(0, len(mine) - 3))
    starts = int(month_start(month_of(scene, mine[at : at + 1]))[0]) - int(scene.rng.integers(0, 4))
    length = int(scene.rng.integers(35, 44)) if near else int(scene.rng.integers(100, 500))
    ends = starts + length if near or scene.rng.random() < 0.6 else NONE
    _insure(scene, person, starts, ends if ends < scene.city.last else NONE, firm=_firm(scene))
    paid = scene.city.payments["paid"][mine]
    during = kept(mine, (paid >= starts) & ((ends == NONE) | (paid <= ends + 10)))
    _tell(scene, "problem", person, _post_of(scene, person), during, "在岗期间另有单位参保", near)


def _absent(scene: Scene, person: int, near: bool) -> None:
    """Paid for months in which the sheet shows no day at work."""
    city, mine = scene.city, runs(scene, person, _CODE)
    count = 1 if near else int(scene.rng.integers(2, min(11, len(mine))))
    at = int(scene.rng.integers(0, len(mine) - count + 1))
    months, post, sheets = month_of(scene, mine[at : at + count]), _post_of(scene, person), city.posts.attendance
    found = city.posts.months_of(post)
    sheets["days"][found[among(sheets["month"][found], months)]] = 0
    lost = without(months, sheets["month"][found])
    sheets.add(len(lost), post=post, month=lost, days=0)
    _tell(scene, "problem", person, post, mine[at : at + count], f"{count}个月考勤为零仍发补贴", near)


def _of_age(scene: Scene, low: float, high: float) -> Ints:
    """Plain people of weak villages who are that old at the end and draw no post money."""
    folk, last = scene.city.folk, scene.city.last
    years = (last - folk.born) / 365.25
    fit = plain(scene, 40, 75) & (years >= low) & (years < high) & weak(scene.city)[folk.village]
    fit[scene.recipients(_CODE, "PG05")] = False
    return np.flatnonzero(fit)


def _appoint(scene: Scene, person: int, count: int) -> tuple[int, Ints]:
    """Give somebody a post for the last months of the city's time; returns the post and the payments."""
    mine = put_on(scene, person, _CODE, span(scene)[1] - count + 1, count)
    _a_post(scene, mine)
    _let_go(scene, person)
    return _post_of(scene, person), mine


def _too_old(scene: Scene, near: bool) -> bool:
    """Kept on the post after the age limit; near the limit: weeks after the birthday."""
    low = _OLDEST + 1
    for person in scene.cast(_of_age(scene, low + 0.1, low + 0.35) if near else _of_age(scene, low + 0.8, low + 4), 1).tolist():
        post, mine = _appoint(scene, person, int(scene.rng.integers(8, 13)))
        over = scene.city.folk.born[person] + int(365.25 * low) + 2
        late = kept(mine, month_start(month_of(scene, mine)) > over)
        _tell(scene, "problem", person, post, late if len(late) else mine[-1:], "超过规定年龄仍在岗", near)
        return True
    return False


def _dead(scene: Scene) -> bool:
    """Paid after death: the row of the dead is met too."""
    city, folk = scene.city, scene.city.folk
    age = (folk.died - folk.born) / 365.25
    fit = (
        (folk.died > city.first + 120)
        & (folk.died < city.last - 100)
        & folk.death_known
        & (age > 35)
        & (age < 60)
        & ~city.purse.public
        & ~city.spoken
    )
    fit[scene.recipients(_CODE)] = False
    for person in scene.cast(fit, 1).tolist():
        died = int(months_of(folk.died[person : person + 1])[0])
        months = int(scene.rng.integers(1, 7))
        made = put_on(scene, person, _CODE, died - 3, 4 + months)
        _a_post(scene, made)
        _let_go(scene, person)
        late = kept(made, month_of(scene, made) > died)
        if len(late):
            _tell(scene, "problem", person, _post_of(scene, person), late, "死亡后岗位补贴照发", near=len(late) == 1)
            scene.also("S01").problem(
                "person", person, int(city.payments["unit"][late[0]]), (rows("subsidy_payment", late), rows("person", [person])),
                area=int(folk.village[person]), cents=cents_of(city, late), near=len(late) == 1, note="公益性岗位补贴死亡后继续发放",
            )  # fmt: skip
            return True
    return False


def _innocent(scene: Scene, story: str, people: Ints) -> None:
    city, rng = scene.city, scene.rng
    if story == "nearly old":
        for person in scene.cast(_of_age(scene, _OLDEST - 1.2, _OLDEST - 0.05), 1).tolist():
            post, mine = _appoint(scene, person, 8)
            _tell(scene, "explained", person, post, mine[-2:], "未满规定年龄", near=True)
        return
    pool = people if (~city.spoken[people]).any() else _new_holders(scene)
    for person in scene.cast(pool, 1).tolist():
        mine, post = runs(scene, person, _CODE), NONE
        if not len(mine):
            post, mine = _appoint(scene, person, int(rng.integers(6, 14)))
        post = _post_of(scene, person)
        first = int(city.posts.book["starts"][post])
        if story == "own insurance":
            _insure(scene, person, first, NONE, unit=int(city.posts.book["unit"][post]))
            _tell(scene, "explained", person, post, mine[:3], "由用人单位为该岗位参保")
        elif story == "before":
            ends = first - int(rng.integers(1, 400))
            _insure(scene, person, ends - int(rng.integers(200, 3000)), ends, firm=_firm(scene))
            _tell(scene, "explained", person, post, mine[:2], "上岗前已离职")
        elif story == "handover":
            _insure(scene, person, first - int(rng.integers(200, 2000)), first + int(rng.integers(3, 22)), firm=_firm(scene))
            _tell(scene, "explained", person, post, mine[:1], "原单位减员滞后，重叠不满一月", near=True)
        elif story == "no pay":
            _on_leave(scene, person, post, mine)
        else:
            sheets = city.posts.months_of(post)[:4]
            city.posts.attendance["days"][sheets] = rng.integers(4, 11, len(sheets))
            _tell(scene, "explained", person, post, mine[:4], "出勤偏少但在岗", near=True)


def _new_holders(scene: Scene) -> Ints:
    """People who could take a post: middle-aged, on no list that excludes it."""
    fit = plain(scene, 42, 58)
    fit[scene.recipients(_CODE, "PG05")] = False
    return np.flatnonzero(fit)


def _on_leave(scene: Scene, person: int, post: int, mine: Ints) -> None:
    """A month without a day at work, and without pay."""
    city = scene.city
    at = len(mine) // 2
    month = month_of(scene, mine[at : at + 1])
    found = city.posts.months_of(post)
    city.posts.attendance["alive"][found[city.posts.attendance["month"][found] == month[0]]] = 0
    city.posts.attendance.add(1, post=post, month=month, days=0)
    city.payments["alive"][mine[at]] = 0
    _tell(scene, "explained", person, post, np.delete(mine, at)[:4], "病假当月未出勤，当月未发补贴")
