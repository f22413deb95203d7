"""S24 消费券套现: orders at the threshold, the same hand again and again, series by the second, vouchers for most of the turnover, dead of night."""

from collections.abc import Callable

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, kept, month_number, months_of
from datasets.city.plant.scene import Scene
from datasets.city.shop import CAMPAIGNS, redeem, stays
from datasets.city.truth import EXPLAINED, PROBLEM, rows

Found = tuple[Ints, Ints]
"""Redemptions and months of turnover that show it."""


def plant(scene: Scene) -> None:
    """Every pattern has its shops; two of five shops show a second pattern."""
    wanted, used = scene.number(1.5), set[int]()
    for pattern, note in PATTERNS:
        for place in range(wanted):
            shop = _a_shop(scene, used)
            if shop != NONE:
                near = scene.near(place + 1 + len(used))
                _tell(scene, PROBLEM, shop, pattern(scene, shop, near), note, near=near)
    for shop in sorted(used)[::3]:
        _tell(scene, PROBLEM, shop, _fast(scene, shop, False), "连续快速核销")
    done = len(scene.city.truth.of("S24", PROBLEM))
    for place in range(11 * done):
        shop, (story, note) = _a_shop(scene, used, sized=False), _STORIES[place % len(_STORIES)]
        if shop != NONE:
            _tell(scene, EXPLAINED, shop, story(scene, shop, True), note, near=story is not _regulars)
    _bars(scene, used)


def _a_shop(scene: Scene, used: set[int], *, sized: bool = True) -> int:
    """A shop that plays no part, with known hours of the day; a busy one for a case."""
    book = scene.city.shops.merchants
    free = np.flatnonzero((book["opens"] != NONE) & (book["closes"] > book["opens"]))
    free = kept(free, ~among(free, sorted(used)))
    times = scene.pool("times", lambda: np.bincount(scene.city.shops.used["merchant"], minlength=len(book)))
    busy = kept(free, times[free] >= 70)
    pool = busy if sized and len(busy) else free
    if not len(pool):
        return NONE
    shop = int(scene.rng.choice(pool))
    used.add(shop)
    return shop


def _mine(scene: Scene, shop: int) -> Ints:
    book = scene.city.shops.used
    mine = book.by("merchant").of(shop)
    return scene.rng.permutation(kept(mine, book["alive"][mine] == 1))


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


def _buyers(scene: Scene, count: int) -> Ints:
    folk = scene.city.folk
    grown = scene.pool("grown", lambda: np.flatnonzero((folk.age(scene.city.last) > 17) & (folk.died == NONE)))
    return scene.rng.choice(grown, count, replace=False)


def _morning(scene: Scene, shop: int) -> int:
    """The second at which a shop opens on some day of a campaign."""
    city, rng = scene.city, scene.rng
    month = month_number(int(rng.choice(np.array(city.years))), int(rng.choice(CAMPAIGNS)))
    first = int(stays(city.shops, np.array([shop]), month, rng)[0]) // DAY_SECONDS
    return first * DAY_SECONDS + int(city.shops.merchants["opens"][shop]) * 3600


def _set_amounts(scene: Scene, loads: Ints, low: float, high: float) -> None:
    book = scene.city.shops.used
    least = np.where(book["least"][loads] == NONE, 100_00, book["least"][loads])
    book["least"][loads] = least
    book["amount"][loads] = (least * (1 + scene.rng.uniform(low, high, len(loads)))).astype(np.int64)


def _at_limit(scene: Scene, shop: int, near: bool) -> Found:
    mine = _mine(scene, shop)
    share = scene.rng.uniform(0.61, 0.655) if near else scene.rng.uniform(0.7, 0.97)
    chosen = mine[: int(np.ceil(len(mine) * share))]
    _set_amounts(scene, mine[len(chosen) :], 0.03, 0.9)
    _set_amounts(scene, chosen, 0, 0.0095)
    return chosen, _none()


def _bursts(scene: Scene, shop: int, near: bool) -> Found:
    city, rng = scene.city, scene.rng
    users = _buyers(scene, 3 if near else int(rng.integers(4, 8)))
    made = []
    for user in users.tolist():
        count = 3 if near else int(rng.integers(3, 7))
        offsets = np.array([1800, 5 * 3600, 23 * 3600]) if near else np.sort(rng.integers(900, 10 * 3600, count))
        when = _morning(scene, shop) + offsets + rng.integers(0, 600)
        bought = redeem(city.shops, np.full(count, shop), np.full(count, user), when, rng, account=user)
        city.shops.used["person"][bought] = user
        made.append(bought)
    return np.concatenate(made), _none()


def _fast(scene: Scene, shop: int, near: bool) -> Found:
    city, rng = scene.city, scene.rng
    count = 12 if near else int(rng.integers(14, 40))
    gaps = rng.integers(52, 59, count) if near else rng.integers(4, 45, count)
    when = _morning(scene, shop) + int(rng.integers(3600, 9 * 3600)) + np.cumsum(gaps)
    return redeem(city.shops, np.full(count, shop), _buyers(scene, count), when, rng), _none()


def _share(scene: Scene, shop: int, near: bool, low: float = 0.508, high: float = 0.54) -> Found:
    """A month's turnover of which vouchers make such a share."""
    shops, city = scene.city.shops, scene.city
    share = scene.rng.uniform(low, high) if near else scene.rng.uniform(0.6, 0.97)
    month = month_number(int(scene.rng.choice(np.array(city.years))), int(scene.rng.choice(CAMPAIGNS)))
    paid = _paid(scene, shop, month)
    row = shops.sales.by("merchant").of(shop)
    row = kept(row, shops.sales["month"][row] == month)
    shops.sales["cents"][row] = int(paid / share)
    return _of_month(scene, shop, month), row


