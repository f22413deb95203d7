"""S17 金额异常: amounts off the standard, far from the neighbours', or crowded just below the limit of approval."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, distinct, kept
from datasets.city.back_pay import period_of
from datasets.city.pay import BACK, CORRECTION, REGULAR
from datasets.city.plant.finder import Finder
from datasets.city.plant.lists import NEEDY, in_weak, living, month_of, plain, runs, span, steady, tell
from datasets.city.plant.scene import Scene, cents_of, groups
from datasets.city.programme import codes, listed, number
from datasets.city.truth import rows

_FIXED = ("PG20", "PG07", "PG05", "PG08", "PG06", "PG10")
_GRADED = ("PG12", "PG01", "PG12")
_ENOUGH = 20
"""So many neighbours make a comparison."""
_STORIES = ("back", "first month", "taken back", "back", "corrected", "wide", "first month", "back", "close", "taken back")


def plant(scene: Scene) -> None:
    wanted = scene.number(8, 3)
    people = living(scene, steady(scene, 6, *_FIXED), 18)
    for place, person in enumerate(scene.cast(in_weak(scene, people), max(1, wanted // 2)).tolist()):
        _off_standard(scene, place, person)
    neighbours = Neighbours(scene)
    for place in range(max(1, wanted * 3 // 8)):
        _outlier(scene, place, neighbours)
    for place in range(max(1, wanted // 8)):
        _below_limit(scene, place)
    problems = len(scene.city.truth.of("S17", "problem"))
    for place in range(11 * problems):
        _innocent(scene, _STORIES[place % len(_STORIES)], neighbours)
    for person in scene.cast(people, max(1, wanted // 6)).tolist():
        _no_quantity(scene, person)


def _fixed_run(scene: Scene, person: int) -> Ints:
    return max((runs(scene, person, code) for code in _FIXED), key=len)


def _off_standard(scene: Scene, place: int, person: int) -> None:
    """Some per cent more than the standard for months, or a sixth to double of it for one or many; never the first."""
    pay, rng = scene.city.payments, scene.rng
    mine, near = _fixed_run(scene, person), scene.near(place)
    count = int(rng.integers(3, 7)) if near else int(rng.integers(1, 9))
    start = int(rng.integers(1, max(2, len(mine) - count)))
    some = mine[start : start + count]
    rate = pay["amount"][some]
    if near:
        pay["amount"][some] = rate + np.round(rate * rng.uniform(0.05, 0.1) / 100).astype(np.int64) * 100
    else:
        pay["amount"][some] = rate + np.round(rate * rng.uniform(0.15, 1.1) / 1000).astype(np.int64) * 1000
    tell(scene, "problem", person, some, "发放金额与标准不符", near=near)


class Neighbours:
    """What the same programme paid for the same period in the same town, or through the same unit, as it stood when first asked for."""

    def __init__(self, scene: Scene) -> None:
        city, self._pay = scene.city, scene.city.payments
        pay = self._pay
        regular = (pay["kind"] == REGULAR) & (pay["alive"] == 1) & (pay["period"] != NONE)
        for_all = (pay["programme"] * 1_000_000 + pay["period"]) * 100_000
        self._keys = [
            np.where(regular, for_all + near, NONE) for near in (city.places.town_of[pay["area"]], 50_000 + pay["unit"])
        ]
        self._rows = [Finder(key) for key in self._keys]

    def amount(self, payment: int, score: float, lowest: bool) -> int:
        """Cents, in whole yuan, so many median deviations above the median: of the two groups the lower such amount, or the higher.

        0 where there are few to compare with, or all get the same.
        """
        found = []
        for key, rows_ in zip(self._keys, self._rows, strict=True):
            amounts = self._pay["amount"][rows_.of(int(key[payment]))]
            median = float(np.median(amounts))
            deviation = float(np.median(np.abs(amounts - median)))
            if len(amounts) < _ENOUGH or deviation <= 0:
                return 0
            found.append(round((median + score * deviation / 0.6745) / 100) * 100)
        return min(found) if lowest else max(found)


def _outlier(scene: Scene, place: int, neighbours: Neighbours) -> None:
    """One payment of several times what everybody gets; near the limit: little beyond three and a half deviations."""
    pay, rng = scene.city.payments, scene.rng
    near = scene.near(place + 1)
    code = "PG01" if near else _GRADED[place % len(_GRADED)]
    people = in_weak(scene, living(scene, steady(scene, 6, code), 18))
    for person in scene.rng.permutation(people).tolist():
        mine = runs(scene, person, code)
        payment = mine[int(rng.integers(1, len(mine) - 1)) :][:1]
        cents = neighbours.amount(int(payment[0]), rng.uniform(3.7, 3.95) if near else rng.uniform(6, 25), lowest=False)
        if not cents:
            continue
        scene.city.spoken[person] = True
        pay["amount"][payment] = cents
        tell(scene, "problem", person, payment, "金额远高于同镇同期同项目", near=near)
        return


def _below_limit(scene: Scene, place: int) -> None:
    """One township's hardship help of a year crowds under the amount that a higher office would have to approve."""
    city, rng = scene.city, scene.rng
    programme = listed()[number("PG15")]
    assert programme.approval_limit is not None
    limit = programme.approval_limit * 100
    year, near = int(rng.choice(np.array(city.years))), scene.near(place + 1)
    taken = {case.unit for case in city.truth.of("S17", "problem") if case.subject_kind == "unit"}
    units = [unit for unit in distinct(city.bodies.township_of[city.places.towns]).tolist() if unit not in taken]
    unit = int(rng.choice(np.array(units)))
    town = int(city.bodies.area[unit])
    fit = plain(scene, 25, 75) & (city.places.town_of[city.folk.village] == town)
    fit[scene.recipients(*NEEDY)] = False
    crowd = 8 if near else int(rng.integers(10, 15))
    # many of other amounts besides, as a year has them: the crowd is not the rule
    others = max(0, int(2.6 * crowd) - len(_in_year(scene, unit, year, 0, limit * 9)))
    people = scene.cast(in_weak(scene, np.flatnonzero(fit)), crowd + others)
    if len(people) < crowd + others:
        return
    amount = (
        np.r_[rng.integers(int(limit * 0.951) // 1000, limit // 1000, crowd), rng.integers(80, 450, others)][: len(people)] * 1000
    )
    assert not isinstance(programme.months, str)
    months = (year - 1970) * 12 + rng.choice(np.array(programme.months), len(people)) - 1
    city.purse.pay("PG15", people, months, amount, rng, account=people, holder=people)
    pay = city.payments
    just = _in_year(scene, unit, year, int(limit * 0.95), limit)
    # what lay a little lower that year is evened out: nobody asks for 4,700 where 4,900 passes as well
    lower = _in_year(scene, unit, year, int(limit * 0.9), int(limit * 0.95))
    pay["amount"][lower] -= limit // 10
    scene.problem("unit", unit, unit, (rows("subsidy_payment", just),), area=town, cents=cents_of(city, just),
                  near=near, note=f"{year}年临时救助集中在审批限额以下")  # fmt: skip


def _in_year(scene: Scene, unit: int, year: int, low: int, high: int) -> Ints:
    pay = scene.city.payments
    found = np.flatnonzero((pay["programme"] == number("PG15")) & (pay["unit"] == unit) & (pay["alive"] == 1))
    when = pay["paid"][found].astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    return kept(found, (when == year) & (pay["amount"][found] >= low) & (pay["amount"][found] < high))


def _innocent(scene: Scene, story: str, neighbours: Neighbours) -> None:
    makers = {
        "back": _owed,
        "first month": _first_month,
        "taken back": _taken_back,
        "corrected": _corrected,
        "wide": _wide_fields,
    }
    pool = scene.recipients("PG03") if story == "wide" else steady(scene, 6, *(_GRADED if story == "close" else _FIXED))
    for person in scene.cast(living(scene, pool, 18), 1).tolist():
        if story == "close":
            _close(scene, person, neighbours)
        else:
            makers[story](scene, person)


def _owed(scene: Scene, person: int) -> None:
    """Several months at once, and the sheet says so."""
    pay, mine = scene.city.payments, _fixed_run(scene, person)
    at, months = int(scene.rng.integers(1, len(mine))), int(scene.rng.integers(2, 5))
    first, _ = span(scene)
    before = period_of(np.maximum(month_of(scene, mine[:1]) - 1, first - 2))
    made = pay.copy_rows(mine[at : at + 1], amount=pay["amount"][mine[at : at + 1]] * months, period=before, kind=BACK)
    tell(scene, "explained", person, made, "补发数月，非当月标准")


def _first_month(scene: Scene, person: int) -> None:
    """Half a month's help in the month somebody came on the list."""
    pay, mine = scene.city.payments, _fixed_run(scene, person)
    pay["amount"][mine[:1]] = pay["amount"][mine[:1]] // 2
    tell(scene, "explained", person, mine[:1], "首月按天折算")


def _taken_back(scene: Scene, person: int) -> None:
    pay, mine = scene.city.payments, _fixed_run(scene, person)
    at = int(scene.rng.integers(1, len(mine)))
    part = int(scene.rng.integers(2, 9)) * 1000
    made = pay.copy_rows(mine[at : at + 1], amount=-part, paid=pay["paid"][mine[at : at + 1]] + 5, kind=CORRECTION)
    tell(scene, "explained", person, made, "扣回多发部分，属冲销记录")


def _corrected(scene: Scene, person: int) -> None:
    """The quantity says it: half a month, half the amount."""
    pay, mine = scene.city.payments, _fixed_run(scene, person)
    last = mine[-1:]
    pay["amount"][last], pay["quantity"][last] = pay["amount"][last] // 2, pay["quantity"][last] // 2
    tell(scene, "explained", person, last, "末月按半月计发，数量相应")


def _wide_fields(scene: Scene, person: int) -> None:
    mine = scene.payments_of(person, "PG03")
    tell(scene, "explained", person, mine, "按面积计发，面积大金额高")


def _close(scene: Scene, person: int, neighbours: Neighbours) -> None:
    """High, but within three deviations."""
    pay = scene.city.payments
    mine = max((runs(scene, person, code) for code in _GRADED), key=len)
    payment = mine[len(mine) // 2 :][:1]
    cents = neighbours.amount(int(payment[0]), scene.rng.uniform(2.3, 3.1), lowest=True)
    if cents and codes()[int(pay["programme"][payment[0]])] != "PG01":
        pay["amount"][payment] = cents
    tell(scene, "explained", person, payment, "金额偏高但在正常离散范围内", near=True)


def by_chance(scene: Scene) -> None:
    """Amounts far from what others of the town got at the time, where other doings filled a short list and made them look odd."""
    city, pay = scene.city, scene.city.payments
    told = [row for case in city.truth.of("S17") for table, found in case.evidence if table == "subsidy_payment" for row in found]
    fit = among(pay["programme"], [number(code) for code in (*_GRADED, "PG15")]) & (pay["period"] != NONE)
    rows_ = np.flatnonzero(fit & (pay["kind"] == REGULAR) & (pay["alive"] == 1) & (pay["person"] != NONE))
    key = (pay["programme"][rows_] * 1_000_000 + pay["period"][rows_]) * 100_000 + city.places.town_of[pay["area"][rows_]]
    order = np.argsort(key, kind="stable")
    odd = [rows_[:0]]
    for group in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
        mine = rows_[group]
        apart = np.abs(pay["amount"][mine] - np.median(pay["amount"][mine])) if len(mine) >= _ENOUGH else np.zeros(len(mine))
        if apart.any() and (deviation := float(np.median(apart))) > 0:
            odd.append(kept(mine, apart * 0.6745 > 3.45 * deviation))
    found = np.concatenate(odd)
    found = kept(found, ~among(found, told))
    for group in groups(pay["person"][found][None, :]):
        tell(scene, "undecidable", int(pay["person"][found[group[0]]]), found[group], "金额偏离同镇同期，因同期名单变动所致")


def _no_quantity(scene: Scene, person: int) -> None:
    """Twice the standard, and nobody wrote for how many months."""
    pay, mine = scene.city.payments, _fixed_run(scene, person)
    at = mine[2:3]
    pay["amount"][at], pay["quantity"][at], pay["period"][at] = pay["amount"][at] * 2, NONE, NONE
    tell(scene, "undecidable", person, at, "未载明数量，可能含补发")
