"""Drafts (底稿): a general one at the check; a prominent one only by consultation; what stays general is settled and goes to rectification."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.casework.claims import end
from service.casework.course import Acting, advance, hold, meet, not_the_same
from service.casework.verifying import substantiated, verifications
from service.errors import Refusal
from service.store.case import CaseFile
from service.store.case_work import Draft


@dataclass(frozen=True)
class Problem:
    """What a draft says."""

    problem: str
    facts: str
    basis: str
    amount: Decimal | None = None
    evidence: Sequence[dict[str, Any]] = field(default_factory=tuple)
    """None given: the records of the verifications."""


def draft(session: Session, acting: Acting, case_id: int, version: int, said: Problem) -> Draft:
    """Write the general-problem draft (一般问题底稿).

    Raises Refusal without a verification that found something, or with an empty part; NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "draft")
    records = [one for one in verifications(session, case_id) if one.result in ("substantiated", "partly")]
    if not records:
        raise Refusal("casework.wrong.nothing_verified")
    if not all(part.strip() for part in (said.problem, said.facts, said.basis)) or (said.amount is not None and said.amount < 0):
        raise Refusal("casework.wrong.draft")
    made = Draft(
        case_id=case_id, kind="general", from_draft=None, problem=said.problem.strip(), facts=said.facts.strip(), basis=said.basis.strip(),
        evidence=list(said.evidence) or [one for record in records for one in record.records], amount=said.amount, status="written",
        made_by=acting.name, made_at=acting.now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    meet(session, case, acting.now, period="task")
    advance(session, acting, case, "draft", draft=made.draft_id)
    return made


def settle(session: Session, acting: Acting, case_id: int, version: int, reason: str) -> CaseFile:
    """Leave it a general problem: the case file closes, and rectification (整改) goes on from its draft.

    Raises Refusal for whoever wrote the draft or without a reason; NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "settle")
    said = newest(session, case_id, "general")
    not_the_same(acting.name, said.made_by)
    if not reason.strip():
        raise Refusal("casework.wrong.reason")
    said.status = "settled"
    substantiated(session, acting, case, reason.strip())
    end(session, acting, case, "general")
    advance(session, acting, case, "settle", draft=said.draft_id, outcome="general")
    return case


def newest(session: Session, case_id: int, kind: str) -> Draft:
    """The newest draft of a kind. Raises Refusal when there is none."""
    mine = select(Draft).where(Draft.case_id == case_id, Draft.kind == kind)
    found = session.scalar(mine.order_by(Draft.draft_id.desc()).limit(1))
    if found is None:
        raise Refusal("casework.wrong.no_draft")
    return found
