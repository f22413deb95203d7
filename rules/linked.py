"""Alerts that touch the same project, village, firm or official (串联): linked for whoever reads them, never merged."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from rules.alert import Alert, Linked
from rules.severity import rank

KINDS = ("project", "village", "enterprise", "person")
"""Kinds of subject and party that tie alerts together; the area of an alert does when it is a village, its officials always."""
ALL_PAIRS = 12
"""Up to so many alerts each is linked with each; of more, each with the gravest, so that a large village stays readable."""

_VILLAGE = re.compile(r"\d{9}(?!000)\d{3}")
"""A twelve-digit statistical code that ends below the town."""


def linked(alerts: Sequence[Alert]) -> list[Linked]:
    """The links of these alerts, sorted."""
    touching: dict[tuple[str, str], list[Alert]] = defaultdict(list)
    for alert in alerts:
        for tie in set(touched(alert)):
            touching[tie].append(alert)
    return sorted(
        (
            Linked(left=left, right=right, kind=kind, entity_id=entity)
            for (kind, entity), found in touching.items()
            for left, right in _pairs(found)
        ),
        key=lambda link: (link.left, link.right, link.kind, link.entity_id),
    )


def touched(alert: Alert) -> Iterator[tuple[str, str]]:
    """Kind and id of everything that ties this alert to others; a whole town or county ties nothing."""
    for kind, entity in ((alert.subject_kind, alert.subject_id), *alert.parties):
        if kind in KINDS:
            yield kind, entity
    if alert.area_id and _VILLAGE.fullmatch(alert.area_id):
        yield "village", alert.area_id
    for official in alert.officials:
        yield "official", official


def _pairs(alerts: Sequence[Alert]) -> Iterable[tuple[str, str]]:
    ordered = sorted(alerts, key=lambda alert: (-rank(alert.severity), alert.fingerprint))
    ids = [alert.fingerprint for alert in ordered]
    if len(ids) <= ALL_PAIRS:
        return ((min(pair), max(pair)) for pair in combinations(ids, 2))
    return ((min(ids[0], other), max(ids[0], other)) for other in ids[1:])
