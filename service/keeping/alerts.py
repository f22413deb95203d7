"""Alerts into the store: opened once by fingerprint, added to by later runs, closed ones kept closed until the facts grow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.alert import Alert as Finding
from rules.linked import touched
from service.keeping.levels import Ranked
from service.store.alert import CLEARED, Alert, AlertLink, AlertSignal
from service.store.bulk import upsert
from service.store.event import Happening
from service.store.verdict import PATTERN, has_grown


@dataclass(frozen=True)
class Moment:
    """Which run is being kept, for which day, and when."""

    run_id: int
    as_of: date
    now: datetime


@dataclass
class Told:
    """What became of the alerts in a run, as counts and as entries for the log."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("opened", "again", "reopened", "quiet", "kept_closed"), 0)
    )
    happenings: list[Happening] = field(default_factory=list)

    def tell(self, what: str, fingerprint: str, **body: Any) -> None:
        self.counts[what] += 1
        if what in ("opened", "reopened", "quiet") or body:  # a living alert that only fires on is no news
            self.happenings.append(Happening(f"alert.{what}", fingerprint, body))


def keep_alerts(
    session: Session,
    moment: Moment,
    findings: Iterable[Finding],
    versions: Mapping[str, str],
    ranked: Ranked,
    cleared: Mapping[str, Any],
) -> Told:
    """Open, add to or reopen the alerts found; `versions` are all signals of the run, those under a clearing among them;
    `cleared`: the facts under clearings that are in force.

    A finding rests only on signals that no clearing protects, so a cleared alert that is found again has grown.
    """
    told = Told()
    quiet = {alert.fingerprint: alert for alert in session.scalars(select(Alert))}
    rests: list[tuple[str, str]] = []
    links: list[dict[str, Any]] = []
    for finding in findings:
        protecting = cleared.get(f"{PATTERN}{finding.fingerprint}")
        if not has_grown(protecting, "", {"signals": len(finding.signals)}):
            continue  # a pattern that was cleared and rests on no more than then
        facts = {**facts_of(finding), **ranked.facts_of(finding.fingerprint)}
        _take(session, moment, finding, facts, quiet.pop(finding.fingerprint, None), told)
        rests += [(finding.fingerprint, signal_id) for signal_id in finding.signals]
        links += links_of(finding)
    rests += _unfound(session, moment, quiet, versions, ranked, told)
    session.flush()
    fixed = {"first_run": moment.run_id, "last_run": moment.run_id}
    rows = [{"fingerprint": one, "signal_id": signal, "version": versions[signal], **fixed} for one, signal in rests]
    upsert(session, AlertSignal, rows, update=["last_run"])
    upsert(session, AlertLink, links, update=[])
    return told


def _take(session: Session, moment: Moment, finding: Finding, facts: dict[str, Any], living: Alert | None, told: Told) -> None:
    if living is None:
        session.add(Alert.open(facts, moment.run_id, moment.as_of, moment.now))
        told.tell("opened", finding.fingerprint, severity=finding.severity, signals=list(finding.signals))
        return
    reopened = living.status == CLEARED
    if reopened:
        living.reopen()
    changed = {
        name: [_plain(one) for one in pair] for name, pair in living.fire_again(facts, moment.run_id, moment.as_of).items()
    }
    told.tell("reopened" if reopened else "again", finding.fingerprint, **({"changed": changed} if changed else {}))


def _unfound(
    session: Session, moment: Moment, unfound: Mapping[str, Alert], versions: Mapping[str, str], ranked: Ranked, told: Told
) -> list[tuple[str, str]]:
    """Cleared alerts whose facts still fire count the run and stay closed; the others keep the day they were last seen."""
    resting = select(AlertSignal.fingerprint, AlertSignal.signal_id).join(Alert).where(Alert.status == CLEARED).distinct()
    still = [(one, signal) for one, signal in session.execute(resting) if one in unfound and signal in versions]
    closed = {fingerprint for fingerprint, _ in still}
    for fingerprint, alert in unfound.items():
        if alert.by_hand:
            continue  # no run found it: none can find it gone
        if fingerprint in closed:
            alert.seen(moment.run_id, moment.as_of)
            told.tell("kept_closed", fingerprint)
        elif alert.fall_quiet(moment.as_of):
            ranked.sink(alert)
            told.tell("quiet", fingerprint)
    return still


def facts_of(finding: Finding) -> dict[str, Any]:
    """A finding in the shapes of the store."""
    return {
        "fingerprint": finding.fingerprint, "kind": finding.kind, "title": _words(finding.title), "severity": finding.severity,
        "subject_kind": finding.subject_kind, "subject_id": finding.subject_id, "unit_id": finding.unit_id,
        "area_id": finding.area_id, "amount": finding.amount, "chains": list(finding.chains),
        "officials": list(finding.officials), "parties": [list(party) for party in finding.parties], "why": _words(finding.why),
    }  # fmt: skip


def links_of(finding: Finding) -> list[dict[str, Any]]:
    """What an alert touches, so that alerts about the same village, firm, person, official or project find each other."""
    return [
        {"fingerprint": finding.fingerprint, "kind": kind, "entity_id": entity} for kind, entity in sorted(set(touched(finding)))
    ]


def _words(words: Any) -> dict[str, str]:
    return {"zh": words["zh"], "en": words["en"]} if isinstance(words, Mapping) else {"zh": words.zh, "en": words.en}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
