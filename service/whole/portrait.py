"""Portrait of a unit (政治生态画像): its alerts, confirmed problems, hotline handling and rectification, against peers, with the reasons.

Of units only. There is no score: each measure stands beside the median of the units of its kind and level, and says how many of them
have less. What rests on few is not told as a share, and few peers are no comparison.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Literal

import numpy as np

from service.access.caller import Caller
from service.reading import Reading
from service.roll.alerts import Mask
from service.whole import hotline, putting_right
from service.whole.bodies import Body, peers
from service.whole.figures import Share, shares
from service.whole.hotline import Handling
from service.whole.ledger import Ledger
from service.whole.putting_right import Rectified

FEW = 3
"""Counts of people's orders below this are told as fewer than so many."""
BASE = 5
"""No share of fewer than so many is told."""
PEERS = 5
RECORDS = 100
"""With fewer records on file no rate in a thousand is told."""
DIGITS = {"count": 0, "share": 2, "rate": 1}
"""Digits told of a value: what is told as equal stands as equal."""
"""With fewer peers nothing is compared."""
REASONS = 5
Form = Literal["count", "share", "rate"]


@dataclass(frozen=True)
class Measure:
    """One measure of a unit; None where it is not known or rests on too few."""

    key: str
    form: Form
    value: float | None
    median: float | None
    less: int
    """Peers with a smaller value."""
    peers: int
    """Peers of which the value is known, without the unit."""
    of: int = 0
    """What a share is a share of."""

    @property
    def stands(self) -> Literal["none", "more", "less", "same"]:
        """Beside the median of its peers."""
        if self.value is None or self.median is None:
            return "none"
        return "same" if self.value == self.median else "more" if self.value > self.median else "less"


@dataclass(frozen=True)
class Chapter:
    """Measures of one side of a unit, and what they come from: (what, how many), most first."""

    key: str
    measures: Sequence[Measure]
    reasons: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Portrait:
    """A unit as its records show it."""

    unit: Body
    peers: int
    """Other units of its kind and level."""
    alerts: Share | None
    """None when the caller sees no alert of it."""
    amount: Decimal
    chapters: Sequence[Chapter]


def portrait(
    seen: Reading, caller: Caller, ledger: Ledger, visible: Mask, known: Mapping[str, Body], unit: Body, today: date
) -> Portrait:
    """The portrait of a unit, of the alerts that are visible."""
    like = list(peers(dict(known), unit))
    of_units = {one.key: one for one in shares(ledger, visible, "unit", today)}
    own = of_units.get(unit.unit_id)
    chapters = [
        _alerts(seen, ledger, visible, unit, like, of_units),
        _confirmed(seen, ledger, visible, unit, like, of_units),
        _hotline(seen, unit, like),
        _rectified(seen, caller, unit, like, today),
    ]
    return Portrait(unit, len(like) - 1, own, own.amount if own else Decimal(0), chapters)


def _alerts(
    seen: Reading, ledger: Ledger, visible: Mask, unit: Body, like: Sequence[str], of_units: Mapping[str, Share]
) -> Chapter:
    size = hotline.records(seen.tables, like)
    came: dict[str, float | None] = {one: float(of_units[one].came) if one in of_units else 0.0 for one in like}
    rate = {one: 1000 * (came[one] or 0) / size[one] if size.get(one, 0) >= RECORDS else None for one in like}
    waits: dict[str, float | None] = {one: float(of_units[one].waiting) if one in of_units else 0.0 for one in like}
    measures = [
        _measure("came", "count", unit, came), _measure("rate", "rate", unit, rate, size.get(unit.unit_id, 0)),
        _measure("waiting", "count", unit, waits),
    ]  # fmt: skip
    return Chapter("alerts", measures, _rules(seen, ledger, visible & _of_unit(ledger, unit), lambda one: one.came))


