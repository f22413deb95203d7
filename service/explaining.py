"""Explaining an alert: from the store what was found, from the book what it means, from the lake the records."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from rules.indicator import Indicator
from rules.sentence import shown
from service.evidence import ROWS_SHOWN, EvidenceRow, EvidenceTable
from service.explain import Explanation, Law, Linked, Measure, PassedOver, Reason, Threshold, Went
from service.names import Names
from service.reading import Reading
from service.store import questions
from service.store.alert import SEVERITIES, Alert
from service.store.assignment import Assignment
from service.store.signal import SignalVersion
from service.titles import Titles
from service.words import either, say, spoken, texts

SIGNALS = "signal"
"""The table that rules read other rules' findings from."""


def explain(seen: Reading, alert: Alert, rows: int = ROWS_SHOWN) -> Explanation:
    """The explanation of an alert; texts hold pseudonyms, which the caller masks."""
    session, names, titles = seen.session, seen.names, seen.titles
    print_ = alert.fingerprint
    signals = own_first(alert, questions.present_signals(session, [print_])[print_])
    return Explanation(
        alert=print_, notice=say("notice.reason"), no_proof=say("notice.no_proof"),
        title=either(alert.title), kind=alert.kind, severity=alert.severity, status=alert.status,
        subject_kind=alert.subject_kind, subject_id=alert.subject_id, subject=names.of(alert.subject_kind, alert.subject_id),
        unit_id=alert.unit_id, unit=names.of("unit", alert.unit_id), area=names.of("area", alert.area_id), amount=alert.amount,
        chains=[str(chain) for chain in alert.chains], why=titles.into(either(alert.why)),
        fired=alert.fired, first_seen=alert.first_seen, last_seen=alert.last_seen,
        quiet_since=alert.quiet_since,
        reasons=[_reason(seen, signal, rows) for signal in signals],
        went_to=went(questions.present_assignments(session, [print_])[print_], names),
        recusals=[
            PassedOver(office_id=one.office_id, office=names.short("office", one.office_id), why=either(one.why))
            for one in questions.present_recusals(session, print_)
        ],
        linked=_linked(session, print_, names),
    )  # fmt: skip


def own_first(alert: Alert, signals: Iterable[SignalVersion]) -> list[SignalVersion]:
    """The alert's own signals before those that corroborate it, the most severe first, of equals the one about the most money."""
    about = (alert.subject_kind, alert.subject_id, alert.unit_id)
    return sorted(
        signals,
        key=lambda one: (
            (one.subject_kind, one.subject_id, one.unit_id) != about,
            SEVERITIES.index(one.severity), -(one.amount or 0), one.signal_id,
        ),
    )  # fmt: skip


def went(assignments: Iterable[Assignment], names: Names) -> list[Went]:
    """The offices an alert went to, with their names."""
    return [
        Went(
            stream=one.stream, office_id=one.office_id, office=names.short("office", one.office_id), role=one.role,
            because=either(one.because), route=one.route, due_days=one.due_days, channel=one.channel,
        )
        for one in assignments
    ]  # fmt: skip


def _linked(session: Session, fingerprint: str, names: Names) -> list[Linked]:
    return [
        Linked(alert=other.fingerprint, title=either(other.title), through=names.of(kind, entity))
        for other, kind, entity in questions.linked_alerts(session, fingerprint)
    ]


def _reason(seen: Reading, signal: SignalVersion, rows: int) -> Reason:
    """One signal; a rule that has left the book since then is explained by what the signal itself carries."""
    body, rule = signal.body, seen.desk.book.indicators.get(signal.rule)
    evidence = seen.evidence.rows(body["evidence"], rule.sql if rule else "", rows)
    return Reason(
        signal=signal.signal_id, rule=signal.rule, rule_hash=signal.rule_hash,
        rule_changed=rule is None or rule.hash != signal.rule_hash,
        title=either(rule.title) if rule else signal.rule, severity=signal.severity,
        sentence=seen.titles.into(either(body["says"])),
        why=either(rule.why) if rule else "", innocent=either(rule.innocent) if rule else "",
        verify=[either(step) for step in rule.verify] if rule else [],
        measures=_measures(body["measures"], rule, seen.titles), thresholds=_thresholds(body["params"], rule),
        basis=[Law(name=law.name, article=law.article, known=law.known, note=law.note or "") for law in rule.basis] if rule else [],
        evidence=[*_found_before(seen, body["evidence"].get(SIGNALS, []), rows), *evidence],
    )  # fmt: skip


def _found_before(seen: Reading, ids: Sequence[str], rows: int) -> list[EvidenceTable]:
    """Signals that another signal rests on: they stand in the store, not in the lake."""
    if not ids:
        return []
    found = questions.signals_named(seen.session, ids)
    told = [
        EvidenceRow(
            cells=[
                seen.titles.into(one.rule),
                seen.names.short(one.subject_kind, one.subject_id),
                seen.titles.into(either(one.body["says"])),
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


def _measures(measures: Mapping[str, object], rule: Indicator | None, titles: Titles) -> list[Measure]:
    labels = rule.labels if rule else {}
    return [
        Measure(name=name, label=either(labels[name]) if name in labels else name, value=titles.into(_text(value)))
        for name, value in measures.items()
    ]


def _thresholds(params: Mapping[str, object], rule: Indicator | None) -> list[Threshold]:
    known = rule.params if rule else {}
    return [
        Threshold(
            name=either(known[name].title) if name in known and known[name].title else name,
            value=_text(value),
            unit=unit_word(known[name].unit) if name in known else "",
            why=either(known[name].why) if name in known else "",
        )
        for name, value in params.items()
    ]


def unit_word(unit: str) -> str:
    """The unit of a param in the language spoken; one that the word files lack stays as the author wrote it."""
    return texts(spoken()).get(f"unit.{unit.replace(' ', '_')}", unit)


def _text(value: object) -> str:
    return shown(value, spoken())
