"""Matters (同一事项): alerts that touch the same official, project, firm, person or village, gathered; never merged.

Ties are taken up one by one, the closest kind and the rarest entity first. One that would make a matter larger than
`most`, or that touches more than `hub` alerts (a large village, a firm that is everywhere), joins nothing: so no
matter grows until it says nothing any more. The order of the alerts does not matter.
"""

from collections import defaultdict
from collections.abc import Sequence

from rules.alert import Alert
from rules.linked import touched
from rules.terms import MatterTerms

Tie = tuple[str, str]


def matters_of(alerts: Sequence[Alert], terms: MatterTerms) -> list[tuple[str, ...]]:
    """The matters: fingerprints, sorted, of two alerts or more each."""
    touching: dict[Tie, set[str]] = defaultdict(set)
    for alert in alerts:
        for kind, entity in touched(alert):
            if kind in terms.ties:
                touching[kind, entity].add(alert.fingerprint)
    matter = {alert.fingerprint: frozenset({alert.fingerprint}) for alert in alerts}
    closest_first = sorted(touching, key=lambda tie: (terms.ties.index(tie[0]), len(touching[tie]), tie))
    for tie in closest_first:
        if not 1 < len(touching[tie]) <= terms.hub:
            continue
        joined = frozenset().union(*(matter[one] for one in touching[tie]))
        if len(joined) <= terms.most:
            matter.update(dict.fromkeys(joined, joined))
    return sorted({tuple(sorted(one)) for one in matter.values() if len(one) > 1})
