"""Lists of problems by kind of body (机关、事业、国企、村居): common (共性), repeated (反复发生), systemic (体制机制).

Common is counted here: the same rule at several units of a kind. Repeated and systemic are what the chains of patterns opened alerts for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import select

from service.access.caller import Caller
from service.access.sight import narrowed
from service.names import PATTERN
from service.reading import Reading
from service.roll.alerts import Mask
from service.store.alert import ACCEPTED, OPEN, Alert
from service.store.standing import STATES
from service.whole.bodies import KINDS, Body
from service.whole.ledger import Ledger
from service.words import either

UNITS = 3
"""At so many units of a kind a problem is common to them: fewer would point at one of them, not at the kind."""
LISTED = 12
"""Problems listed for each kind: the list is to be worked on, not to be complete."""


@dataclass(frozen=True)
class Common:
    """A problem that several units of a kind have."""

    rule: str
    units: int
    of: int
    """Units of the kind on record."""
    alerts: int
    confirmed: int
    confirmed_units: int


@dataclass(frozen=True)
class Pattern:
    """An alert about a pattern: what it says, about whom, and whether somebody has taken it."""

    alert: str
    title: str
    unit_id: str | None
    status: str


@dataclass(frozen=True)
class Problems:
    """The three lists of a kind of body."""

    kind: str
    common: Sequence[Common]
    repeated: Sequence[Pattern]
    systemic: Sequence[Pattern]


def problems(seen: Reading, caller: Caller, ledger: Ledger, mask: Mask, known: Mapping[str, Body]) -> list[Problems]:
    """The lists of every kind that has any, of the alerts that the mask leaves; what was no problem does not count."""
    patterns = _patterns(seen, caller)
    common = _common(ledger, mask, known)
    found = []
    for kind in KINDS:
        mine = [one for one in patterns if one[1].unit_id in known and known[str(one[1].unit_id)].kind == kind]
        repeated = [one for which, one in mine if which == "repeated"]
        systemic = [one for which, one in mine if which == "systemic"]
        if common.get(kind) or repeated or systemic:
            found.append(Problems(kind, common.get(kind, [])[:LISTED], repeated[:LISTED], systemic[:LISTED]))
    return found


def _common(ledger: Ledger, mask: Mask, known: Mapping[str, Body]) -> dict[str, list[Common]]:
    roll = ledger.roll
    units, rules = roll.coded["unit"], roll.coded["rule"]
    if rules.owner is None or not units.values:
        return {}
    living = np.isin(ledger.state, [STATES.index(one) for one in ("open", "accepted", "confirmed")]) & mask & (units.codes >= 0)
    kept = living[rules.owner]
    owner = rules.owner[kept]
    kind_of = np.array([known[one].kind if one in known else "" for one in units.values], dtype=object)
    frame = pd.DataFrame(
        {"unit": units.codes[owner], "rule": rules.codes[kept], "right": ledger.state[owner] == STATES.index("confirmed")}
    )
    frame["kind"] = kind_of[frame["unit"].to_numpy()]
    frame["right_unit"] = frame["unit"].where(frame["right"])
    grouped = frame.groupby(["kind", "rule"]).agg(
        units=("unit", "nunique"), alerts=("unit", "size"), confirmed=("right", "sum"), confirmed_units=("right_unit", "nunique")
    )
    several = grouped[grouped["units"] >= UNITS].reset_index().sort_values(["units", "alerts"], ascending=False, kind="stable")
    sizes = pd.Series([one.kind for one in known.values()], dtype=object).value_counts()
    found: dict[str, list[Common]] = {}
    columns = ("rule", "units", "alerts", "confirmed", "confirmed_units")
    numbers = zip(*(several[one].astype(int).tolist() for one in columns), strict=True)
    for kind, (rule, *counts) in zip(several["kind"].tolist(), numbers, strict=True):  # a few dozen groups
        if kind in sizes.index:
            several_units, alerts, right, right_units = counts
            one = Common(rules.values[rule], several_units, int(sizes[kind]), alerts, right, right_units)
            found.setdefault(kind, []).append(one)
    return found


def _patterns(seen: Reading, caller: Caller) -> list[tuple[str, Pattern]]:
    """Living alerts about a unit's repeated and systemic problems, the highest priority first."""
    query = narrowed(select(Alert), caller).where(
        Alert.subject_kind == PATTERN, Alert.subject_id.in_(("repeated", "systemic")), Alert.status.in_((OPEN, ACCEPTED))
    )
    alerts = seen.session.scalars(query.order_by(Alert.priority.desc(), Alert.fingerprint)).all()
    return [
        (one.subject_id, Pattern(one.fingerprint, seen.titles.into(either(one.title)), one.unit_id, one.status)) for one in alerts
    ]
