"""What happened when: payments, purchases and complaints of an alert's subject and of its evidence, on one axis of days."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel

from service.alert_view.complaint import tickets_of
from service.alert_view.records import place
from service.evidence import SIGNALS
from service.reading import Reading
from service.store.alert import Alert
from service.store.signal import SignalVersion
from service.words import either, say

MOST = 300
LANES = ("payment", "purchase", "complaint", "life")
"""From top to bottom; `life` is what else happened to whom it is about: a death, a firm founded or cancelled."""
LINEAGE = "batch_id, sheet, row_no"


class Point(BaseModel):
    """Something that happened on a day."""

    on: date
    lane: str
    what: str
    amount: Decimal | None
    proof: bool
    """Whether the alert rests on it."""
    link: str


class Timeline(BaseModel):
    """The points in the order of time, and what they show in one sentence."""

    points: list[Point]
    says: str
    more: bool


class _Ask(NamedTuple):
    """A question for points: the columns are key, day, amount, words, lineage; `?` is the ids."""

    table: str
    lane: str
    sql: str
    by: str
    """subject kind it is asked for, or `key`: for the keys of the evidence."""


def _ask(table: str, lane: str, key: str, day: str, amount: str, what: str, where: str, by: str) -> _Ask:
    # composed of names of contracts written here; ids are bound
    sql = f"SELECT {key}, {day}, {amount}, {what}, {LINEAGE} FROM {table} WHERE {where} IN (SELECT unnest(?)) AND {day} IS NOT NULL ORDER BY 2 DESC LIMIT {MOST}"  # noqa: S608
    return _Ask(table, lane, sql, by)


PAID = ("subsidy_payment", "payment", "payment_id", "paid_on", "amount", "programme_id")
TENDERED = ("tender", "purchase", "tender_id", "noticed_at", "budget", "title")
AWARDED = ("award", "purchase", "award_id", "awarded_on", "amount", "tender_id")
SIGNED = ("contract", "purchase", "contract_id", "signed_on", "amount", "title")
CALLED = ("ticket", "complaint", "ticket_id", "created_at", "NULL", "coalesce(category, '')")
ASKS = (
    _ask(*PAID, "payment_id", "key"), _ask(*PAID, "person_id", "person"), _ask(*PAID, "enterprise_id", "enterprise"),
    _ask(*TENDERED, "tender_id", "key"), _ask(*TENDERED, "tender_id", "tender"),
    _ask(*AWARDED, "award_id", "key"), _ask(*AWARDED, "supplier_id", "enterprise"), _ask(*AWARDED, "tender_id", "tender"),
    _ask(*SIGNED, "contract_id", "key"), _ask(*SIGNED, "supplier_id", "enterprise"), _ask(*SIGNED, "tender_id", "tender"),
    _ask(*CALLED, "ticket_id", "key"), _ask(*CALLED, "accused_unit_id", "unit"), _ask(*CALLED, "area_id", "village"),
    _ask("person", "life", "person_id", "died_on", "NULL", "'died'", "person_id", "person"),
    _ask("enterprise", "life", "enterprise_id", "founded_on", "NULL", "'founded'", "enterprise_id", "enterprise"),
    _ask("enterprise", "life", "enterprise_id", "cancelled_on", "NULL", "'cancelled'", "enterprise_id", "enterprise"),
)  # fmt: skip


def timeline_of(
    seen: Reading, alert: Alert, signals: Sequence[SignalVersion], *, complaints: bool, viewer: str | None
) -> Timeline:
    """The alert's time. Without `complaints` none is told; those that name `viewer` (a person's id) never are beyond the evidence."""
    proof = _proof(seen, signals)
    found: dict[tuple[str, str, str], Point] = {}
    named = _naming(seen, viewer)
    for ask in ASKS:
        if ask.lane == "complaint" and not complaints:
            continue
        ids = sorted(proof.get(ask.table, ())) if ask.by == "key" else _subjects(alert, ask.by)
        if not ids:
            continue
        for key, day, amount, what, *lineage in seen.tables.con.execute(ask.sql, [ids]).fetchall():
            proven = str(key) in proof.get(ask.table, ())
            if ask.lane == "complaint" and not proven and str(key) in named:
                continue
            on = day.date() if isinstance(day, datetime) else day
            point = Point(on=on, lane=ask.lane, what=str(what or ""), amount=amount, proof=proven, link=place(*lineage))
            found.setdefault((ask.table, str(key), f"{on}"), point)
    _in_words(seen, found)
    points = sorted(found.values(), key=lambda one: (one.on, LANES.index(one.lane), one.what))
    kept = points[-MOST:]
    return Timeline(points=kept, says=_sentence(kept), more=len(kept) < len(points))


def _subjects(alert: Alert, kind: str) -> list[str]:
    about = {("person" if alert.subject_kind == "official" else alert.subject_kind, alert.subject_id)}
    return sorted(one for of, one in about if of == kind)


def _proof(seen: Reading, signals: Iterable[SignalVersion]) -> dict[str, set[str]]:
    """Table -> keys of the evidence; complaints also by way of what was made of them."""
    found: dict[str, set[str]] = {}
    for one in signals:
        for table, keys in one.body["evidence"].items():
            if table != SIGNALS:
                found.setdefault(table, set()).update(keys)
    found.setdefault("ticket", set()).update(tickets_of(seen, signals))
    return found


def _naming(seen: Reading, viewer: str | None) -> set[str]:
    """Complaints that are about whoever is looking, by name."""
    if viewer is None:
        return set()
    sql = """SELECT t.ticket_id FROM ticket t JOIN person p ON p.person_id = ?
             WHERE p.name IS NOT NULL AND contains(concat_ws(' ', t.accused_name, t.title, t.body, t.place, t.reply), p.name)"""
    return {str(one) for (one,) in seen.tables.con.execute(sql, [viewer]).fetchall()}


def _in_words(seen: Reading, found: dict[tuple[str, str, str], Point]) -> None:
    seen.names.learn("programme", [one.what for (table, _, _), one in found.items() if table == "subsidy_payment"])
    seen.names.learn("tender", [one.what for (table, _, _), one in found.items() if table == "award"])
    for (table, _, _), one in found.items():
        if table == "subsidy_payment":
            one.what = say("alert.time.paid", what=seen.names.short("programme", one.what))
        elif table == "award":
            one.what = say("alert.time.award", what=seen.names.short("tender", one.what))
        elif table in ("person", "enterprise"):
            one.what = say(f"alert.life.{one.what}")
        else:
            one.what = say(f"alert.on.{table}", what=one.what)


def _sentence(points: Sequence[Point]) -> str:
    """How many of each, from when to when, and about how much money."""
    if not points:
        return say("alert.time.none")
    parts = []
    for lane in LANES[:3]:
        those = [one for one in points if one.lane == lane]
        if those:
            total = sum((one.amount for one in those if one.amount is not None), Decimal(0))
            told = say(f"alert.time.{lane}", count=len(those))
            parts.append(told + (say("alert.time.total", amount=f"{total:,.2f}") if total and lane == "payment" else ""))
    parts += [say("alert.time.life", on=one.on, what=one.what) for one in points if one.lane == "life"][:2]
    proof = sum(one.proof for one in points)
    return say(
        "alert.time.says", first=points[0].on, last=points[-1].on, what=either({"zh": "、", "en": ", "}).join(parts), proof=proof
    )
