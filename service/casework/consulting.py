"""Joint consultation (会商): which rule applies, is the evidence enough; each participant says and signs, then it is decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.casework.course import Acting, advance, hold, not_the_same, start_limit
from service.casework.drafting import newest
from service.casework.ties import refuse_tied
from service.casework.verifying import substantiated
from service.errors import NothingFound, Refusal
from service.store.case_work import Consultation, Draft, Opinion

LEAST = 2
"""Participants: one person's opinion is no consultation."""
ADVICE = ("promote", "return")


@dataclass(frozen=True)
class Questions:
    """What is asked of whom."""

    on_law: str
    on_evidence: str
    participants: Sequence[str]


@dataclass(frozen=True)
class Said:
    """What a participant says."""

    on_law: str
    on_evidence: str
    advice: str


def consult(session: Session, acting: Acting, case_id: int, version: int, asked: Questions) -> Consultation:
    """Call a consultation on the draft.

    Raises Refusal for fewer than two participants, one who is recused or tied, or an empty question; NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "consult")
    participants = list(dict.fromkeys(asked.participants))
    if len(participants) < LEAST:
        raise Refusal("casework.wrong.participants", least=LEAST)
    if not asked.on_law.strip() or not asked.on_evidence.strip():
        raise Refusal("casework.wrong.questions")
    for one in participants:
        refuse_tied(session, acting, case, one)
    general = newest(session, case_id, "general")
    general.status = "consulted"
    called = Consultation(
        case_id=case_id, draft_id=general.draft_id, on_law=asked.on_law.strip(), on_evidence=asked.on_evidence.strip(),
        participants=participants, called_by=acting.name, called_at=acting.now, decision=None, decision_reason=None,
        decided_by=None, decided_at=None,
    )  # fmt: skip
    session.add(called)
    session.flush()
    advance(session, acting, case, "consult", consultation=called.consultation_id, participants=participants)
    return called


def sign(session: Session, acting: Acting, case_id: int, version: int, said: Said) -> Opinion:
    """Say and sign as a participant, once. Raises Refusal for who was not asked, has signed, or says nothing."""
    case = hold(session, acting, case_id, version, "sign")
    called = current(session, case_id)
    if acting.name not in called.participants:
        raise Refusal("casework.wrong.not_asked")
    if session.get(Opinion, (called.consultation_id, acting.name)) is not None:
        raise Refusal("casework.wrong.signed_already")
    if said.advice not in ADVICE or not said.on_law.strip() or not said.on_evidence.strip():
        raise Refusal("casework.wrong.opinion")
    opinion = Opinion(
        consultation_id=called.consultation_id, caller=acting.name, on_law=said.on_law.strip(), on_evidence=said.on_evidence.strip(),
        advice=said.advice, signed_at=acting.now,
    )  # fmt: skip
    session.add(opinion)
    advance(session, acting, case, "sign", consultation=called.consultation_id, advice=said.advice)
    return opinion


def decide(session: Session, acting: Acting, case_id: int, version: int, decision: str, reason: str) -> Draft:
    """Promote the draft to a prominent problem (突出问题底稿), or return it to be verified further; gives the draft that stands.

    Raises Refusal before all have signed, for whoever wrote the draft, or without a reason; NothingFound, Conflict, IllegalMove.
    """
    if decision not in ADVICE:
        raise Refusal("casework.wrong.opinion")
    case = hold(session, acting, case_id, version, decision)
    called = current(session, case_id)
    general = session.get_one(Draft, called.draft_id)
    not_the_same(acting.name, general.made_by)
    if waiting := [one for one in called.participants if one not in {said.caller for said in opinions(session, called)}]:
        raise Refusal("casework.wrong.not_all_signed", count=len(waiting))
    if not reason.strip():
        raise Refusal("casework.wrong.reason")
    called.decision, called.decision_reason = decision, reason.strip()
    called.decided_by, called.decided_at = acting.name, acting.now
    stands = general
    if decision == "promote":
        stands = _promoted(session, acting, general)
        substantiated(session, acting, case, reason.strip())
        if case.source in ("alert", "again"):  # what came as a lead has been running since it was received
            start_limit(session, acting, case, "opinion", "case", acting.today)
    else:
        general.status = "returned"
    advance(session, acting, case, decision, consultation=called.consultation_id, draft=stands.draft_id)
    return stands


def current(session: Session, case_id: int) -> Consultation:
    """The consultation that is going on. Raises NothingFound."""
    mine = select(Consultation).where(Consultation.case_id == case_id, Consultation.decision.is_(None))
    found = session.scalar(mine.order_by(Consultation.consultation_id.desc()).limit(1))
    if found is None:
        raise NothingFound("casework.wrong.no_consultation")
    return found


def opinions(session: Session, called: Consultation) -> list[Opinion]:
    """What was said and signed, in that order."""
    mine = select(Opinion).where(Opinion.consultation_id == called.consultation_id)
    return list(session.scalars(mine.order_by(Opinion.signed_at, Opinion.caller)))


def _promoted(session: Session, acting: Acting, general: Draft) -> Draft:
    general.status = "promoted"
    prominent = Draft(
        case_id=general.case_id, kind="prominent", from_draft=general.draft_id, problem=general.problem, facts=general.facts,
        basis=general.basis, evidence=list(general.evidence), amount=general.amount, status="written", made_by=general.made_by,
        made_at=acting.now,
    )  # fmt: skip
    session.add(prominent)
    session.flush()
    return prominent
