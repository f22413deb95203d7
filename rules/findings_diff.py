"""Two versions of a rule over the same records (规则对比): findings gained, lost and changed, by unit and month."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rules.signal import Signal

Identity = tuple[str, str, str | None, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class FindingsDiff:
    """What the new version finds and the old does not, the other way round, and what both find with other facts."""

    gained: tuple[Signal, ...]
    lost: tuple[Signal, ...]
    changed: tuple[tuple[Signal, Signal], ...]
    """Old and new."""
    kept: int
    """Findings that are the same in both, severity and facts included."""

    @property
    def same(self) -> bool:
        return not (self.gained or self.lost or self.changed)

    def by_unit(self) -> Mapping[str, tuple[int, int]]:
        """Unit ('' for none) -> findings gained and lost, the unit with most first."""
        return _pairs(self.gained, self.lost, lambda one: one.unit_id or "")

    def by_month(self) -> Mapping[str, tuple[int, int]]:
        """YYYY-MM of the finding's last day ('' for none) -> findings gained and lost, in order of time."""
        return dict(sorted(_pairs(self.gained, self.lost, month_of).items()))


def compare(old: Iterable[Signal], new: Iterable[Signal]) -> FindingsDiff:
    """Compare the findings of two versions; a finding is the same one when subject, unit and `per` are equal.

    The rules' ids do not matter, so that a copy under another name can be compared with its original.
    """
    before, after = {_identity(one): one for one in old}, {_identity(one): one for one in new}
    both = sorted(before.keys() & after.keys(), key=str)
    changed = [(before[key], after[key]) for key in both if _facts(before[key]) != _facts(after[key])]
    return FindingsDiff(
        gained=tuple(after[key] for key in sorted(after.keys() - before.keys(), key=str)),
        lost=tuple(before[key] for key in sorted(before.keys() - after.keys(), key=str)),
        changed=tuple(changed),
        kept=len(both) - len(changed),
    )


def month_of(one: Signal) -> str:
    """The month a finding belongs to: that of its last day, else of its first; '' when it has neither."""
    day = one.last_on or one.first_on
    return f"{day:%Y-%m}" if day is not None else ""


def _identity(one: Signal) -> Identity:
    return one.subject_kind, one.subject_id, one.unit_id, tuple(sorted(one.per.items()))


def _facts(one: Signal) -> tuple[str, str]:
    return one.content_hash, one.severity


def _pairs(gained: Iterable[Signal], lost: Iterable[Signal], of: Callable[[Signal], str]) -> dict[str, tuple[int, int]]:
    more, fewer = Counter(map(of, gained)), Counter(map(of, lost))
    keys = sorted(more.keys() | fewer.keys(), key=lambda key: (-more[key] - fewer[key], key))
    return {key: (more[key], fewer[key]) for key in keys}
