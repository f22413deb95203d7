"""How long to wait after attempts that failed, and when to give up."""

import random
from datetime import timedelta

GIVE_UP = timedelta(hours=24)
FIRST, FACTOR, LONGEST = 5.0, 3.0, 3600.0
"""Seconds: 5, 15, 45, 135, 405, 1215, then every hour: some 28 attempts in a day."""
JITTER = 0.2
"""A fifth more or less, so that what failed together does not come back together."""
PATIENCE = 5
"""Failures in a row, without a success between them, after which the receiver is taken to be down as a whole."""
PROBE = 60.0
"""Seconds, at most, between looks at a receiver that is down: it gets its news within a minute of coming back."""


def pause(attempts: int, chance: random.Random) -> timedelta:
    """After so many failed attempts (1 or more) of one delivery."""
    plain = min(FIRST * FACTOR ** min(attempts - 1, 20), LONGEST)
    return timedelta(seconds=plain * chance.uniform(1 - JITTER, 1 + JITTER))


def hold(failures: int) -> timedelta | None:
    """How long a whole subscription rests after so many failures in a row; None while single deliveries may be at fault."""
    if failures < PATIENCE:
        return None
    return timedelta(seconds=min(FIRST * 2.0 ** min(failures - PATIENCE, 20), PROBE))
