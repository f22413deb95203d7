"""Live rules that find the same (重复规则): ten rows for one problem begin with two rules for one pattern."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from rules.signal import Signal

MOST_COMMON = 0.9
"""Two live rules share at most this much of their findings."""
FEWEST = 5
"""With fewer findings than this a share says nothing."""
Finding = tuple[str, str, str | None]


@dataclass(frozen=True)
class Overlap:
    """Two rules and the findings they have in common: equal subject and accountable unit."""

    left: str
    right: str
    common: int
    left_findings: int
    right_findings: int

    @property
    def share(self) -> float:
        """Common findings over those of either rule (Jaccard): a narrow rule inside a broad one is no repetition."""
        return self.common / (self.left_findings + self.right_findings - self.common)


def overlaps(found: Mapping[str, Iterable[Signal]], asked: Container[str] = ()) -> list[Overlap]:
    """Pairs of rules with findings in common, the most alike first; rules with few findings are left out.

    With rules `asked` after, only their pairs, however few the findings.
    """
    sets = {name: {(one.subject_kind, one.subject_id, one.unit_id) for one in signals} for name, signals in found.items()}
    holders: dict[Finding, list[str]] = defaultdict(list)
    for name in sorted(name for name, findings in sets.items() if asked or len(findings) >= FEWEST):
        for finding in sets[name]:
            holders[finding].append(name)
    common = Counter(pair for names in holders.values() for pair in combinations(names, 2) if _wanted(pair, asked))
    pairs = [Overlap(left, right, count, len(sets[left]), len(sets[right])) for (left, right), count in common.items()]
    return sorted(pairs, key=lambda pair: (-pair.share, pair.left, pair.right))


def _wanted(pair: tuple[str, str], asked: Container[str]) -> bool:
    return not asked or any(name in asked for name in pair)
