"""Explaining an alert: from the store what was found, from the book what it means, from the lake the records."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from datasets.contract import Words
from rules.indicator import CLOCK, Indicator, Label, Param
from rules.sentence import COMMA, called, shown
from rules.spoken import words_of
from service.evidence import ROWS_SHOWN, EvidenceRow, EvidenceTable
from service.explain import Explanation, Law, Linked, Measure, PassedOver, Reason, Threshold, Weighed, Went
from service.names import Names
from service.reading import Reading
from service.store import questions
from service.store.alert import OPEN, SEVERITIES, Alert
from service.store.assignment import Assignment
from service.store.questions import Wanted
from service.store.signal import SignalVersion
from service.titles import Titles
from service.words import either, say, spoken, texts

SIGNALS = "signal"
"""The table that rules read other rules' findings from."""
NAMED = {"supplier_id": "enterprise", "bidder_id": "enterprise", "buyer_id": "unit"}
"""Columns of ids that are not called after what they identify."""
WORDS_SHOWN = 8
SHOWN = 8
"""Signals shown at most, unless more are the alert's own: a pattern rests on dozens, each an alert of its own."""
FORMS = re.compile(r"[\[\](){}?*+^$\\]")
"""Signs of a regular expression: such words are counted, and not shown."""


def explain(seen: Reading, alert: Alert, rows: int = ROWS_SHOWN, platform: str | None = None) -> Explanation:
    """The explanation of an alert; texts hold pseudonyms, which the caller masks. With `rows` 0 no record is read.

    `platform`: another platform that reads, to which no words of complaints are told (service.evidence).
    """
    session, names = seen.session, seen.names
    print_ = alert.fingerprint
    signals = own_first(alert, questions.present_signals(session, [print_])[print_])
    own = sum(_about(one) == _about(alert) for one in signals)
    shown = max(own, min(len(signals), SHOWN))
    return Explanation(
        alert=print_, notice=say("notice.reason"), no_proof=say("notice.no_proof"),
        title=seen.kind(alert.kind) if alert.by_hand and platform else either(alert.title), kind=seen.kind(alert.kind), priority=alert.priority, level=alert.level,
        ranked_by=[Weighed(kind=one["kind"], points=one["points"], says=either(one["says"])) for one in alert.reasons],
        severity=alert.severity, status=alert.status,
        subject_kind=alert.subject_kind, subject_id=alert.subject_id, subject=seen.titles.into(names.of(alert.subject_kind, alert.subject_id)),
        unit_id=alert.unit_id, unit=names.short("unit", alert.unit_id), area=names.short("area", alert.area_id), amount=alert.amount,
        chains=[str(chain) for chain in alert.chains], why=_together(seen, alert),
        fired=alert.fired, first_seen=alert.first_seen, last_seen=alert.last_seen,
        quiet_since=alert.quiet_since,
        reasons=[_reason(seen, signal, rows, platform) for signal in signals[:shown]], more=len(signals) - shown,
        matter=alert.matter, matter_size=questions.count_wanted(session, Wanted(status=OPEN, matter=alert.matter)) if alert.matter else 1,
        went_to=went(questions.present_assignments(session, [print_])[print_], names),
        recusals=[
            PassedOver(office_id=one.office_id, office=names.short("office", one.office_id), why=either(one.why))
            for one in questions.present_recusals(session, print_)
        ],
        linked=_linked(seen, print_, platform),
    )  # fmt: skip


def _about(one: Alert | SignalVersion) -> tuple[str, str, str | None]:
    return one.subject_kind, one.subject_id, one.unit_id


def _together(seen: Reading, alert: Alert) -> str:
    """Why its signals stand together, by the chains that joined them; what each says stands in its reason."""
    joined = [seen.desk.chains[str(one)] for one in alert.chains if str(one) in seen.desk.chains]
    why = [either(chain.why).strip().rstrip("。.") for chain in joined if not chain.default]
    return "".join(say("show.stop", text=one) for one in why).strip()


def own_first(alert: Alert, signals: Iterable[SignalVersion]) -> list[SignalVersion]:
    """The alert's own signals before those that corroborate it, the most severe first, of equals the one about the most money."""
    return sorted(
        signals,
        key=lambda one: (
            _about(one) != _about(alert),
            SEVERITIES.index(one.severity), -(one.amount or 0), one.signal_id,
        ),
    )  # fmt: skip


def went(assignments: Iterable[Assignment], names: Names) -> list[Went]:
    """The offices and the department an alert went to, with their names."""
    return [
        Went(
            stream=one.stream, office_id=one.office_id, unit_id=one.unit_id, role=one.role,
            office=names.short("unit", one.unit_id) if one.unit_id else names.short("office", one.office_id),
            because=either(one.because), route=one.route, due_days=one.due_days, channel=one.channel,
            batch_on=one.batch_on, due_on=one.due_on, due_provisional=one.due_provisional,
        )
        for one in assignments
    ]  # fmt: skip


