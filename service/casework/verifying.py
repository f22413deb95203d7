"""Verification records (核实记录): what was checked, on which records, with which result, by whom; closing what proved unfounded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clearing
from service.casework.claims import end
from service.casework.course import Acting, advance, hold, not_the_same
from service.casework.ties import alerts_of, is_recused
from service.errors import Refusal
from service.store.alert import ACCEPTED, OPEN, Alert
from service.store.case import CaseFile
from service.store.case_work import Verification
from service.store.verdict import Verdict

RESULTS = ("substantiated", "partly", "unfounded", "unclear")
"""属实, 部分属实, 不属实, 暂时无法认定."""


@dataclass(frozen=True)
class Checked:
    """What was checked and found."""

    checked: str
    result: str
    finding: str
    checked_on: date
    records: Sequence[dict[str, Any]] = field(default_factory=tuple)
    present: Sequence[str] = field(default_factory=tuple)
    """Callers who took part beside the writer."""


def verify(session: Session, acting: Acting, case_id: int, version: int, said: Checked) -> Verification:
    """Put a check on record. Raises Refusal for one that says nothing, rests on nothing or lies ahead; NothingFound, Conflict, IllegalMove."""
    case = hold(session, acting, case_id, version, "verify")
    if said.result not in RESULTS or not said.checked.strip() or not said.finding.strip() or not said.records:
        raise Refusal("casework.wrong.verification")
    if said.checked_on > acting.today:
        raise Refusal("casework.wrong.in_future", day=said.checked_on)
    present = list(dict.fromkeys([acting.name, *said.present]))
    if any(is_recused(session, case_id, one) for one in present):
        raise Refusal("casework.wrong.recused_present")
    kept = Verification(
        case_id=case_id, checked=said.checked.strip(), records=list(said.records), result=said.result, finding=said.finding.strip(),
        checked_on=said.checked_on, present=present, made_by=acting.name, made_at=acting.now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    advance(session, acting, case, "verify", verification=kept.verification_id, result=said.result, records=len(kept.records))
    return kept


def close_unfounded(session: Session, acting: Acting, case_id: int, version: int, reason: str) -> CaseFile:
    """Close what proved unfounded: its alerts are cleared and the same facts do not flag again.

    Raises Refusal for whoever verified it, without a verification, or when one says substantiated; NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "close_unfounded")
    records = verifications(session, case_id)
    if not records or any(one.result in ("substantiated", "partly") for one in records) or not reason.strip():
        raise Refusal("casework.wrong.not_unfounded")
    not_the_same(acting.name, *(one.made_by for one in records))
    for fingerprint in alerts_of(session, case):
        alert = session.get_one(Alert, fingerprint)
        if alert.status in (OPEN, ACCEPTED):
            clearing.clear(session, alert, reason=reason.strip(), decided_by=acting.name, now=acting.now)
    end(session, acting, case, "unfounded")
    advance(session, acting, case, "close_unfounded", outcome="unfounded")
    return case


def substantiated(session: Session, acting: Acting, case: CaseFile, reason: str) -> None:
    """Say of its alerts that they were right, for what rules learn from it; once."""
    for fingerprint in alerts_of(session, case):
        said = select(Verdict.verdict_id).where(Verdict.fingerprint == fingerprint, Verdict.outcome == "substantiated")
        if session.scalar(said.limit(1)) is None:
            facts = clearing.facts_decided_on(session, session.get_one(Alert, fingerprint))
            session.add(
                Verdict(
                    fingerprint=fingerprint,
                    outcome="substantiated",
                    reason=reason,
                    decided_by=acting.name,
                    decided_at=acting.now,
                    expires_on=None,
                    facts=facts,
                )  # fmt: skip
            )


def verifications(session: Session, case_id: int) -> list[Verification]:
    """Every record of a case file, oldest first."""
    mine = select(Verification).where(Verification.case_id == case_id)
    return list(session.scalars(mine.order_by(Verification.verification_id)))
