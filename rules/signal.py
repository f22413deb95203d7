"""A signal (疑点线索): one finding of one rule about one subject, with the values that met and the rows that prove it."""

import hashlib
import json
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from rules.indicator import Severity, Topic

Measure = str | int | float | bool | None


class Signal(BaseModel):
    """A reason to look, not a finding of fact. Frozen; goes to JSON and back unchanged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    signal_id: str
    """The same from run to run for the same rule, subject, unit and per."""
    content_hash: str
    """The same as long as the facts are the same: measures, amount, dates, evidence, officials, parties."""
    rule: str
    rule_hash: str
    topic: Topic
    severity: Severity
    subject_kind: str
    subject_id: str
    unit_id: str | None
    area_id: str | None
    per: dict[str, str]
    amount: Decimal | None
    first_on: date | None
    last_on: date | None
    officials: tuple[str, ...]
    parties: tuple[tuple[str, str], ...]
    """Pairs of kind and id, sorted."""
    measures: dict[str, Measure]
    params: dict[str, str | int | float | bool]
    says: dict[str, str]
    evidence: dict[str, tuple[str, ...]]
    """Table -> keys of rows; the key columns of one row are joined with |."""
    material: dict[str, float]
    baseline: str | None
    """Version of the baseline that the finding was measured against."""


IDENTITY = json.JSONEncoder(ensure_ascii=False)
FACTS = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str)
"""Made once: tens of thousands of signals are written with them in a run."""


def signal_id(rule: str, subject_kind: str, subject_id: str, unit_id: str | None, per: dict[str, str]) -> str:
    """SG and 16 hex digits of what identifies a finding."""
    identity = IDENTITY.encode([rule, subject_kind, subject_id, unit_id, sorted(per.items())])
    return f"SG{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def content_hash(facts: dict[str, object]) -> str:
    """16 hex digits of the facts of a finding."""
    return hashlib.sha256(FACTS.encode(facts).encode()).hexdigest()[:16]
