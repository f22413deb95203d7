"""How well a run did against a truth file: recall, precision, routing, by rule, stream and topic, and the order of its alerts.

Matching. A *finding* is one rule's signal in one open alert. It speaks of a *case* when the case's catalogue code is among
the rule's tags, and the subject is the same or, where one side's subject is a thing the run made up itself (a matter, a
cluster) or is of another kind, when they share a row of evidence. Of several cases of one subject, those of the same
accountable unit and with shared evidence are meant. A finding is worth the best of its cases: problem, undecidable,
explained; one without a case is `unplanted`.

recall = problems found / problems; precision = problem / (problem + explained + unplanted) findings, the undecidable reported beside;
routing = share of the found problems whose lead office and stream are the truth's. `rules` are catalogue codes, `book` the rules' own
ids: of these only the findings count, and tell what precision to expect of a rule (`prior` in its file).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from datasets.city.ranking import Ranked, ranking, share
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE
from datasets.city.truth_file import Evidence, Known

UNPLANTED = "unplanted"
WORTHS = (PROBLEM, UNDECIDABLE, EXPLAINED, UNPLANTED)
"""What a finding may be worth, the best first."""
MADE_UP = frozenset({"matter", "cluster", "project"})
"""Kinds of subject whose ids differ from city to city and run to run."""
REGISTERS = frozenset(
    {"area", "unit", "office", "person", "household", "enterprise", "programme", "public_employee", "debarment"}
)
"""Tables whose rows prove who somebody is, not that something happened: sharing one does not make two findings the same."""


@dataclass(frozen=True)
class Finding:
    """One rule's signal in one open alert, with where the alert went."""

    alert: str
    rule: str
    tags: tuple[str, ...]
    topic: str
    level: str
    priority: float
    subject_kind: str
    subject: str
    unit: str | None
    evidence: Evidence
    stream: str | None
    office: str | None
    again: bool = False
    """Told already by the alert it is at home in: it counts for the order of alerts only."""


@dataclass(frozen=True)
class Score:
    """The figures, ready for JSON, and what to look at: cases missed, cases routed elsewhere, findings without a problem."""

    figures: dict[str, object]
    missed: tuple[Known, ...]
    elsewhere: tuple[tuple[Known, Finding], ...]
    doubtful: tuple[tuple[Finding, str], ...]


@dataclass
class Tally:
    """Counts of one rule, stream, topic or of everything."""

    problems: int = 0
    found: int = 0
    routed: int = 0
    findings: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, object]:
        judged = self.findings[PROBLEM] + self.findings[EXPLAINED] + self.findings[UNPLANTED]
        return {
            "recall": share(self.found, self.problems),
            "precision": share(self.findings[PROBLEM], judged),
            "routing": share(self.routed, self.found),
            "problems": self.problems,
            "found": self.found,
            "findings": {name: self.findings[name] for name in (PROBLEM, UNDECIDABLE, EXPLAINED, UNPLANTED)},
        }


def score(cases: Sequence[Known], findings: Sequence[Finding]) -> Score:
    """Compare findings with the truth; see the module for what the figures mean. Shares without a whole are None."""
    index = _Index(cases)
    ranked = _ranked(findings, [index.of(finding) for finding in findings])
    findings = [finding for finding in findings if not finding.again]
    matches = [index.of(finding) for finding in findings]
    worth = [_worth(met) for met in matches]
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding, met in zip(findings, matches, strict=True):
        for case in met:
            found[case.case_id].append(finding)
    tallies = _tallies(cases, findings, matches, worth, found)
    figures: dict[str, object] = {"overall": tallies.pop(("overall", "")).figures()}
    for group in ("rules", "streams", "topics", "book"):
        figures[group] = {name: tallies[key].figures() for key in sorted(tallies) if key[0] == group for name in [key[1]]}
    problems = [case for case in cases if case.kind == PROBLEM]
    figures["priorities"] = ranking(ranked.values(), len(problems))
    return Score(
        figures,
        missed=tuple(case for case in problems if case.case_id not in found),
        elsewhere=tuple(
            (case, found[case.case_id][0]) for case in problems if found.get(case.case_id) and not _routed(case, found)
        ),
        doubtful=tuple((finding, kind) for finding, kind in zip(findings, worth, strict=True) if kind in (EXPLAINED, UNPLANTED)),
    )