def _of_month(scene: Scene, shop: int, month: int) -> Ints:
    book, mine = scene.city.shops.used, _mine(scene, shop)
    return kept(mine, months_of(book["redeemed"][mine] // DAY_SECONDS) == month)


def _paid(scene: Scene, shop: int, month: int) -> int:
    return int(scene.city.shops.used["amount"][_of_month(scene, shop, month)].sum())


def _at_night(scene: Scene, shop: int, near: bool, low: float = 0.31, high: float = 0.328) -> Found:
    book, mine, rng = scene.city.shops.used, _mine(scene, shop), scene.rng
    share = rng.uniform(low, high) if near else rng.uniform(0.4, 0.85)
    chosen = mine[: int(np.ceil(len(mine) * share))]
    book["redeemed"][chosen] = book["redeemed"][chosen] // DAY_SECONDS * DAY_SECONDS + rng.integers(600, 4 * 3600, len(chosen))
    return chosen, _none()


def _set_meal(scene: Scene, shop: int, _near: bool) -> Found:
    """A menu at the price of the threshold is half of what is sold."""
    mine = _mine(scene, shop)
    chosen = mine[: int(len(mine) * scene.rng.uniform(0.46, 0.57))]
    _set_amounts(scene, mine[len(chosen) :], 0.03, 0.9)
    _set_amounts(scene, chosen, 0, 0.0095)
    return chosen, _none()


def _a_little_over(scene: Scene, shop: int, _near: bool) -> Found:
    mine = _mine(scene, shop)
    chosen = mine[: int(len(mine) * scene.rng.uniform(0.65, 0.85))]
    _set_amounts(scene, mine[len(chosen) :], 0.03, 0.9)
    _set_amounts(scene, chosen, 0.013, 0.03)
    return chosen, _none()


def _few(scene: Scene, shop: int, _near: bool) -> Found:
    """A small shop: all its few orders are at the threshold."""
    mine = _mine(scene, shop)
    scene.city.shops.used["alive"][mine[int(scene.rng.integers(12, 19)) :]] = 0
    _set_amounts(scene, _mine(scene, shop), 0, 0.0095)
    return _mine(scene, shop), _none()


def _regulars(scene: Scene, shop: int, _near: bool) -> Found:
    """Five neighbours come twice on a day, two of the staff three times."""
    city, made = scene.city, []
    for place, user in enumerate(_buyers(scene, 6).tolist()):
        count = 3 if place < 2 else 2
        when = _morning(scene, shop) + np.sort(scene.rng.integers(900, 10 * 3600, count))
        made.append(redeem(city.shops, np.full(count, shop), np.full(count, user), when, scene.rng))
    return np.concatenate(made), _none()


def _rush(scene: Scene, shop: int, _near: bool) -> Found:
    """Nine customers within minutes when the sale begins, then a queue at two tills."""
    city, rng = scene.city, scene.rng
    gaps = np.r_[rng.integers(40, 58, 9), rng.integers(300, 600, 1), rng.integers(63, 90, 12)]
    when = _morning(scene, shop) + 3600 + np.cumsum(gaps)
    return redeem(city.shops, np.full(len(when), shop), _buyers(scene, len(when)), when, rng), _none()


def _good_month(scene: Scene, shop: int, _near: bool) -> Found:
    return _share(scene, shop, True, 0.44, 0.49)


def _late_closing(scene: Scene, shop: int, _near: bool) -> Found:
    return _at_night(scene, shop, True, 0.2, 0.285)


Pattern = Callable[[Scene, int, bool], Found]
PATTERNS: tuple[tuple[Pattern, str], ...] = (
    (_at_limit, "订单金额集中在满减门槛"), (_bursts, "同一用户短时反复核销"), (_fast, "连续快速核销"), (_share, "核销金额占收单流水过半"), (_at_night, "非营业时间核销"),
)  # fmt: skip
_STORIES: tuple[tuple[Pattern, str], ...] = (
    (_set_meal, "套餐定价与门槛相同"), (_regulars, "熟客与店员偶有多次"), (_good_month, "活动月占比高但未过半"), (_rush, "开业活动排队"), (_few, "小店核销笔数很少"),
    (_late_closing, "节日延长营业"), (_a_little_over, "略高于门槛的日常消费"), (_rush, "活动日多台收银"), (_set_meal, "固定价套餐"), (_regulars, "家庭成员同日消费"),
)  # fmt: skip


def _tell(scene: Scene, kind: str, shop: int, found: Found, note: str, *, near: bool = False) -> None:
    """Nobody has said which office answers for a shop: its row names no unit."""
    book = scene.city.shops
    write = scene.problem if kind == PROBLEM else scene.explained
    cents = int(book.used["discount"][found[0]].sum())
    proof = (rows("voucher_redemption", found[0]), rows("merchant_sales", found[1]))
    write("merchant", shop, NONE, proof, area=int(book.merchants["area"][shop]), cents=cents, near=near, note=note)


def _bars(scene: Scene, used: set[int]) -> None:
    """Bars are open after midnight."""
    book = scene.city.shops.merchants
    for shop in np.flatnonzero((book["opens"] != NONE) & (book["closes"] < book["opens"])).tolist():
        if shop not in used:
            mine = _mine(scene, shop)
            late = kept(mine, scene.city.shops.used["redeemed"][mine] % DAY_SECONDS < 3 * 3600)
            _tell(scene, EXPLAINED, shop, (late if len(late) else mine[:3], _none()), "夜间营业，跨零点")
