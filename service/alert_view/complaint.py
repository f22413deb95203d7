"""The complaints an alert rests on: their words with what they speak of marked, and whoever complained hidden, not even masked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from datasets.free_text import MARK
from datasets.sealing import TOKEN, kind_of
from service.access.sight import COMPLAINTS
from service.alert_view.records import place
from service.masking import masks
from service.reading import Reading
from service.store.signal import SignalVersion
from service.words import either, say

SHOWN = 12
_MARKS = "|".join(MARK.values())
SEALED = re.compile(rf"【(?:{_MARKS}):({TOKEN.pattern})】|{TOKEN.pattern}")
TEXTS = ("title", "body")
_READ = """
SELECT ticket_id, title, body, reply, channel, kind, created_at, closed_at, accused_name, caller_id, caller_name, batch_id, sheet, row_no
FROM ticket WHERE ticket_id IN (SELECT unnest(?)) ORDER BY created_at DESC, ticket_id LIMIT ?
"""
_SPOKEN = """
SELECT ticket_id, column_name, starts_pos, ends_pos, entity_kind, because FROM mention
WHERE ticket_id IN (SELECT unnest(?)) AND column_name IN ('title', 'body') ORDER BY ticket_id, starts_pos, ends_pos DESC
"""


class Piece(BaseModel):
    """A stretch of text: plain, `mention` (with what it is), or `sealed` (words that stand for a person)."""

    text: str
    kind: str = "plain"
    says: str = ""


class Complaint(BaseModel):
    """One complaint as the page shows it."""

    ticket: str
    channel: str
    sort: str
    created_at: datetime | None
    closed_at: datetime | None
    title: list[Piece]
    body: list[Piece]
    reply: list[Piece]
    link: str


def tickets_of(seen: Reading, signals: Iterable[SignalVersion]) -> list[str]:
    """The complaints that the signals rest on."""
    found: set[str] = set()
    for one in signals:
        for table in COMPLAINTS:
            if table in one.body["evidence"] and table in seen.desk.contracts:
                at = seen.desk.contracts[table].key.index("ticket_id")
                found.update(key.split("|")[at] for key in one.body["evidence"][table])
    return sorted(found)


def complaints_of(seen: Reading, tickets: Sequence[str], *, masked: bool) -> list[Complaint]:
    """The newest of these complaints. `masked`: whether this reader sees masked names; else the accused stays hidden too."""
    if not tickets:
        return []
    run = seen.tables.con.execute
    cursor = run(_READ, [list(tickets), SHOWN])
    names = [one[0] for one in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    spans: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    words = seen.desk.contracts["mention"].columns["entity_kind"].words
    for ticket, column, start, end, kind, because in run(_SPOKEN, [[row["ticket_id"] for row in rows]]).fetchall():
        says = say("alert.mention", kind=either(words[kind]) if kind in words else kind, because=because)
        spans.setdefault((str(ticket), str(column)), []).append((int(start), int(end), says))
    accused = {str(row["accused_name"]) for row in rows if row["accused_name"]}
    shown = masks(seen.desk.secrets(accused)) if masked else {}
    return [_complaint(seen, row, spans, shown) for row in rows]


def _complaint(
    seen: Reading, row: Mapping[str, Any], spans: Mapping[tuple[str, str], list[tuple[int, int, str]]], shown: Mapping[str, str]
) -> Complaint:
    columns = seen.desk.contracts["ticket"].columns
    callers = {str(row[name]) for name in ("caller_id", "caller_name") if row[name]}
    told = {one: says for one, says in shown.items() if one not in callers and one == row["accused_name"]}
    hidden = dict.fromkeys(callers, say("alert.caller"))
    parts = {
        name: pieces(str(row[name] or ""), spans.get((str(row["ticket_id"]), name), ()), {**told, **hidden})
        for name in (*TEXTS, "reply")
    }
    coded = {
        name: either(columns[name].words[row[name]]) if row[name] in columns[name].words else "" for name in ("channel", "kind")
    }
    return Complaint(
        ticket=str(row["ticket_id"]), channel=coded["channel"], sort=coded["kind"], created_at=row["created_at"], closed_at=row["closed_at"],
        link=place(row["batch_id"], row["sheet"], row["row_no"]), **parts,
    )  # fmt: skip


def pieces(text: str, spans: Sequence[tuple[int, int, str]], told: Mapping[str, str]) -> list[Piece]:
    """A text cut at what it mentions (spans count characters of the stored text) and at sealed values.

    A pseudonym that `told` has no words for is shown by its kind alone: its text may be by whoever complained.
    """
    cuts = [(found.start(), found.end(), "sealed", _hidden(found, told)) for found in SEALED.finditer(text)]
    for start, end, says in spans:
        if 0 <= start < end <= len(text) and not any(start < stop and begin < end for begin, stop, _, _ in cuts):
            cuts.append((start, end, "mention", says))
    found, at = [], 0
    for start, end, kind, says in sorted(cuts):
        if start > at:
            found.append(Piece(text=text[at:start]))
        sealed = kind == "sealed"
        found.append(Piece(text=says if sealed else text[start:end], kind=kind, says=say("alert.sealed_why") if sealed else says))
        at = end
    return [*found, Piece(text=text[at:])] if at < len(text) else found


def _hidden(found: "re.Match[str]", told: Mapping[str, str]) -> str:
    token = TOKEN.search(found.group(0))
    name = token.group(0) if token else ""
    return told.get(name) or say(f"alert.hidden.{kind_of(name)}")
