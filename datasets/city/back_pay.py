"""Back payments (补发): who comes on a list late is paid the months before with the first payment."""

import numpy as np

from datasets.city.arrays import NONE, Ints, month_number
from datasets.city.pay import BACK, Purse
from datasets.city.plot import MU
from datasets.city.programme import listed


def pay_arrears(purse: Purse, rng: np.random.Generator) -> None:
    """Of those who came on a monthly list in the city's time, three in ten get one to three months paid later."""
    monthly = np.array([item.months == "monthly" for item in listed()])
    pay = purse.payments
    rows = np.flatnonzero(monthly[pay["programme"]] & (pay["person"] != NONE))
    # every person's payments of a programme stand together in the order of time
    key = pay["programme"][rows] * len(purse.folk) + pay["person"][rows]
    first = rows[np.r_[True, key[1:] != key[:-1]]] if len(rows) else rows
    first = first[months_before(pay["period"][first], 0) > month_number(purse.years[0], 3)]
    first = first[rng.random(len(first)) < 0.3]
    months = rng.integers(1, 4, len(first))
    pay.copy_rows(
        first, amount=pay["amount"][first] * months, quantity=months * MU, period=period_of(months_before(pay["period"][first], 1)), kind=BACK,
    )  # fmt: skip


def months_before(period: Ints, count: Ints | int) -> Ints:
    """Months since 1970 of YYYYMM periods, some months earlier."""
    return np.asarray((period // 100 - 1970) * 12 + period % 100 - 1 - count)


def period_of(months: Ints) -> Ints:
    """YYYYMM of months since 1970."""
    return np.asarray((months // 12 + 1970) * 100 + months % 12 + 1)
