"""Administrative penalties (行政处罚) as the authorities publish them: most firms have none, a few have one, hardly any has more."""

import numpy as np

from datasets.city.arrays import Ints
from datasets.city.body import Bodies
from datasets.city.firm import Firms
from datasets.city.ledger import Ledger

COLUMNS = ("firm", "unit", "decided", "cents", "reason")
AUTHORITIES = ("生态环境局", "市场监督管理局", "城市管理局")
REASONS = {
    "生态环境局": ("扬尘污染", "超标排放废水", "未验先投", "夜间噪声超标"),
    "市场监督管理局": ("销售过期食品", "价格欺诈", "计量器具不合格", "虚假宣传"),
    "城市管理局": ("占道经营", "运输撒漏", "擅自设置户外广告", "随意倾倒建筑垃圾"),
}
WORDS = tuple(reason for name in AUTHORITIES for reason in REASONS[name])


def fine(book: Ledger, firms: Ints, decided: Ints, unit: int | Ints, rng: np.random.Generator, authority: Ints | int = 0) -> Ints:
    """Fine firms on days; the amount is in cents, as the authorities round it. Returns the new rows."""
    count = len(firms)
    cents = rng.choice([2_000, 5_000, 10_000, 20_000, 30_000, 50_000, 100_000], count) * 100
    reason = authority * 4 + rng.integers(0, 4, count)
    return book.add(count, firm=firms, unit=unit, decided=decided, cents=cents, reason=reason)


def punish(firms: Firms, bodies: Bodies, first: int, last: int, rng: np.random.Generator) -> Ledger:
    """The penalties of honest times: about one firm in thirty a year, each fined once."""
    book = Ledger(COLUMNS)
    count = max(4, len(firms) * (last - first) // 365 // 30)
    chosen = rng.permutation(len(firms))[:count].astype(np.int64)
    authority = rng.integers(0, len(AUTHORITIES), len(chosen))
    units = np.array([bodies.agency(name) for name in AUTHORITIES])[authority]
    fine(book, chosen, np.sort(rng.integers(first, last - 5, len(chosen))), units, rng, authority)
    return book
