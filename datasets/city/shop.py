"""Shops with vouchers (消费券): merchants with their hours, monthly turnover, and what customers redeem in the campaigns."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, month_number, month_start, months_of, spread
from datasets.city.firm import Firms
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger

CAMPAIGNS = (5, 10)
"""Months in which vouchers may be used."""
STEPS = (50, 100, 200, 300)
"""From how many yuan on a voucher may be used, and beside it what it takes off."""
OFF = (10, 20, 50, 80)
_BAR = 0.07
"""Share of shops that close after midnight."""


@dataclass
class Shops:
    """Merchants by row of `merchants`, their turnover and the vouchers redeemed there."""

    merchants: Ledger
    sales: Ledger
    used: Ledger


def open_shops(folk: Folk, firms: Firms, years: range, last: int, rng: np.random.Generator) -> Shops:
    """The merchants of the campaigns with honest customers."""
    shops = Shops(
        Ledger(("firm", "area", "opens", "closes")), Ledger(("merchant", "month", "cents")),
        Ledger(("person", "merchant", "device", "account", "amount", "discount", "redeemed", "least")),
    )  # fmt: skip
    firm = rng.permutation(np.flatnonzero((firms.kind == 2) & (firms.cancelled == NONE)))[: max(80, len(folk) // 80)]
    count = len(firm)
    bar, unknown = rng.random(count) < _BAR, rng.random(count) < 0.02
    opens, closes = np.where(bar, 17, rng.integers(6, 10, count)), np.where(bar, 2, rng.integers(20, 23, count))
    shops.merchants.add(
        count, firm=firm, area=firms.area[firm], opens=np.where(unknown, NONE, opens), closes=np.where(unknown, NONE, closes)
    )
    size = np.exp(rng.normal(0, 0.5, count))
    buyers = np.flatnonzero((folk.age(last) > 17) & (folk.died == NONE))
    for year in years:
        for month in CAMPAIGNS:
            times = np.clip(size * rng.normal(34, 8, count), 4, 140).astype(np.int64)
            merchant, _ = spread(np.zeros(count, dtype=np.int64), times)
            redeem(
                shops, merchant, rng.choice(buyers, len(merchant)), stays(shops, merchant, month_number(year, month), rng), rng
            )
    _turn_over(shops, month_number(years[0], 1), int(months_of(np.array([last]))[0]), rng)
    return shops


def stays(shops: Shops, merchant: Ints, month: int, rng: np.random.Generator) -> Ints:
    """Seconds in a campaign's month at which customers pay: within the hours, mostly about noon and in the evening."""
    count = len(merchant)
    opens, closes = shops.merchants["opens"][merchant], shops.merchants["closes"][merchant]
    opens, closes = np.where(opens == NONE, 8, opens), np.where(closes == NONE, 21, closes)
    span = (closes - opens) % 24 * 3600
    peak = np.where(rng.random(count) < 0.45, rng.beta(6, 9, count), rng.beta(7, 3.4, count))
    share = np.where(rng.random(count) < 0.25, rng.random(count), peak) * 0.97 + 0.01
    first = int(month_start(np.array([month]))[0])
    return np.asarray((first + rng.integers(0, 28, count)) * DAY_SECONDS + opens * 3600 + (share * span).astype(np.int64))


def redeem(shops: Shops, merchant: Ints, person: Ints, when: Ints, rng: np.random.Generator, **changed: Ints | int) -> Ints:
    """Vouchers used for orders that run over the threshold by chance; returns the rows."""
    count = len(merchant)
    step = rng.choice(len(STEPS), count, p=[0.3, 0.4, 0.2, 0.1])
    least = np.array(STEPS)[step] * 100
    over = np.where(rng.random(count) < 0.08, rng.uniform(0, 0.009, count), 0.012 + rng.exponential(0.4, count))
    odd = rng.random(count)
    values: dict[str, Ints | int] = {
        "person": np.where(odd < 0.01, NONE, person), "merchant": merchant, "device": person, "account": np.where((odd > 0.01) & (odd < 0.03), NONE, person),
        "amount": (least * (1 + over)).astype(np.int64), "discount": np.array(OFF)[step] * 100, "redeemed": when,
        "least": np.where((odd > 0.03) & (odd < 0.035), NONE, least),
    }  # fmt: skip
    return shops.used.add(count, **(values | changed))


def month_amounts(shops: Shops, first: int, last: int) -> Ints:
    """Orders paid with vouchers in cents by merchant and month."""
    book = shops.used
    rows = book.living()
    month = months_of(book["redeemed"][rows] // DAY_SECONDS) - first
    width = last - first + 1
    place = book["merchant"][rows] * width + np.clip(month, 0, width - 1)
    return np.bincount(place, book["amount"][rows], len(shops.merchants) * width).astype(np.int64).reshape(-1, width)


def _turn_over(shops: Shops, first: int, last: int, rng: np.random.Generator) -> None:
    """Monthly turnover: vouchers are a small part of it."""
    paid = month_amounts(shops, first, last)
    usual = paid.max(axis=1, keepdims=True) * rng.uniform(3.5, 14, paid.shape)
    merchant, month = np.divmod(np.arange(paid.size), paid.shape[1])
    shops.sales.add(paid.size, merchant=merchant, month=first + month, cents=usual.ravel().astype(np.int64) // 100 * 100)