def _confirmed(
    seen: Reading, ledger: Ledger, visible: Mask, unit: Body, like: Sequence[str], of_units: Mapping[str, Share]
) -> Chapter:
    right: dict[str, float | None] = {one: float(of_units[one].of("confirmed")) if one in of_units else 0.0 for one in like}
    judged = {one: of_units[one].judged if one in of_units else 0 for one in like}
    share = {one: (right[one] or 0) / judged[one] if judged[one] >= BASE else None for one in like}
    measures = [
        _measure("confirmed", "count", unit, right),
        _measure("confirmed_share", "share", unit, share, judged[unit.unit_id]),
    ]
    mask = visible & _of_unit(ledger, unit)
    return Chapter("confirmed", measures, _rules(seen, ledger, mask, lambda one: one.of("confirmed")))


def _hotline(seen: Reading, unit: Body, like: Sequence[str]) -> Chapter:
    found = hotline.handling(seen.tables, like, seen.desk.clock().replace(tzinfo=None))
    orders: dict[str, float | None] = {one: float(found[one].orders) if one in found else 0.0 for one in like}
    shares_of: tuple[tuple[str, Callable[[Handling], tuple[int, int]]], ...] = (
        ("late_share", lambda one: (one.late, one.dated)),
        ("unhappy_share", lambda one: (one.unhappy, one.asked)),
        ("again_share", lambda one: (one.again, one.orders)),
    )
    own = found.get(unit.unit_id, hotline.NOTHING)
    measures = [_measure("orders", "count", unit, orders)]
    for key, parts in shares_of:
        values = {one: _part(*parts(found.get(one, hotline.NOTHING))) for one in like}
        measures.append(_measure(key, "share", unit, values, parts(own)[1]))
    told = [(name, count) for name, count in hotline.categories(seen.tables, unit.unit_id) if count >= FEW]
    return Chapter("hotline", measures, told)


def _rectified(seen: Reading, caller: Caller, unit: Body, like: Sequence[str], today: date) -> Chapter:
    found = putting_right.rectified(seen, caller, like, today)
    parts: tuple[tuple[str, Callable[[Rectified], tuple[int, int]]], ...] = (
        ("closed_share", lambda one: (one.closed, one.items)),
        ("rectified_late_share", lambda one: (one.late, one.items)),
        ("reopened_share", lambda one: (one.again, one.items)),
    )
    items: dict[str, float | None] = {one: float(found[one].items) if one in found else 0.0 for one in like}
    measures = [_measure("items", "count", unit, items)]
    own = found.get(unit.unit_id, putting_right.NOTHING)
    for key, part in parts:
        values = {one: _part(*part(found.get(one, putting_right.NOTHING))) for one in like}
        measures.append(_measure(key, "share", unit, values, part(own)[1]))
    return Chapter("rectified", measures, [])


def _part(some: int, of: int) -> float | None:
    return some / of if of >= BASE else None


def _measure(key: str, form: Form, unit: Body, values: Mapping[str, float | None], of: int = 0) -> Measure:
    values = {one: None if value is None else round(value, DIGITS[form]) for one, value in values.items()}
    others = [value for one, value in values.items() if one != unit.unit_id and value is not None]
    mine = values.get(unit.unit_id)
    if len(others) < PEERS:
        return Measure(key, form, mine, None, 0, len(others), of)
    less = sum(1 for one in others if mine is not None and one < mine)
    return Measure(key, form, mine, round(float(median(others)), DIGITS[form] or 1), less, len(others), of)


def _of_unit(ledger: Ledger, unit: Body) -> Mask:
    return ledger.roll.coded["unit"].within([unit.unit_id], ledger.roll.size)


def _rules(seen: Reading, ledger: Ledger, mask: Mask, count: Callable[[Share], int]) -> list[tuple[str, int]]:
    """The rules behind most of the alerts, by their titles."""
    if not np.any(mask):
        return []
    found = [(seen.titles.of(one.key), count(one)) for one in shares(ledger, mask, "rule", date.max) if count(one)]
    return sorted(found, key=lambda one: -one[1])[:REASONS]