def _linked(seen: Reading, fingerprint: str, platform: str | None) -> list[Linked]:
    """Other alerts, each once, with everything that ties it to this one."""
    found: dict[str, Linked] = {}
    for other, kind, entity in questions.linked_alerts(seen.session, fingerprint):
        tie = say("show.tie", kind=say(f"subject.{kind}"), name=seen.names.short(kind, entity))
        before = found.get(other.fingerprint)
        found[other.fingerprint] = Linked(
            alert=other.fingerprint,
            title=seen.kind(other.kind) if other.by_hand and platform else either(other.title),
            subject=seen.names.short(other.subject_kind, other.subject_id),
            through=say("mark.between").join([before.through, tie]) if before else tie,
        )
    return list(found.values())


def _reason(seen: Reading, signal: SignalVersion, rows: int, platform: str | None) -> Reason:
    """One signal; a rule that has left the book since then is explained by what the signal itself carries."""
    body, rule = signal.body, seen.desk.book.indicators.get(signal.rule)
    evidence = seen.evidence.rows(body["evidence"], rule.sql if rule else "", rows, platform) if rows else []
    return Reason(
        signal=signal.signal_id, rule=signal.rule, rule_hash=signal.rule_hash,
        rule_changed=rule is None or rule.hash != signal.rule_hash,
        title=either(rule.title) if rule else signal.rule, severity=signal.severity,
        sentence=told_sentence(body, seen.titles, seen.names),
        why=either(rule.why) if rule else "", innocent=either(rule.innocent) if rule else "",
        verify=[either(step) for step in rule.verify] if rule else [],
        measures=_measures(seen, {**body["per"], **body["measures"]}, rule), thresholds=_thresholds(body["params"], rule),
        basis=[Law(name=law.name, article=law.article, known=law.known, note=law.note or "") for law in rule.basis] if rule else [],
        evidence=[*_found_before(seen, body["evidence"].get(SIGNALS, []), rows), *evidence],
    )  # fmt: skip


def _found_before(seen: Reading, ids: Sequence[str], rows: int) -> list[EvidenceTable]:
    """Signals that another signal rests on: they stand in the store, not in the lake."""
    if not ids or not rows:
        return []
    found = questions.signals_named(seen.session, ids)
    told = [
        EvidenceRow(
            cells=[
                seen.titles.into(one.rule),
                seen.names.short(one.subject_kind, one.subject_id),
                told_sentence(one.body, seen.titles, seen.names),
            ],
            source=alert,
        )
        for one, alert in found[:rows]
    ]
    return [
        EvidenceTable(
            table=SIGNALS, title=either(seen.desk.contracts[SIGNALS].title), columns=["rule", "subject", "says"],
            labels=[say("rules.id"), say("show.subject"), say("show.says")], rows=told,
            left_out=max(0, len(found) - rows), gone=len(ids) - len(found),
        )
    ]  # fmt: skip


def told_sentence(body: Mapping[str, Any], titles: Titles, names: Names) -> str:
    """What a signal says, with rules and the parties it names by what they are called."""
    text = titles.into(either(body["says"]))
    for kind, one in body["parties"]:
        text = text.replace(one, names.short(kind, one))
    return text


def _measures(seen: Reading, measures: Mapping[str, object], rule: Indicator | None) -> list[Measure]:
    words = words_of(rule, seen.desk.contracts) if rule else {}
    found = []
    for name, value in measures.items():
        label = rule.labels.get(name) if rule else None
        text = seen.titles.into(measured(value, label, words.get(name, {})))
        if isinstance(value, str) and name.endswith("_id"):
            text = seen.names.short(NAMED.get(name, name.removesuffix("_id")), value)
        found.append(Measure(name=name, label=either(label) if label else name, value=text))
    return found


def measured(value: object, label: Label | None, words: Mapping[str, Words]) -> str:
    """A measure as people say it: codes by their words, yuan as 1,234.50元, lists with the comma of the language."""
    if label is not None and label.unit == "yuan" and isinstance(value, int | float) and not isinstance(value, bool):
        return say("value.yuan", amount=f"{value:,.2f}")
    parts = value.split(", ") if isinstance(value, str) else [value]
    return called(parts if len(parts) > 1 else value, spoken(), words)


def _thresholds(params: Mapping[str, object], rule: Indicator | None) -> list[Threshold]:
    known = rule.params if rule else {}
    return [
        Threshold(
            name=either(title) if (title := _title(known.get(name))) else say("show.as_of") if name == CLOCK else name,
            value=shown_bound(value, known.get(name)),
            unit=unit_word(known[name].unit) if name in known and not isinstance(value, str) else "",
            why=either(known[name].why) if name in known else say("show.as_of_why") if name == CLOCK else "",
        )
        for name, value in params.items()
    ]


def _title(param: Param | None) -> Words | None:
    return param.title if param else None


def unit_word(unit: str) -> str:
    """The unit of a param in the language spoken; one that the word files lack stays as the author wrote it."""
    return texts(spoken()).get(f"unit.{unit.replace(' ', '_')}", unit)


def shown_bound(value: object, param: Param | None) -> str:
    """A threshold as people say it: a list of words is shortened, yuan are grouped."""
    if isinstance(value, str) and "|" in value:
        listed = [one for one in value.split("|") if not FORMS.search(one)]
        return say("show.word_list", some=COMMA[spoken()].join(listed[:WORDS_SHOWN]), count=len(value.split("|")))
    if param is not None and param.unit == "yuan" and isinstance(value, int | float):
        return f"{value:,.2f}"
    return shown(value, spoken())
