"""What is known of a unit before an inspection round begins (巡前情况): its portrait, its gravest alerts, patterns, case files, earlier rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from ibis.backends.duckdb import Backend
from pydantic import BaseModel
from sqlalchemy import select

from service.access.caller import Caller
from service.lines import lines
from service.reading import Reading
from service.roll.alerts import Mask
from service.store.alert import Alert
from service.store.standing import STATES
from service.whole.bodies import Body
from service.whole.figures import Share, shares
from service.whole.ledger import Ledger
from service.whole.portrait import Portrait, portrait
from service.whole.waiting import Stage, stages

GRAVEST = 20
"""Alerts set out one by one; the others are in the figures."""


@dataclass(frozen=True)
class Round:
    """A unit's place in a round of inspection (巡察轮次)."""

    round_id: str
    unit_id: str
    office_id: str
    starts_on: date
    ends_on: date
    report_due_on: date | None

    def state(self, today: date) -> str:
        """coming, now or past."""
        return "coming" if today < self.starts_on else "past" if today > self.ends_on else "now"


class Told(BaseModel):
    """An alert as the briefing tells it."""

    alert: str
    title: str
    sentence: str
    status: str
    level: str
    amount: Decimal | None


@dataclass(frozen=True)
class Briefing:
    """Everything that a page or a paper says of a unit before a round."""

    round: Round
    office: str
    portrait: Portrait
    by_topic: Sequence[Share]
    by_rule: Sequence[Share]
    gravest: Sequence[Told]
    """Those not cleared, the highest priority first; names masked as the caller may see them."""
    cases: Sequence[Stage]
    earlier: Sequence[Round]


def rounds(tables: Backend, unit: str | None = None) -> list[Round]:
    """Every unit's place in every round, the newest round first."""
    query = "SELECT round_id, unit_id, office_id, starts_on, ends_on, report_due_on FROM inspection_round"
    query += " WHERE ? IS NULL OR unit_id = ? ORDER BY starts_on DESC, round_id DESC, unit_id"
    return [Round(*row) for row in tables.con.execute(query, [unit, unit]).fetchall()]


def briefing(
    seen: Reading, caller: Caller, ledger: Ledger, visible: Mask, known: Mapping[str, Body], one: Round, today: date
) -> Briefing:
    """The briefing on a unit for its round, of what the caller sees. Raises KeyError for a unit that is not on record."""
    unit = known[one.unit_id]
    mask = visible & ledger.roll.coded["unit"].within([unit.unit_id], ledger.roll.size)
    return Briefing(
        round=one,
        office=seen.names.short("office", one.office_id),
        portrait=portrait(seen, caller, ledger, visible, known, unit, today),
        by_topic=shares(ledger, mask, "topic", today),
        by_rule=shares(ledger, mask, "rule", today),
        gravest=_gravest(seen, caller, ledger, mask),
        cases=stages(seen.session, caller, today, unit.unit_id),
        earlier=[other for other in rounds(seen.tables, unit.unit_id) if other.starts_on < one.starts_on],
    )


def _gravest(seen: Reading, caller: Caller, ledger: Ledger, mask: Mask) -> list[Told]:
    """The roll stands in the order of priority."""
    living = np.isin(ledger.state, [STATES.index(name) for name in ("open", "accepted", "confirmed")])
    prints = [str(name) for name in ledger.roll.prints[np.flatnonzero(mask & living)[:GRAVEST]]]
    found = {one.fingerprint: one for one in seen.session.scalars(select(Alert).where(Alert.fingerprint.in_(prints)))}
    alerts = [found[name] for name in prints if name in found]
    told = [
        Told(alert=line.alert, title=line.title, sentence=line.sentence, status=line.status, level=line.level, amount=line.amount)
        for line in lines(seen, alerts)
    ]
    return seen.masked(told) if caller.sees_names else told
