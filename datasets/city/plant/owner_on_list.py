"""X01 供应商股东领救助: the owner of a winning firm on a need-based list within twelve months; strangers and former owners are innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, as_date, distinct, kept, month_number, months_of, without
from datasets.city.award import Awards
from datasets.city.filing import settled
from datasets.city.plant.finder import Finder
from datasets.city.plant.lists import usual
from datasets.city.plant.owned import firms_owned
from datasets.city.plant.scene import Scene, cents_of, weak
from datasets.city.programme import listed
from datasets.city.truth import rows

_NEEDY = tuple(code for code, item in enumerate(listed()) if item.need_based)
_STORIES = (
    "no award",
    "former owner",
    "namesake",
    "no award",
    "namesake",
    "no award",
    "former owner",
    "long apart",
    "no award",
    "namesake",
)


class _Wins:
    """Days of award and contract of every winning firm."""

    def __init__(self, scene: Scene, awards: Awards) -> None:
        firm = scene.city.market.bids["firm"][awards.bid]
        self.firms: Ints = distinct(firm)
        self._rows, self._awards = Finder(firm), awards

    def days(self, firm: int) -> Ints:
        """Days on which the firm won or signed."""
        mine = self._rows.of(firm)
        signed = self._awards.signed[mine]
        return np.sort(np.r_[self._awards.awarded[mine], signed[signed != NONE]])

    def tenders(self, firm: int) -> Ints:
        return np.asarray(self._awards.tender[self._rows.of(firm)], dtype=np.int64)


def plant(scene: Scene) -> None:
    city = scene.city
    city.awards = settled(city)
    wins = _Wins(scene, city.awards)
    owners = firms_owned(scene)
    winning = set(wins.firms.tolist())
    winners = {person: firms for person, firms in owners.items() if not winning.isdisjoint(firms)}
    wanted = scene.number(5, 1)
    edge = [
        person for person, firms in winners.items() if _leaves_room(scene, np.concatenate([wins.days(firm) for firm in firms]))
    ]
    done = 0
    for place in range(wanted):
        pool = edge if scene.near(place) and edge else sorted(winners)
        for person in scene.cast(np.array(pool), 1).tolist():
            done += _case(scene, place, person, owners[person], wins)
    # a small shop or a cooperative keeps nobody from being poor
    kind, tax = city.firms.kind, city.firms.tax
    small = np.array(
        [one for one, firms in owners.items() if (kind[firms] > 0).all() and (tax[firms] == 0).all()], dtype=np.int64
    )
    small = without(small, sorted(winners))
    for place in range(12 * done):
        _innocent(scene, _STORIES[place % len(_STORIES)], owners, small, winners, wins)
    _kin(scene, winners)


def _leaves_room(scene: Scene, days: Ints) -> bool:
    """Whether the city's time holds a day eleven months away from all of these."""
    return bool(days.min() - 345 > scene.city.first or days.max() + 345 < scene.city.last)


def _help(scene: Scene, person: int, code: str, months: Ints) -> Ints:
    cents = usual(scene, code, len(months))
    return scene.city.purse.pay(code, np.full(len(months), person), months, cents, scene.rng, account=person, holder=person)


def _span(scene: Scene) -> tuple[int, int]:
    return month_number(scene.city.years[0], 1), month_number(scene.city.years[-1], 12)


def _case(scene: Scene, place: int, person: int, firms: list[int], wins: _Wins) -> int:
    """On the poor list near the day of an award; close to the limit: eleven months from the nearest."""
    city = scene.city
    first, last = _span(scene)
    won = [firm for firm in firms if len(wins.days(firm))]
    days = np.concatenate([wins.days(firm) for firm in won])
    near = scene.near(place)
    if near:
        months = months_of(np.array([days.min() - 340, days.max() + 330]))
        months = kept(months, (months >= first) & (months <= last))[:1]
        gaps = np.abs(days[:, None] - (months[None, :] * 30.44 + 15))
        near = bool(len(months)) and gaps.min() > 325
    if not near:
        start = int(np.clip(months_of(days[:1])[0] + int(scene.rng.integers(-4, 5)), first, last - 3))
        months = np.arange(start, start + int(scene.rng.integers(2, 9)))
        months = kept(months, months <= last)
    made = _help(scene, person, "PG15" if near else ("PG01", "PG06", "PG02")[place % 3], months)
    paid = city.payments["paid"][made]
    unit = int(city.payments["unit"][made[0]])
    for firm in won:
        gap = np.abs(wins.days(firm)[:, None] - paid[None, :]).min()
        if gap <= 365:
            scene.problem("person", person, unit, (rows("subsidy_payment", made), rows("person", [person]), rows("enterprise", [firm]), rows("tender", wins.tenders(firm))),
                          area=int(city.folk.village[person]), cents=cents_of(city, made), near=bool(gap > 328), note="中标企业负责人或股东领取救助")  # fmt: skip
    return 1


