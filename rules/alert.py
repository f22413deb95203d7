"""Alerts (预警), who gets them (分派), and who was passed over (回避): what correlation and routing hand to the service.

An alert is a reason to look, never a finding of fact. It is identified by its subject and accountable unit, so that
ten signals about one subject make one alert, and a later run adds to it instead of opening another.
"""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from rules.indicator import Severity
from rules.severity import highest

Stream = Literal["discipline", "supervisory", "stationed", "inspection", "coordination"]
Channel = Literal["urgent", "routine"]
Role = Literal["lead", "assist", "handle"]


class Concluded(BaseModel):
    """Frozen, and the same after a round trip through JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Alert(Concluded):
    """One subject at one accountable unit, and every signal that speaks of it."""

    fingerprint: str
    kind: str
    """疑点 in the words of the office (民生资金疑点 …), from the chain that ranks first among those that fired."""
    title: dict[str, str]
    severity: Severity
    subject_kind: str
    subject_id: str
    unit_id: str | None
    area_id: str | None
    amount: Decimal | None
    """Yuan; the largest amount of one signal, because several may rest on the same payments."""
    signals: tuple[str, ...]
    """Ids, sorted; a complaint that corroborates several alerts is among the signals of each."""
    chains: tuple[str, ...]
    officials: tuple[str, ...]
    parties: tuple[tuple[str, str], ...]
    why: dict[str, str]


class Linked(Concluded):
    """Two alerts that touch the same project, village, firm or official: shown together, never merged."""

    left: str
    right: str
    kind: str
    entity_id: str


class Assignment(Concluded):
    """An office that leads or assists, or the department that checks first while the leading office follows it up; and why."""

    fingerprint: str
    stream: Stream
    office_id: str | None
    unit_id: str | None = None
    """The department; either it or the office is there."""
    role: Role
    route: str
    because: dict[str, str]
    due_days: int
    """Working days from the day it is handed over."""
    channel: Channel


class Recused(Concluded):
    """An office that was passed over because of a tie, and the tie."""

    fingerprint: str
    office_id: str
    why: dict[str, str]


def fingerprint(subject_kind: str, subject_id: str, unit_id: str | None) -> str:
    """What makes an alert the same alert in every run."""
    return "AL" + hashlib.sha256(f"{subject_kind}|{subject_id}|{unit_id or ''}".encode()).hexdigest()[:16]


def grow(living: Alert, new: Alert) -> Alert:
    """A living alert with what a later run concluded added: nothing it rested on is lost, its words are the newest.

    Raises ValueError when the two are not the same alert.
    """
    if living.fingerprint != new.fingerprint:
        raise ValueError(f"{new.fingerprint} is not {living.fingerprint}")
    return new.model_copy(
        update={
            "severity": highest((living.severity, new.severity)),
            "signals": _union(living.signals, new.signals),
            "chains": _union(living.chains, new.chains),
            "officials": _union(living.officials, new.officials),
            "parties": tuple(sorted({*living.parties, *new.parties})),
        }
    )


def _union(old: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*old, *new}))
