"""Everything that happened to an alert (变动记录), from the audit log, in words: who, when, what, why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select

from service.alert_view.checks import step_key
from service.reading import Reading
from service.store.event import Event
from service.triage.hold import called
from service.words import either, say, spoken, texts

SHOWN = 200
NAMED = {
    "office": "office",
    "office_id": "office",
    "from_office": "office",
    "to_office": "office",
    "unit_id": "unit",
    "unit": "unit",
}
CODED = {"role": "role", "stream": "stream", "severity": "severity", "outcome": "alert.outcome", "wrong": "queue.wrong",
         "level": "level", "channel": "channel"}  # fmt: skip
"""Values that have words of their own: value -> the beginning of their key."""
QUIET = frozenset(
    {
        "holder",
        "signals",
        "material",
        "report",
        "reference",
        "version",
        "demand",
        "case",
        "clearing",
        "changed",
        "rule",
        "step",
        "route",
    }
)
"""Values that are numbers of rows, or are told in another way."""


class Entry(BaseModel):
    """One entry of the log about this alert."""

    at: datetime
    who: str
    what: str
    details: list[str]


def history_of(seen: Reading, fingerprint: str) -> list[Entry]:
    """The alert's history, the newest first. Texts hold pseudonyms, which the caller masks."""
    rows = seen.session.scalars(select(Event).where(Event.about == fingerprint).order_by(Event.seq.desc()).limit(SHOWN)).all()
    names = called(seen.session, sorted({one.actor for one in rows}))
    return [
        Entry(at=one.at, who=names[one.actor], what=_what(one), details=list(_details(seen, one.kind, one.body))) for one in rows
    ]


def _what(event: Event) -> str:
    known = texts(spoken())
    name = event.kind.replace(".", "_")
    return known.get(f"alert.happened.{name}") or known.get(f"happened.{name}") or event.kind


def _details(seen: Reading, kind: str, body: Mapping[str, Any]) -> list[str]:
    found = []
    for name, value in body.items():
        if value is None or value == "" or name in QUIET:
            continue
        found.append(say("alert.detail", name=_label(name), value=_value(seen, name, value)))
    if isinstance(body.get("changed"), Mapping):
        found += [_change(seen, str(name), pair) for name, pair in body["changed"].items()]
    if kind.startswith("check."):
        found.append(_check(seen, str(body.get("rule")), str(body.get("step"))))
    return found


def _label(name: str) -> str:
    return texts(spoken()).get(f"alert.field.{name}", name)


def _value(seen: Reading, name: str, value: object) -> str:
    if name in NAMED:
        return seen.names.short(NAMED[name], str(value))
    if name == "answer":
        return texts(spoken()).get(f"alert.answer.{value}", str(value))
    if name == "source":
        return texts(spoken()).get(f"alert.source.{value}", str(value))
    if name in CODED:
        return texts(spoken()).get(f"{CODED[name]}.{value}", str(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _change(seen: Reading, name: str, pair: object) -> str:
    """A field that is other than it was; of people only that it changed."""
    if isinstance(pair, list) and len(pair) == 2 and name != "subject_id":
        before, after = (_value(seen, name, one) if one is not None else say("alert.nothing") for one in pair)
        return say("alert.change", name=_label(name), before=before, after=after)
    return say("alert.change_only", name=_label(name))


def _check(seen: Reading, rule: str, step: str) -> str:
    known = seen.desk.book.indicators.get(rule)
    return next((either(one) for one in (known.verify if known else []) if step_key(one.zh) == step), step)
