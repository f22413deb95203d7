"""S18 补发扎堆: one unit pays back in one month many times what it does otherwise; a few more, or every month so many, is innocent."""

from typing import Any

import numpy as np

from datasets.city.arrays import NONE, Ints, kept, month_number, month_start, months_of
from datasets.city.back_pay import period_of
from datasets.city.pay import BACK, REGULAR
from datasets.city.plant.finder import Finder
from datasets.city.plant.scene import Scene, cents_of
from datasets.city.programme import listed, number
from datasets.city.truth import rows

_LISTS = ("PG12", "PG20", "PG07", "PG01", "PG08")
_FEW = 20


def plant(scene: Scene) -> None:
    places, sheets = _places(scene), Sheets(scene)
    wanted, done = scene.number(2, 1), 0
    taken: set[tuple[str, int]] = set()
    for code, unit in places:
        if done < wanted and _case(scene, sheets, done, code, unit):
            taken.add((code, unit))
            done += 1
    left = [one for one in places if one not in taken]
    _innocents(scene, sheets, left, 11 * done)
    if left:
        _raise_for_all(scene, sheets, left[0][0])


def _places(scene: Scene) -> list[tuple[str, int]]:
    """(programme, paying unit) with enough people on the list, in random order."""
    pay, found = scene.city.payments, []
    for code in _LISTS:
        mine = np.flatnonzero((pay["programme"] == number(code)) & (pay["alive"] == 1) & (pay["kind"] == REGULAR))
        units, times = np.unique(pay["unit"][mine], return_counts=True)
        months = 12 * len(scene.city.years)
        found += [(code, unit) for unit in units[times > 24 * months].tolist()]
    return [found[at] for at in scene.rng.permutation(len(found)).tolist()]


def _month(scene: Scene, place: int) -> int:
    """Every second burst falls in a December."""
    year = int(scene.rng.choice(np.array(scene.city.years)))
    return month_number(year, 12) if place % 2 else month_number(year, int(scene.rng.integers(3, 12)))


class Sheets:
    """Payment sheets: who is paid by a unit for a programme in a month, as it stood when first asked for; and back payments as they stand."""

    def __init__(self, scene: Scene) -> None:
        self._scene, pay = scene, scene.city.payments
        usual = (pay["kind"] == REGULAR) & (pay["alive"] == 1) & (pay["account"] == pay["person"]) & (pay["person"] != NONE)
        self._rows = Finder(np.where(usual, _key(pay["programme"], pay["unit"], months_of(pay["paid"])), NONE))

    def pay_back(self, code: str, unit: int, month: int, count: int) -> Ints:
        """Pay some of the month's people of the list one to five earlier months; returns the rows."""
        scene, pay, rng = self._scene, self._scene.city.payments, self._scene.rng
        mine = self._rows.of(_key(number(code), unit, month))
        mine = kept(mine, ~scene.city.spoken[pay["person"][mine]] & (scene.city.folk.died[pay["person"][mine]] == NONE))
        chosen = rng.permutation(mine)[:count]
        months = rng.integers(1, 6, len(chosen))
        first = month_number(scene.city.years[0], 1)
        period = period_of(np.maximum(month - months - 1, first - 12))
        return pay.copy_rows(chosen, amount=pay["amount"][chosen] * months, quantity=pay["quantity"][chosen] * months, period=period, kind=BACK,
                             paid=month_start(np.full(len(chosen), month)) + rng.integers(15, 27, len(chosen)))  # fmt: skip

    def room(self, code: str, unit: int, month: int) -> int:
        """How many of the month's people could still be paid back."""
        scene = self._scene
        person = scene.city.payments["person"][self._rows.of(_key(number(code), unit, month))]
        return int((~scene.city.spoken[person] & (scene.city.folk.died[person] == NONE)).sum())

    def usual(self, code: str, unit: int) -> float:
        """Median of the back payments of the months that have some."""
        pay = self._scene.city.payments
        mine = np.flatnonzero(
            (pay["kind"] == BACK) & (pay["programme"] == number(code)) & (pay["unit"] == unit) & (pay["alive"] == 1)
        )
        times = np.unique(months_of(pay["paid"][mine]), return_counts=True)[1]
        return float(np.median(times)) if len(times) else 0.0

    def backs(self, code: str, unit: int, month: int) -> Ints:
        """Back payments of a programme by a unit in a month."""
        pay = self._scene.city.payments
        mine = np.flatnonzero(pay["kind"] == BACK)
        mine = kept(mine, (pay["programme"][mine] == number(code)) & (pay["unit"][mine] == unit) & (pay["alive"][mine] == 1))
        return kept(mine, months_of(pay["paid"][mine]) == month)


