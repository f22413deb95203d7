"""S07 法人、股东、个体户领救助: owners of active firms on need-based lists; small shops, shells and cooperatives are innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept, without
from datasets.city.plant.lists import NEEDY, any_month, in_weak, living, put_on, tell, untied
from datasets.city.plant.owned import firms_owned
from datasets.city.plant.scene import Scene, groups
from datasets.city.programme import number
from datasets.city.property import LIMITS

_CAPITAL = LIMITS["capital"] * 100
_LISTS = ("PG01", "PG15", "PG06", "PG01")
_STORIES = (
    "small",
    "cooperative",
    "shell",
    "small",
    "cancelled",
    "near",
    "small",
    "left",
    "cooperative",
    "shell",
    "near",
    "small",
)


def plant(scene: Scene) -> None:
    owners = firms_owned(scene)
    for place in range(scene.number(4, 1)):
        _case(scene, place, owners)
    problems = _settle(scene, owners)
    written = len(scene.city.truth.of("S07", "explained"))
    for place in range(11 * problems - written):
        _innocent(scene, _STORIES[place % len(_STORIES)], owners)


def _counts(scene: Scene, firm: int) -> bool:
    """Whether owning this firm bars from need-based help: no cooperative, no shell, with capital or tax."""
    firms = scene.city.firms
    if firms.kind[firm] == 1 or firms.cancelled[firm] != NONE:
        return False
    if firms.tax[firm] > 0:
        return True
    return bool(firms.capital[firm] >= _CAPITAL and firms.staff[firm] > 0)


def _doubtful(scene: Scene, firm: int) -> bool:
    """Much capital on paper, nobody insured and no tax: a shell, or a firm that hides its business."""
    firms = scene.city.firms
    return bool(
        firms.kind[firm] != 1 and firms.cancelled[firm] == NONE and firms.capital[firm] >= _CAPITAL and not _counts(scene, firm)
    )


def _free(scene: Scene, owners: dict[int, list[int]], weakly: bool = True) -> Ints:
    """Owners who play no part, none of whose firms bids for public work, and who draw nothing need-based."""
    fit = living(scene, scene.pool("shopkeepers", lambda: _only(scene, owners, 2)), 22, 72)
    some = in_weak(scene, fit)
    return some if weakly and len(some) else fit


def _case(scene: Scene, place: int, owners: dict[int, list[int]]) -> None:
    """On a list while the shop pays tax, or while a firm stands in the register with capital over the limit."""
    firms = scene.city.firms
    for person in scene.cast(_free(scene, owners), 1).tolist():
        firm, near = owners[person][0], scene.near(place)
        _long_open(scene, firm)
        if near:
            firms.capital[firm], firms.tax[firm], firms.staff[firm] = _CAPITAL + int(scene.rng.integers(0, 19)) * 100_000, 0, 2
        elif place % 3 == 0:
            firms.capital[firm], firms.staff[firm] = int(scene.rng.integers(30, 200)) * 1_000_000, int(scene.rng.integers(2, 9))
            firms.tax[firm] = int(scene.rng.integers(3, 60)) * 100_000
        else:
            firms.tax[firm] = int(scene.rng.integers(8, 300)) * 10_000
        code = _LISTS[place % len(_LISTS)]
        count = 1 if code == "PG15" else int(scene.rng.integers(2, 12))
        made = put_on(scene, person, code, any_month(scene, count), count)
        tell(scene, "problem", person, made, "名下有正常经营的企业或个体工商户", near=near)


def _long_open(scene: Scene, firm: int) -> None:
    """The business was there before the city's time."""
    firms = scene.city.firms
    firms.cancelled[firm] = NONE
    firms.founded[firm] = min(int(firms.founded[firm]), scene.city.first - int(scene.rng.integers(60, 4000)))
    for book in (firms.shares, firms.roles):
        mine = book["firm"] == firm
        book["starts"][mine] = np.minimum(book["starts"][mine], firms.founded[firm])