def worth_of_alerts(cases: Sequence[Known], findings: Sequence[Finding]) -> dict[str, str]:
    """Alert -> the best of what its findings are worth: problem, undecidable, explained or unplanted."""
    index = _Index(cases)
    ranked = _ranked(findings, [index.of(finding) for finding in findings])
    return {name: next(kind for kind in WORTHS if kind in one.worth) for name, one in ranked.items()}


class _Index:
    """Cases by code and subject, and by code and evidence row."""

    def __init__(self, cases: Iterable[Known]) -> None:
        self._by_subject: dict[tuple[str, str, str], list[Known]] = defaultdict(list)
        self._by_row: dict[tuple[str, str, str], list[Known]] = defaultdict(list)
        for case in cases:
            self._by_subject[case.rule, case.subject_kind, case.subject].append(case)
            for table, key in case.evidence:
                if table not in REGISTERS:
                    self._by_row[case.rule, table, key].append(case)

    def of(self, finding: Finding) -> list[Known]:
        """The cases a finding speaks of."""
        met: dict[str, Known] = {}
        for code in finding.tags:
            same = self._by_subject[code, finding.subject_kind, finding.subject] if finding.subject_kind not in MADE_UP else []
            for case in _meant(finding, same) or self._sharing(code, finding):
                met[case.case_id] = case
        return list(met.values())

    def _sharing(self, code: str, finding: Finding) -> list[Known]:
        shared = [case for table, key in finding.evidence for case in self._by_row[code, table, key]]
        return [case for case in shared if case.subject_kind in MADE_UP or case.subject_kind != finding.subject_kind]


def _meant(finding: Finding, cases: list[Known]) -> list[Known]:
    """Of the cases of one code and subject those that the finding means, by unit and by evidence."""
    same_unit = [case for case in cases if case.unit and case.unit == finding.unit] or cases
    tables = {table for table, _ in finding.evidence} - REGISTERS
    sharing, silent = [], []
    for case in same_unit:
        if case.evidence & finding.evidence:
            sharing.append(case)
        elif not tables & {table for table, _ in case.evidence}:
            silent.append(case)  # nothing to compare: the subject has to do
    return [case for case in sharing if _rows(case) & _rows(finding)] or silent or sharing


def _rows(of: Known | Finding) -> Evidence:
    return frozenset(row for row in of.evidence if row[0] not in REGISTERS)


def _worth(cases: Iterable[Known]) -> str:
    kinds = {case.kind for case in cases}
    return next((kind for kind in (PROBLEM, UNDECIDABLE, EXPLAINED) if kind in kinds), UNPLANTED)


def _routed(case: Known, found: Mapping[str, Sequence[Finding]]) -> bool:
    """Whether an alert about the case went where the truth says; what the truth leaves open is right."""
    return any(case.stream in ("", one.stream) and case.office in ("", one.office) for one in found[case.case_id])


def _tallies(
    cases: Sequence[Known],
    findings: Sequence[Finding],
    matches: Sequence[Sequence[Known]],
    worth: Sequence[str],
    found: Mapping[str, Sequence[Finding]],
) -> dict[tuple[str, str], Tally]:
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    tallies["overall", ""] = Tally()
    topic_of = {tag: one.topic for one in findings for tag in one.tags}
    for case in (case for case in cases if case.kind == PROBLEM):
        hit = case.case_id in found
        for key in (("overall", ""), ("rules", case.rule), ("streams", case.stream), ("topics", topic_of.get(case.rule, ""))):
            tallies[key].problems += 1
            tallies[key].found += hit
            tallies[key].routed += hit and _routed(case, found)
    known = {case.rule for case in cases}
    for finding, met, kind in zip(findings, matches, worth, strict=True):
        codes = (
            {case.rule for case in met if case.kind == kind} or {tag for tag in finding.tags if tag in known} or {finding.rule}
        )
        keys = [("overall", ""), ("streams", finding.stream or ""), ("topics", finding.topic), ("book", finding.rule)]
        for key in (*keys, *(("rules", code) for code in sorted(codes))):
            tallies[key].findings[kind] += 1
    return tallies


def _ranked(findings: Sequence[Finding], matches: Sequence[Sequence[Known]]) -> dict[str, Ranked]:
    """Every alert with what its findings were worth."""
    alerts: dict[str, Ranked] = {}
    for finding, met in zip(findings, matches, strict=True):
        one = alerts.setdefault(finding.alert, Ranked(finding.alert, finding.level, finding.priority))
        one.worth.append(_worth(met))
        one.problems |= {case.case_id for case in met if case.kind == PROBLEM}
    return alerts