def _innocent(
    scene: Scene, story: str, owners: dict[int, list[int]], small: Ints, winners: dict[int, list[int]], wins: _Wins
) -> None:
    first, last = _span(scene)
    start = int(scene.rng.integers(first, last - 3))
    months = np.arange(start, start + 3)
    if story == "long apart" and (found := _far(scene, winners, wins)) is not None:
        person, month = found
        months, note = np.array([month]), "中标与救助相隔一年以上"
    elif story == "former owner" and (past := _former(scene, owners)) is not None:
        person, note = past, "已退股"
    elif story == "namesake" and (same := _namesake(scene, winners)) is not None:
        person, note = same, "与中标企业负责人同名"
    else:
        chosen = scene.cast(small, 1)
        if not len(chosen):
            return
        person, note = int(chosen[0]), "名下企业未中标"
    made = _help(scene, person, "PG15" if len(months) == 1 else "PG06", months)
    unit = int(scene.city.payments["unit"][made[0]])
    scene.explained(
        "person",
        person,
        unit,
        (rows("subsidy_payment", made),),
        area=int(scene.city.folk.village[person]),
        near=note.startswith("中标与"),
        note=note,
    )


def _far(scene: Scene, winners: dict[int, list[int]], wins: _Wins) -> tuple[int, int] | None:
    """An owner all whose awards lie more than a year from some month of the city's time, and that month."""
    first, last = _span(scene)
    for person in scene.rng.permutation(np.array(sorted(winners)))[:200].tolist():
        if scene.city.spoken[person] or not weak(scene.city)[scene.city.folk.village[person]]:
            continue
        days = np.concatenate([wins.days(firm) for firm in winners[person]])
        for month in (first, last, first + 1, last - 1):
            edge = month * 30.44
            if np.abs(days - edge).min() > 405 and as_date(int(edge)).year in scene.city.years:
                scene.city.spoken[person] = True
                return person, month
    return None


def _former(scene: Scene, owners: dict[int, list[int]]) -> int | None:
    """A partner who left a firm before the city's time began and owns nothing now."""
    shares = scene.city.firms.shares
    gone = distinct(shares["person"][(shares["ends"] != NONE) & (shares["ends"] < scene.city.first - 370)])
    chosen = scene.cast(without(gone, np.array(sorted(owners))), 1)
    return int(chosen[0]) if len(chosen) else None


def _namesake(scene: Scene, winners: dict[int, list[int]]) -> int | None:
    """Somebody who only bears the name of a winning firm's owner."""
    chosen = scene.cast(scene.pool("namesakes", lambda: _namesakes(scene, winners)), 1)
    return int(chosen[0]) if len(chosen) else None


def _namesakes(scene: Scene, winners: dict[int, list[int]]) -> Ints:
    folk = scene.city.folk
    names = np.unique(folk.name[np.array(sorted(winners))])
    living = (folk.died == NONE) & (folk.age(scene.city.last) > 40) & np.isin(folk.name, names) & ~scene.city.purse.public
    living[np.array(sorted(winners))] = False
    living[scene.recipients("PG05")] = False  # that list excludes the others
    owner = np.zeros(len(folk), dtype=bool)
    owner[scene.city.firms.owner] = True
    return np.flatnonzero(living & ~owner)


def _kin(scene: Scene, winners: dict[int, list[int]]) -> None:
    """Close kin of winning owners on need-based lists: whether the family is one, only a visit can tell."""
    city = scene.city
    owner = np.zeros(len(city.folk), dtype=bool)
    owner[np.array(sorted(winners))] = True
    person, relative, _ = city.folk.kin
    kin = distinct(relative[owner[person]])
    pay = city.payments
    needy = np.flatnonzero(among(pay["programme"], _NEEDY) & among(pay["person"], kin))
    for one in distinct(pay["person"][needy]).tolist():
        if owner[one]:
            continue
        mine = needy[pay["person"][needy] == one]
        for unit in distinct(pay["unit"][mine]).tolist():
            part = mine[pay["unit"][mine] == unit]
            scene.undecidable(
                "person",
                one,
                unit,
                (rows("subsidy_payment", part),),
                area=int(city.folk.village[one]),
                cents=cents_of(city, part),
                note="中标企业负责人近亲属在救助名单",
            )
