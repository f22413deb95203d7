"""The whole explanation of an alert: what, why, on which records, what may be innocent, what to check first, who looks and why."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from service.evidence import EvidenceTable


class Threshold(BaseModel):
    """A param of the rule, and the value it had when the signal was made."""

    name: str
    value: str
    unit: str
    why: str


class Measure(BaseModel):
    """A value that the rule found."""

    name: str
    label: str
    value: str


class Law(BaseModel):
    """What makes it a suspicion, and how sure we are of the words of the text."""

    name: str
    article: str | None
    known: str
    note: str


class Reason(BaseModel):
    """One signal of an alert, explained."""

    signal: str
    rule: str
    rule_hash: str
    rule_changed: bool
    title: str
    severity: str
    sentence: str
    why: str
    measures: list[Measure]
    thresholds: list[Threshold]
    basis: list[Law]
    innocent: str
    verify: list[str]
    evidence: list[EvidenceTable]


class Went(BaseModel):
    """An office (or the department that checks first) the alert went to, and why."""

    stream: str
    office_id: str | None
    unit_id: str | None
    office: str
    """The name of either."""
    role: str
    because: str
    route: str
    due_days: int | None
    channel: str
    batch_on: date | None
    due_on: date | None
    due_provisional: bool


class PassedOver(BaseModel):
    """An office that could not take it, and why."""

    office_id: str
    office: str
    why: str


class Linked(BaseModel):
    """Another alert that touches the same village, firm, person, official or project."""

    alert: str
    title: str
    subject: str
    through: str
    """What ties the two, in words."""


class Weighed(BaseModel):
    """A reason for the alert's priority, and what it added or took."""

    kind: str
    points: float
    says: str


class Explanation(BaseModel):
    """Everything `show` says of an alert."""

    alert: str
    notice: str
    no_proof: str
    title: str
    kind: str
    priority: float
    level: str
    ranked_by: list[Weighed]
    severity: str
    status: str
    subject_kind: str
    subject_id: str
    subject: str
    unit_id: str | None
    unit: str
    area: str
    amount: Decimal | None
    chains: list[str]
    why: str
    fired: int
    first_seen: date
    last_seen: date
    quiet_since: date | None
    """as_of of the first run that no longer saw it."""
    reasons: list[Reason]
    more: int
    """How many further signals it rests on that are not shown here."""
    matter: str | None
    matter_size: int
    """How many open alerts are one matter with it, itself among them."""
    went_to: list[Went]
    recusals: list[PassedOver]
    linked: list[Linked]
