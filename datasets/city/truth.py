"""What was planted: problems, explained look-alikes and cases only a person can decide."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from datasets.city.arrays import NONE, Ints

PROBLEM, EXPLAINED, UNDECIDABLE = "problem", "explained", "undecidable"
HEADER = (
    "case_id",
    "kind",
    "rule",
    "subject_kind",
    "subject",
    "unit",
    "area",
    "stream",
    "office",
    "evidence",
    "amount",
    "near",
    "note",
)


@dataclass(frozen=True)
class Case:
    """One row of the truth; numbers are rows of the city's ledgers until the keys are given out."""

    kind: str
    rule: str
    subject_kind: str
    subject: int
    unit: int
    evidence: tuple[tuple[str, tuple[int, ...]], ...]
    area: int = NONE
    stream: str = ""
    office: str = ""
    cents: int = NONE
    near: bool = False
    note: str = ""


@dataclass
class Truth:
    cases: list[Case] = field(default_factory=list)
    _clusters: int = 0
    _by_rule: dict[str, list[Case]] = field(default_factory=dict, repr=False)

    def add(self, case: Case) -> None:
        self.cases.append(case)
        self._clusters += case.subject_kind == "cluster"
        self._by_rule.setdefault(case.rule, []).append(case)

    @property
    def clusters(self) -> int:
        """How many cases are about a cluster of firms: each has a number of its own."""
        return self._clusters

    def of(self, rule: str, kind: str | None = None) -> list[Case]:
        """Cases of a row of the catalogue, of one kind if one is given."""
        return [case for case in self._by_rule.get(rule, ()) if kind in (None, case.kind)]


def rows(table: str, numbers: Iterable[int] | Ints) -> tuple[str, tuple[int, ...]]:
    """Evidence of one table."""
    return table, tuple(int(number) for number in numbers)
