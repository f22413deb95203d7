"""What an office would conclude about a run's alerts (模拟研判), drawn from the city's truth at practice's rates.

Not every problem can be proven, and offices prove some kinds much more often than others. In Jiyang 76 of 814 doubtful rows were
confirmed (9.3 %). So each rule gets a rate of its own that nobody knows beforehand, an alert's chance is that of its best
rule, halved where only a person can tell and 0 where the records explain it, and all chances together are brought to the share of practice.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from datasets.city.truth import PROBLEM, UNDECIDABLE

PRACTICE = 0.093
"""Jiyang: 76 of 814."""
WORTH = {PROBLEM: 1.0, UNDECIDABLE: 0.5}
UNEVEN = (0.6, 0.6)
"""Shape of the Beta distribution of the rules' rates: most are proven nearly always or nearly never."""
SURE = 0.95
"""Nothing is proven every time."""


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
    rates = {rule: dice.beta(*UNEVEN) for rule in sorted({rule for name in alerts for rule in rules[name]})}
    chance = np.array([WORTH.get(worth[name], 0.0) * max((rates[rule] for rule in rules[name]), default=0.0) for name in alerts])
    factor = share * len(alerts) / chance.sum() if chance.sum() else 0.0
    drawn = dice.random(len(alerts)) < np.minimum(chance * factor, SURE)
    return {name: bool(right) for name, right in zip(alerts, drawn, strict=True)}
