"""The lead sheet (问题线索单): a prominent problem told by the seven whats, kept in versions, with how complete it is."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.casework.course import Acting, advance, hold, meet
from service.casework.drafting import newest
from service.casework.ways import WHATS, Ways, completeness
from service.errors import Refusal
from service.store.case_lead import Lead


def write_sheet(session: Session, acting: Acting, ways: Ways, case_id: int, version: int, whats: Mapping[str, str]) -> Lead:
    """Write the lead sheet, or its next version. Raises Refusal for an empty one or an unknown what; NothingFound, Conflict, IllegalMove."""
    case = hold(session, acting, case_id, version, "sheet")
    said = {one: whats.get(one, "").strip() for one in WHATS}
    if set(whats) - set(WHATS) or not said["what"]:
        raise Refusal("casework.wrong.sheet")
    found = completeness(ways, said)
    before = newest_lead(session, case_id)
    lead = Lead(
        case_id=case_id, version=before.version + 1 if before is not None else 1, draft_id=newest(session, case_id, "prominent").draft_id,
        whats=said, missing=found.missing, proposed=found.proposed, made_by=acting.name, made_at=acting.now,
    )  # fmt: skip
    session.add(lead)
    session.flush()
    meet(session, case, acting.now, period="task")
    advance(
        session, acting, case, "sheet", lead=lead.lead_id, edition=lead.version, missing=found.missing, proposed=found.proposed
    )
    return lead


def newest_lead(session: Session, case_id: int) -> Lead | None:
    """The lead sheet as it is now."""
    mine = select(Lead).where(Lead.case_id == case_id)
    return session.scalar(mine.order_by(Lead.version.desc()).limit(1))
