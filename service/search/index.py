"""Keeping the index: what every alert says is written down once, again when its facts change, and never a sealed value."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import delete, func, select, true
from sqlalchemy.orm import Session

from datasets.sealing import TOKEN
from service.explaining import NAMED, told_sentence
from service.masking import FREE_TEXT
from service.reading import Reading
from service.search.grams import grams, plain
from service.store import questions
from service.store.alert import Alert, AlertSignal
from service.store.bulk import upsert
from service.store.search import AlertGram, AlertText
from service.words import speak, spoken

AT_ONCE = 1000
PART = 1 << 16


def index_alerts(seen: Reading, session: Session, *, anew: bool = False, only: Sequence[str] | None = None) -> int:
    """Index every alert that is not indexed as it is now; `anew` throws the old index away. Returns how many were written.

    `seen` reads, `session` writes; O(alerts) for the comparison, or of those in `only`; texts are made for those only that changed.
    """
    if anew:
        session.execute(delete(AlertGram))
        session.execute(delete(AlertText))
    indexed = select(AlertText.fingerprint, AlertText.digest)
    indexed = indexed if only is None else indexed.where(AlertText.fingerprint.in_(only))
    known = {str(one): str(digest) for one, digest in session.execute(indexed)}
    states = _states(session, only)
    stale = sorted(one for one, state in states.items() if known.get(one) != state)
    language = spoken()
    speak("zh")  # the sentence is indexed as the offices read it; the English one beside it as it was made
    try:
        for start in range(0, len(stale), AT_ONCE):
            _write(seen, session, stale[start : start + AT_ONCE], states)
    finally:
        speak(language)
    return len(stale)


def _states(session: Session, only: Sequence[str] | None) -> dict[str, str]:
    """What decides what an alert says, as one short text: its title, subject and present signals."""
    signals = defaultdict(list)
    resting = select(AlertSignal.fingerprint, AlertSignal.signal_id, AlertSignal.version).join(Alert)
    which = true() if only is None else Alert.fingerprint.in_(only)
    for fingerprint, signal, version in session.execute(resting.where(AlertSignal.last_run == Alert.last_run, which)):
        signals[fingerprint].append(f"{signal}{version}")
    columns = (Alert.fingerprint, Alert.title, Alert.kind, Alert.subject_id, Alert.unit_id, Alert.area_id)
    return {
        one: hashlib.sha256(json.dumps([title, *rest, sorted(signals[one])], ensure_ascii=False).encode()).hexdigest()[:16]
        for one, title, *rest in session.execute(select(*columns).where(which))
    }


def _write(seen: Reading, session: Session, fingerprints: Sequence[str], states: dict[str, str]) -> None:
    write_down(session, said_by(seen, session, fingerprints), states)


def write_down(session: Session, said: Mapping[str, str], states: Mapping[str, str]) -> None:
    """Index these alerts (fingerprint -> plain text) anew; `states` tells by what to see that one has changed."""
    fingerprints = sorted(said)
    first = (session.scalar(select(func.max(AlertText.text_id))) or 0) + 1
    rows = [
        {"text_id": number, "fingerprint": one, "digest": states[one], "said": said[one]}
        for number, one in enumerate(fingerprints, first)
    ]
    session.execute(delete(AlertText).where(AlertText.fingerprint.in_(fingerprints)))
    session.flush()
    upsert(session, AlertText, rows, update=[])
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number, one in enumerate(fingerprints, first):
        for gram in grams(said[one]):
            found[gram, number // PART].append(number % PART)
    _add(session, found)


def _add(session: Session, found: dict[tuple[str, int], list[int]]) -> None:
    """Append the numbers, which are higher than all before, to the rows of their grams."""
    for part in {part for _, part in found}:
        wanted = sorted(gram for gram, its in found if its == part)
        before: dict[str, bytes] = {}
        for start in range(0, len(wanted), AT_ONCE):
            some = select(AlertGram.gram, AlertGram.texts)
            some = some.where(AlertGram.part == part, AlertGram.gram.in_(wanted[start : start + AT_ONCE]))
            before.update((gram, bytes(texts)) for gram, texts in session.execute(some))
        rows = [
            {"gram": gram, "part": part, "texts": before.get(gram, b"") + np.array(found[gram, part], dtype="<u2").tobytes()}
            for gram in wanted
        ]
        upsert(session, AlertGram, rows, update=["texts"])


def said_by(seen: Reading, session: Session, fingerprints: Sequence[str]) -> dict[str, str]:
    """What each alert says, plain: title, kind, subject, unit, areas, every signal's sentence and rule; sealed values left out."""
    names, titles = seen.names, seen.titles
    alerts = session.scalars(select(Alert).where(Alert.fingerprint.in_(fingerprints))).all()
    signals = questions.present_signals(session, fingerprints)
    for kind in {alert.subject_kind for alert in alerts}:
        names.learn(kind, [alert.subject_id for alert in alerts if alert.subject_kind == kind])
    names.learn("unit", [alert.unit_id for alert in alerts])
    above = [area for alert in alerts for area in areas_of(alert.area_id)]
    names.learn("area", above)
    found = {}
    for alert in alerts:
        told = [
            alert.fingerprint,
            alert.title["zh"],
            alert.title["en"],
            alert.kind,
            titles.into(names.short(alert.subject_kind, alert.subject_id)),
        ]
        told += [names.short("unit", alert.unit_id), *(names.short("area", area) for area in areas_of(alert.area_id))]
        for signal in signals[alert.fingerprint]:
            told += _measured(seen, signal.body)
            told += [told_sentence(signal.body, titles, names), signal.body["says"]["en"], titles.of(signal.rule), signal.rule]
        found[alert.fingerprint] = plain(unsealed("\n".join(dict.fromkeys(told))))
    return found


def _measured(seen: Reading, body: Mapping[str, Any]) -> list[str]:
    """What a signal was measured on, as far as it has a name: the programme, the month, the other unit."""
    values = {**body["per"], **body["measures"]}
    told = [(name, value) for name, value in values.items() if isinstance(value, str)]
    kinds = {name: NAMED.get(name, name.removesuffix("_id")) for name, _ in told if name.endswith("_id")}
    return [seen.names.short(kinds[name], value) if name in kinds else value for name, value in told]


def areas_of(area: str | None) -> Iterable[str]:
    """A village's code -> its own, its town's and its county's."""
    return dict.fromkeys((area, area[:9] + "000", area[:6] + "000000")) if area else ()


def unsealed(text: str) -> str:
    """The text without pseudonyms: nobody is found by what stands for a name."""
    return TOKEN.sub(" ", FREE_TEXT.sub(" ", text))
