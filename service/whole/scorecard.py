"""How each rule does (规则成绩单): findings, precision by verdicts and how sure that is, what it cannot judge, what it costs, why people said no."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt

from sqlalchemy import func, select

from service.desk import Desk
from service.rule_facts import RuleFacts, rule_facts
from service.store.run import Run
from service.store.verdict import Judgement, Verdict, judgements
from service.triage.deciding import REASONS
from service.words import texts

WRITTEN = "written"
"""Stands for a reason in somebody's own words."""
SURE = 1.96
"""Standard deviations for the 95 % interval of a share."""


@dataclass(frozen=True)
class Score:
    """A rule's facts, and its verdicts by outcome and by reason."""

    facts: RuleFacts
    outcomes: Mapping[str, int]
    reasons: Mapping[str, int]
    """Of those cleared: reason -> how many; `written` for one in somebody's own words."""

    @property
    def precision(self) -> float | None:
        return self.facts.right / self.facts.judged if self.facts.judged else None

    @property
    def between(self) -> tuple[float, float] | None:
        """Where the precision lies with 95 % confidence (Wilson 1927): wide while little was judged."""
        n = self.facts.judged
        if not n:
            return None
        share, z = self.facts.right / n, SURE
        middle, reach = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return max(0.0, (middle - reach) / (1 + z * z / n)), min(1.0, (middle + reach) / (1 + z * z / n))


@dataclass
class Scores:
    """The scorecard of a process: counted anew when there is another verdict, run or book; a tenth of a second with tens of thousands of verdicts."""

    _kept: tuple[tuple[object, ...], list[Score]] | None = field(default=None)

    def of(self, desk: Desk) -> list[Score]:
        """Every rule of the book, by id."""
        with desk.store.look() as session:
            last, count = session.execute(select(func.max(Verdict.verdict_id), func.count())).one()
            run = Run.newest(session)
        key = (desk.book_hash, last, count, run.run_id if run else None)
        if self._kept is None or self._kept[0] != key:
            self._kept = key, scorecard(desk)
        return self._kept[1]


def scorecard(desk: Desk) -> list[Score]:
    """Every rule of the book, by id."""
    with desk.store.look() as session:
        judged = judgements(session)
    outcomes, reasons = by_rule(judged)
    return [Score(one, outcomes.get(one.id, {}), reasons.get(one.id, {})) for one in rule_facts(desk, judged)]


def by_rule(judged: Iterable[Judgement]) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
    """Rule -> outcome -> alerts; rule -> reason for clearing -> alerts."""
    outcomes: dict[str, Counter[str]] = {}
    reasons: dict[str, Counter[str]] = {}
    for rule, outcome, reason, alerts in judged:
        outcomes.setdefault(rule, Counter())[outcome] += alerts
        if outcome == "cleared":
            reasons.setdefault(rule, Counter())[_code(reason)] += alerts
    return outcomes, reasons


def _code(reason: str) -> str:
    """Which of the reasons offered it is: they are kept in the words of whoever chose them."""
    said = ((one, texts(lang)[f"queue.reason.{one}"]) for one in REASONS for lang in ("zh", "en"))
    return next((one for one, text in said if reason.startswith(text)), WRITTEN)
