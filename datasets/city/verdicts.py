"""What an office would conclude about a run's alerts (模拟研判), drawn from the city's truth at practice's rates.

Not every problem can be proven, and offices prove some kinds much more often than others. In Jiyang 76 of 814 doubtful rows were
confirmed (9.3 %). So each rule gets a rate of its own that nobody knows beforehand, most of them near 0 and some near 1; an
alert's chance is that of its best rule, halved where only a person can tell and 0 where the records explain it; and the rates
are such that all alerts together come to the share of practice.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.stats import beta

from datasets.city.truth import PROBLEM, UNDECIDABLE

PRACTICE = 0.093
"""Jiyang: 76 of 814."""
WORTH = {PROBLEM: 1.0, UNDECIDABLE: 0.5}
UNEVEN = 1.2
"""Sum of the two shapes of the Beta distribution of the rules' rates: near 1 the rates lie at the ends."""


def conclude(
    worth: Mapping[str, str], rules: Mapping[str, Sequence[str]], seed: int, share: float | None = PRACTICE
) -> dict[str, bool]:
    """Alert -> whether it would be substantiated. `worth`: alert -> problem, undecidable, explained, unplanted; `rules`: alert -> its rules.

    `share` of all alerts in the mean; None: exactly the problems.
    """
    alerts = sorted(worth)
    if share is None:
        return {name: worth[name] == PROBLEM for name in alerts}
    dice = np.random.default_rng(seed)
    place = {rule: dice.random() for rule in sorted({rule for name in alerts for rule in rules[name]})}
    best = np.array([max((place[rule] for rule in rules[name]), default=0.0) for name in alerts])
    known = np.array([WORTH.get(worth[name], 0.0) for name in alerts])

    def chance(mean: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """Of every alert, where the rules' rates have this mean: a rule's place among the rules gives its rate."""
        return np.asarray(known * beta.ppf(best, UNEVEN * mean, UNEVEN * (1 - mean)))

    low, high = 0.001, 0.999
    if chance(high).mean() <= share:
        mean = high
    else:
        mean = brentq(lambda one: chance(one).mean() - share, low, high, xtol=1e-4)
    drawn = dice.random(len(alerts)) < chance(mean)
    return {name: bool(right) for name, right in zip(alerts, drawn, strict=True)}
