"""Unsealing (启封): one sealed value of one alert shown to one entitled person, for a stated reason, on record, and by setting only
with a second person's consent. The value goes from the vault to the caller and is kept nowhere on the way.

Who complained is never shown: not through an alert, not for a reason.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from datasets.free_text import TextSealer
from datasets.key import Key
from datasets.sealing import Sealer, kind_of
from service.access.caller import Caller
from service.access.sight import COMPLAINTS, narrowed
from service.evidence import EvidenceTable
from service.explain import Explanation
from service.explaining import explain
from service.masking import tokens_in
from service.reading import Reading
from service.store.alert import Alert
from service.store.event import Happening, append
from service.store.sealed import CONSENT, Unsealing

ASK, AGREE = "sealed.ask", "sealed.agree"
ACCUSED = "accused_name"
"""The one column of a complaint whose value may be unsealed: whom it is about. Its texts may name who complained."""
ROWS = 1000
"""Records of one table that are looked through for the value that is asked for."""
LISTED = 200


@dataclass(frozen=True)
class Asked:
    """What a request says."""

    alert: str
    token: str
    reason: str


def entitled(caller: Caller) -> Caller | None:
    """The caller as far as sealed values go: a person all of whose roles see names, without roles within a unit. None for anybody else.

    Who holds one of the roles that work with pseudonyms only (data team, auditor, administrator) is not entitled by another role besides.
    """
    if caller.kind != "person" or any(one.role.names != "masked" for one in caller.held):
        return None
    return replace(caller, held=tuple(one for one in caller.held if one.bounds.unit_id is None))


def of_alert(seen: Reading, alert: Alert) -> set[str]:
    """The pseudonyms of an alert that may be asked for."""
    told = explain(seen, alert, ROWS)
    tables = [table for reason in told.reasons for table in reason.evidence]
    found = {cell for table in tables if table.table in COMPLAINTS for cell in _column(table, ACCUSED) if cell and kind_of(cell)}
    return found | tokens_in(_without_complaints(told).model_dump_json())


def _without_complaints(told: Explanation) -> Explanation:
    reasons = [
        reason.model_copy(update={"evidence": [table for table in reason.evidence if table.table not in COMPLAINTS]})
        for reason in told.reasons
    ]
    return told.model_copy(update={"reasons": reasons})


def _column(table: EvidenceTable, name: str) -> Iterable[str | None]:
    at = table.columns.index(name) if name in table.columns else None
    return [] if at is None else [row.cells[at] for row in table.rows]


def ask(session: Session, caller: Caller, asked: Asked, key: Key, value: str, *, alone: bool, now: datetime) -> Unsealing:
    """Put a request on record; with `alone` it needs nobody's consent and counts as opened.

    Names and numbers in the reason are kept as pseudonyms, the value itself among them.
    """
    reason = TextSealer(Sealer(key)).text(asked.reason.replace(value, asked.token))
    made = Unsealing(
        unsealing_id=f"US{secrets.token_hex(8)}", fingerprint=asked.alert, token=asked.token, kind=str(kind_of(asked.token)), reason=reason,
        status="agreed" if alone else "pending", asked_by=caller.name, asked_at=now, until=now + CONSENT,
    )  # fmt: skip
    session.add(made)
    _tell(session, "asked", made, caller, now, reason=reason)
    if alone:
        _opened(session, made, caller, now)
    return made


def decide(session: Session, made: Unsealing, caller: Caller, *, agreed: bool, now: datetime) -> None:
    """The second person's word. Raises IllegalMove."""
    made.decide(agreed, caller.name, now)
    _tell(session, "agreed" if agreed else "refused", made, caller, now)


def fetch(session: Session, made: Unsealing, caller: Caller, now: datetime) -> None:
    """Note that whoever asked takes the value: once, and in time. Raises IllegalMove."""
    _opened(session, made, caller, now)


def _opened(session: Session, made: Unsealing, caller: Caller, now: datetime) -> None:
    made.open(caller.name, now)
    _tell(session, "opened", made, caller, now, reason=made.reason)


def _tell(session: Session, what: str, made: Unsealing, caller: Caller, now: datetime, **more: str) -> None:
    # about the request, not the alert: an alert's history is read by more people than may know who looked at whom
    told = {"alert": made.fingerprint, "kind": made.kind, "token": made.token, **more}
    append(session, [Happening(f"sealed.{what}", made.unsealing_id, told)], caller.name, now)


def requests_of(session: Session, caller: Caller, alert: str | None, now: datetime) -> Sequence[Unsealing]:
    """A caller's own requests, and those that wait for a word that this caller may give; the newest first."""
    wait = narrowed(select(Alert.fingerprint), caller, AGREE)
    others = and_(Unsealing.status == "pending", Unsealing.until > now, Unsealing.fingerprint.in_(wait))
    query = select(Unsealing).where(or_(Unsealing.asked_by == caller.name, others))
    if alert is not None:
        query = query.where(Unsealing.fingerprint == alert)
    return session.scalars(query.order_by(Unsealing.asked_at.desc(), Unsealing.unsealing_id).limit(LISTED)).all()


def request_named(session: Session, caller: Caller, name: str, verb: str) -> Unsealing | None:
    """A request about an alert that the caller sees for this verb; for ASK only the caller's own."""
    found = session.get(Unsealing, name)
    if found is None or (verb == ASK and found.asked_by != caller.name):
        return None
    visible = narrowed(select(Alert.fingerprint), caller, verb).where(Alert.fingerprint == found.fingerprint)
    return found if session.scalar(visible) is not None else None
