"""An alert's page as data: what was found grouped by rule, the values against their thresholds, the records, what to check first."""

from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy import select

from service.access.caller import Caller
from service.access.sight import narrowed, shown_to_unit
from service.alert_view.checks import Step, steps_of
from service.alert_view.records import SHOWN, Sheet, records_of
from service.evidence import SIGNALS
from service.explain import Explanation, Law, Measure, Reason, Threshold
from service.explaining import explain, told_sentence
from service.reading import Reading
from service.store import questions
from service.store.alert import Alert
from service.store.signal import SignalVersion

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


class Below(BaseModel):
    """A finding of another alert that this one rests on."""

    alert: str
    rule: str
    subject: str
    says: str


class Page(BaseModel):
    """The page of one alert."""

    told: Explanation
    groups: list[Group]
    below: list[Below]
    below_more: int
    by_letter: list[str]
    """Ids of departments that are to check it first, and are not shown it here: they are told by letter (函告)."""


def page_of(seen: Reading, alert: Alert, caller: Caller, rows: int = SHOWN) -> Page:
    """Everything on the page that is there from the start; texts hold pseudonyms, which the caller masks."""
    told = _own_links(seen, caller, explain(seen, alert, 0))
    signals = questions.present_signals(seen.session, [alert.fingerprint])[alert.fingerprint]
    shown = {one.signal for one in told.reasons}
    sheets = records_of(seen, [one for one in signals if one.signal_id in shown], rows)
    done = steps_of(seen, alert.fingerprint, [one.rule for one in told.reasons])
    by_rule: dict[str, list[Reason]] = {}
    for reason in told.reasons:
        by_rule.setdefault(reason.rule, []).append(reason)
    groups = [_group(those, sheets.get(rule, []), done.get(rule, [])) for rule, those in by_rule.items()]
    below = _below(seen, caller, signals)
    bare = told.model_copy(update={"reasons": []})
    return Page(
        told=bare, groups=groups, below=below[:SHOWN], below_more=max(0, len(below) - SHOWN), by_letter=_by_letter(seen, told)
    )


def _by_letter(seen: Reading, told: Explanation) -> list[str]:
    units = sorted({one.unit_id for one in told.went_to if one.unit_id})
    this = select(Alert.fingerprint).where(Alert.fingerprint == told.alert)
    return [unit for unit in units if seen.session.scalar(this.where(shown_to_unit(unit))) is None]


def _own_links(seen: Reading, caller: Caller, told: Explanation) -> Explanation:
    """Without the alerts beside it that the caller may not see: that they exist is not theirs to know."""
    visible = _visible(seen, caller, [one.alert for one in told.linked])
    return told.model_copy(update={"linked": [one for one in told.linked if one.alert in visible]})


def _visible(seen: Reading, caller: Caller, alerts: Sequence[str]) -> set[str]:
    return set(seen.session.scalars(narrowed(select(Alert.fingerprint), caller).where(Alert.fingerprint.in_(alerts))))


def _below(seen: Reading, caller: Caller, signals: Sequence[SignalVersion]) -> list[Below]:
    """Findings that its own rest on and that stand in other alerts which the caller sees."""
    own = {one.signal_id for one in signals}
    ids = {key for one in signals for key in one.body["evidence"].get(SIGNALS, ())} - own
    found = questions.signals_named(seen.session, sorted(ids)) if ids else []
    visible = _visible(seen, caller, [alert for _, alert in found])
    return [
        Below(
            alert=alert, rule=seen.titles.of(one.rule), subject=seen.titles.into(seen.names.short(one.subject_kind, one.subject_id)),
            says=told_sentence(one.body, seen.titles, seen.names),
        )
        for one, alert in found
        if alert in visible
    ]  # fmt: skip


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