def _settle(scene: Scene, owners: dict[int, list[int]]) -> int:
    """Truth of owners on lists by other doings, and how many problems there are in all."""
    pay, city = scene.city.payments, scene.city
    told = {case.subject for case in city.truth.of("S07")}
    mask = np.zeros(len(city.folk), dtype=bool)
    mask[sorted(owners)] = True
    found = np.flatnonzero(
        among(pay["programme"], [number(code) for code in NEEDY]) & (pay["person"] != NONE) & (pay["alive"] == 1)
    )
    found = found[mask[pay["person"][found]]]
    for group in groups(pay["person"][found][None, :]):
        mine = found[group]
        person = int(pay["person"][mine[0]])
        if person in told:
            continue
        city.spoken[person] = True
        open_from = [int(city.firms.founded[firm]) for firm in owners[person] if _counts(scene, firm)]
        if open_from and (later := kept(mine, pay["paid"][mine] >= min(open_from))).size:
            tell(scene, "problem", person, later, "企业负责人或股东在救助名单")
        elif open_from:
            tell(scene, "explained", person, mine, "领取救助后才成立企业")
        elif any(_doubtful(scene, firm) for firm in owners[person]):
            tell(scene, "undecidable", person, mine, "注册资本高而无参保、无纳税，是否空壳需核实")
        else:
            tell(scene, "explained", person, mine, "小微个体或合作社，资本与纳税均未达限额")
    return len(city.truth.of("S07", "problem"))


def _innocent(scene: Scene, story: str, owners: dict[int, list[int]]) -> None:
    firms, rng = scene.city.firms, scene.rng
    pool = _cooperators(scene, owners) if story == "cooperative" else _free(scene, owners, weakly=False)
    for person in scene.cast(pool, 1).tolist():
        mine, note = owners[person], "个体工商户资本低于限额、未纳税"
        firms.tax[mine] = 0
        if story == "cooperative":
            note = "农民专业合作社成员"
        elif story == "shell":
            firms.capital[mine], firms.staff[mine], note = 0, 0, "无资本、无参保、无纳税的空壳"
        elif story == "near":
            firms.capital[mine], note = _CAPITAL - int(rng.integers(1, 20)) * 100_000, "注册资本略低于限额、未纳税"
        elif story == "cancelled":
            firms.capital[mine], note = 500_000_00, "已注销后才纳入救助"
            firms.cancelled[mine] = scene.city.first - int(rng.integers(10, 300))
        elif story == "left":
            _sell(scene, person, mine)
            note = "已退股并变更法定代表人"
        else:
            firms.capital[mine] = rng.integers(1, 17, len(mine)) * 1_000_000
        code = _LISTS[int(rng.integers(len(_LISTS)))]
        made = put_on(scene, person, code, any_month(scene, 4), 1 if code == "PG15" else 4)
        tell(scene, "explained", person, made, note, near=story == "near")


def _cooperators(scene: Scene, owners: dict[int, list[int]]) -> Ints:
    return living(scene, scene.pool("cooperators", lambda: _only(scene, owners, 1)), 22, 75)


def _only(scene: Scene, owners: dict[int, list[int]], kind: int) -> Ints:
    """Owners of firms of one kind alone who draw nothing need-based and whom nothing ties to an office."""
    kinds = scene.city.firms.kind
    people = [person for person, mine in owners.items() if (kinds[mine] == kind).all()]
    fit = without(np.array(people, dtype=np.int64), scene.recipients(*NEEDY))
    return kept(fit, untied(scene)[fit])


def _sell(scene: Scene, person: int, mine: list[int]) -> None:
    """Everything went to somebody of the village who draws nothing, before the city's time began."""
    city, firms = scene.city, scene.city.firms
    fit = (
        (city.folk.died == NONE)
        & (city.folk.age(city.last) > 24)
        & (city.folk.age(city.last) < 60)
        & ~city.purse.public
        & ~city.spoken
    )
    fit[scene.recipients(*NEEDY)] = False
    buyer = int(scene.rng.choice(np.flatnonzero(fit)))
    city.spoken[buyer] = True
    day_ = city.first - int(scene.rng.integers(5, 300))
    for firm in mine:
        firms.owner[firm] = buyer
        held = np.flatnonzero(
            (firms.shares["firm"] == firm) & (firms.shares["person"] == person) & (firms.shares["ends"] == NONE)
        )
        firms.shares["ends"][held] = np.maximum(day_, firms.shares["starts"][held] + 1)
        firms.shares.copy_rows(held, person=buyer, starts=firms.shares["ends"][held], ends=NONE)
        posts = kept(np.arange(len(firms.roles)), (firms.roles["firm"] == firm) & (firms.roles["person"] == person))
        firms.roles["ends"][posts] = np.maximum(day_, firms.roles["starts"][posts] + 1)