def _key(programme: Any, unit: Any, month: Any) -> Any:
    """One number for a sheet; of numbers or of arrays of them."""
    return (programme * 100_000 + unit) * 10_000 + month


def _case(scene: Scene, sheets: Sheets, place: int, code: str, unit: int) -> bool:
    """A month with twenty and more, and over three times what is usual; False when the list is too short for that."""
    near, month = scene.near(place + 1), _month(scene, place)
    usual = sheets.usual(code, unit)
    least = max(_FEW + 1, int(3.2 * usual) + 1)
    count = int(scene.rng.integers(least, least + 3)) if near else int(scene.rng.integers(least + 7, least + 40))
    before = len(sheets.backs(code, unit, month))
    if sheets.room(code, unit, month) + before < least:
        return False
    sheets.pay_back(code, unit, month, max(1, count - before))
    made = sheets.backs(code, unit, month)
    when = f"{month // 12 + 1970}年{month % 12 + 1}月"
    scene.problem("unit", unit, unit, (rows("subsidy_payment", made),), area=int(scene.city.bodies.area[unit]), cents=cents_of(scene.city, made),
                  near=near, note=f"{when}{listed()[number(code)].name}集中补发{len(made)}笔")  # fmt: skip
    return True


def _innocents(scene: Scene, sheets: Sheets, places: list[tuple[str, int]], wanted: int) -> None:
    """Months with up to nineteen, and lists that pay back every month about as much."""
    done = 0
    steady = places[1 :: max(2, len(places) // 2)][:2]
    for code, unit in steady:
        done += _every_month(scene, sheets, code, unit)
    quiet = [one for one in places[1:] if one not in steady]
    rounds = 0
    while done < wanted and quiet and rounds < 60:
        rounds += 1
        for code, unit in quiet:
            if done >= wanted:
                break
            month = _month(scene, rounds)
            before = len(sheets.backs(code, unit, month))
            near = rounds % 3 == 1
            sheets.pay_back(code, unit, month, max(0, (_FEW - 1 if near else int(scene.rng.integers(5, 15))) - before))
            made = sheets.backs(code, unit, month)
            if 0 < len(made) < _FEW:
                _explain(scene, unit, made, near, "零星补发，未成批")
                done += 1


def _every_month(scene: Scene, sheets: Sheets, code: str, unit: int) -> int:
    """A list whose new people are always paid in arrears: many back payments, none of the months stands out."""
    city = scene.city
    months = range(month_number(city.years[0], 1), month_number(city.years[-1], 12) + 1)
    usual = 11
    for month in months:
        count = int(scene.rng.integers(usual - 2, usual + 3)) + (12 if month % 12 == 11 else 0)
        sheets.pay_back(code, unit, month, count)
    done = 0
    for year in city.years:
        made = sheets.backs(code, unit, month_number(year, 12))
        if len(made) <= 2.6 * usual:
            _explain(scene, unit, made, True, "该项目每月均有补发，年底略多")
            done += 1
    return done


def _explain(scene: Scene, unit: int, made: Ints, near: bool, note: str) -> None:
    area = int(scene.city.bodies.area[unit])
    scene.explained(
        "unit", unit, unit, (rows("subsidy_payment", made),), area=area, cents=cents_of(scene.city, made), near=near, note=note
    )


def _raise_for_all(scene: Scene, sheets: Sheets, code: str) -> None:
    """A new standard, paid back to everybody in the county at once: the records show a burst, the notice a reason."""
    city = scene.city
    month = month_number(int(city.years[-1]), 7)
    units = [unit for one, unit in _places(scene) if one == code]
    for unit in sorted(units):
        sheets.pay_back(code, unit, month, 26)
        made = sheets.backs(code, unit, month)
        scene.undecidable("unit", unit, unit, (rows("subsidy_payment", made),), area=int(city.bodies.area[unit]), cents=cents_of(city, made),
                          note="全县统一提标补发，需核对文件")  # fmt: skip
