"""An alert's page as data: what was found grouped by rule, the values against their thresholds, the records, what to check first."""

from collections.abc import Sequence

from pydantic import BaseModel

from service.access.caller import Caller
from service.alert_view.checks import Step, steps_of
from service.alert_view.records import SHOWN, Sheet, records_of
from service.explain import Explanation, Law, Measure, Reason, Threshold
from service.explaining import explain
from service.reading import Reading
from service.store import questions
from service.store.alert import Alert

MEASURES = 12
"""Findings of one rule that are put side by side; the others are counted."""


class Found(BaseModel):
    """One finding of a rule: what it says, and its values in the order of the group's labels."""

    sentence: str
    values: list[str]


class Group(BaseModel):
    """Everything that one rule found for this alert."""

    rule: str
    title: str
    severity: str
    why: str
    found: list[Found]
    more: int
    labels: list[str]
    thresholds: list[Threshold]
    basis: list[Law]
    innocent: str
    changed: bool
    steps: list[Step]
    sheets: list[Sheet]


class Page(BaseModel):
    """The page of one alert."""

    told: Explanation
    groups: list[Group]


def page_of(seen: Reading, alert: Alert, caller: Caller, rows: int = SHOWN) -> Page:
    """Everything on the page that is there from the start; texts hold pseudonyms, which the caller masks."""
    told = explain(seen, alert, 0)
    signals = questions.present_signals(seen.session, [alert.fingerprint])[alert.fingerprint]
    shown = {one.signal for one in told.reasons}
    sheets = records_of(seen, [one for one in signals if one.signal_id in shown], rows)
    done = steps_of(seen, alert.fingerprint, [one.rule for one in told.reasons])
    by_rule: dict[str, list[Reason]] = {}
    for reason in told.reasons:
        by_rule.setdefault(reason.rule, []).append(reason)
    groups = [_group(those, sheets.get(rule, []), done.get(rule, [])) for rule, those in by_rule.items()]
    return Page(told=told.model_copy(update={"reasons": []}), groups=groups)


def _group(reasons: Sequence[Reason], sheets: list[Sheet], steps: list[Step]) -> Group:
    first = reasons[0]
    labels = list(dict.fromkeys(one.label for reason in reasons for one in reason.measures))
    return Group(
        rule=first.rule, title=first.title, severity=first.severity, why=first.why,
        found=[Found(sentence=one.sentence, values=_values(one.measures, labels)) for one in reasons[:MEASURES]],
        more=max(0, len(reasons) - MEASURES), labels=labels, thresholds=first.thresholds, basis=first.basis, innocent=first.innocent,
        changed=any(one.rule_changed for one in reasons), steps=steps, sheets=[one for one in sheets if one.rows or one.gone],
    )  # fmt: skip


def _values(measures: Sequence[Measure], labels: Sequence[str]) -> list[str]:
    known = {one.label: one.value for one in measures}
    return [known.get(label, "") for label in labels]
