"""What follows a case: names cleared (澄清正名), the form used with tolerance (四种形态 容错), re-visits (回访)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from service.casework.course import Acting, not_the_same
from service.errors import Refusal
from service.rectifying.course import CASE_APPROVE, CASEWORK, R, advance, hold, made
from service.rectifying.giving import for_office, my_case
from service.store.case import CaseFile
from service.store.rectifying_after import FormUsed, NameClearing, Revisit

GROUNDS, FINDINGS, CLEARED_BY = (
    ("office", "application"),
    ("unfounded", "false_accusation"),
    ("talk", "letter", "meeting", "notice"),
)
TOLERANCES = ("trial", "exploration", "unintended")
"""三个区分开来: 先行先试的失误, 尚无明确限制的探索性试验, 推动发展的无意过失."""
FORMS = (0, 1, 2, 3, 4)
OF_PEOPLE, OF_CALLERS = ("well", "needs_help", "worse"), ("satisfied", "unsatisfied", "unreachable")


@dataclass(frozen=True)
class Clearing:
    """Whose name is cleared, why and how."""

    person: str
    ground: str
    finding: str
    way: str
    said: str
    city_reference: str | None = None


@dataclass(frozen=True)
class Form:
    """Which form was used on whom, and whether tolerance applied."""

    person: str
    form: int
    measure: str
    on: date
    tolerance: str | None = None
    tolerance_reason: str | None = None


def propose_clearing(session: Session, acting: Acting, case_id: int, said: Clearing) -> NameClearing:
    """Propose to clear a name. A finding of false accusation needs the decision of the city level or above (its reference).

    Raises Refusal for what is missing, and while the case found something and is not closed; NothingFound.
    """
    case = my_case(session, acting, case_id, CASEWORK)
    for_office(acting, case.office_id, CASEWORK)
    if (
        said.ground not in GROUNDS
        or said.finding not in FINDINGS
        or said.way not in CLEARED_BY
        or not (said.person.strip() and said.said.strip())
    ):
        raise Refusal("rectifying.wrong.clearing_parts")
    if case.status != "closed":
        raise Refusal("rectifying.wrong.case_open")
    reference = (said.city_reference or "").strip() or None
    if said.finding == "false_accusation" and reference is None:
        raise Refusal("rectifying.wrong.city_level")
    kept = NameClearing(
        case_id=case_id, status="proposed", person=said.person.strip(), ground=said.ground, finding=said.finding, way=said.way,
        said=said.said.strip(), city_reference=reference, proposed_by=acting.name, proposed_at=acting.now, decided_by=None, decided_at=None,
        decision_reason=None, done_on=None, done_by=None, version=1,
    )  # fmt: skip
    return made(session, acting, kept, case=case_id, finding=said.finding)


def decide_clearing(
    session: Session, acting: Acting, clearing_id: int, version: int, *, agree: bool, reason: str
) -> NameClearing:
    """Approve it or refuse it with a reason. Raises Refusal for whoever proposed it; NothingFound, Conflict, IllegalMove."""
    return _decide(session, acting, NameClearing, clearing_id, version, agree=agree, reason=reason)


def carry_out(session: Session, acting: Acting, clearing_id: int, version: int, on: date) -> NameClearing:
    """Note the day on which it was said. Raises Refusal for a day ahead; NothingFound, Conflict, IllegalMove."""
    kept = hold(session, acting, NameClearing, clearing_id, version, "carry_out")
    _not_ahead(acting, on)
    kept.done_on, kept.done_by = on, acting.name
    advance(session, acting, kept, "carry_out", case=kept.case_id)
    return kept


def record_form(session: Session, acting: Acting, case_id: int, said: Form) -> FormUsed:
    """Record the form used (四种形态), or that tolerance applied; another approves it.

    Raises Refusal for what is missing, tolerance without its reason, no form without tolerance; NothingFound.
    """
    case = my_case(session, acting, case_id, CASEWORK)
    for_office(acting, case.office_id, CASEWORK)
    reason = (said.tolerance_reason or "").strip() or None
    if said.form not in FORMS or not said.person.strip() or not said.measure.strip():
        raise Refusal("rectifying.wrong.form_parts")
    if (
        (said.tolerance is None) != (reason is None)
        or said.tolerance not in (None, *TOLERANCES)
        or (said.form == 0 and reason is None)
    ):
        raise Refusal("rectifying.wrong.tolerance")
    _not_ahead(acting, said.on)
    kept = FormUsed(
        case_id=case_id, status="proposed", person=said.person.strip(), form=said.form, measure=said.measure.strip(), tolerance=said.tolerance,
        tolerance_reason=reason, on=said.on, proposed_by=acting.name, proposed_at=acting.now, decided_by=None, decided_at=None,
        decision_reason=None, version=1,
    )  # fmt: skip
    return made(session, acting, kept, case=case_id, form=said.form, tolerance=said.tolerance)


def decide_form(session: Session, acting: Acting, form_id: int, version: int, *, agree: bool, reason: str) -> FormUsed:
    """Approve it, which plans the re-visit of the person; or refuse it. Raises Refusal for whoever recorded it; NothingFound, Conflict, IllegalMove."""
    kept = _decide(session, acting, FormUsed, form_id, version, agree=agree, reason=reason)
    if agree and kept.form > 0:
        due = acting.periods.due("revisit_person", kept.on)
        _plan(session, acting, kept.case_id, "dealt_with", due.due_on, due.provisional, form_id=kept.form_id)
    return kept


def ask_caller_again(session: Session, acting: Acting, case_id: int, ticket_id: str) -> Revisit:
    """Have the platform that handles the order ask its caller again: it hears the order's number only. Raises Refusal without one; NothingFound."""
    case = my_case(session, acting, case_id, CASEWORK)
    for_office(acting, case.office_id, CASEWORK)
    if not ticket_id.strip():
        raise Refusal("rectifying.wrong.ticket")
    due = acting.periods.due("revisit_caller", acting.today)
    return _plan(session, acting, case_id, "caller", due.due_on, due.provisional, ticket_id=ticket_id.strip())


def revisited(session: Session, acting: Acting, revisit_id: int, version: int, result: str, said: str) -> Revisit:
    """Put a re-visit of somebody dealt with on record. Raises Refusal for a caller's, or without words; NothingFound, Conflict, IllegalMove."""
    return _visited(session, acting, revisit_id, version, "done", "dealt_with", OF_PEOPLE, result, said)


def called_again(session: Session, acting: Acting, revisit_id: int, version: int, result: str, said: str = "") -> Revisit:
    """The platform says what its caller said. Raises Refusal for another kind or result; NothingFound, Conflict, IllegalMove."""
    return _visited(session, acting, revisit_id, version, "called", "caller", OF_CALLERS, result, said)


def _visited(
    session: Session,
    acting: Acting,
    revisit_id: int,
    version: int,
    step: str,
    kind: str,
    results: tuple[str, ...],
    result: str,
    said: str,
) -> Revisit:
    kept = hold(session, acting, Revisit, revisit_id, version, step)
    if kept.kind != kind or result not in results or (kind == "dealt_with" and not said.strip()):
        raise Refusal("rectifying.wrong.revisit")
    kept.result, kept.said, kept.done_by, kept.done_at = result, said.strip() or None, acting.name, acting.now
    advance(session, acting, kept, step, result=result)
    return kept


def _plan(
    session: Session, acting: Acting, case_id: int, kind: str, due_on: date, provisional: bool, *, form_id: int | None = None,
    ticket_id: str | None = None,
) -> Revisit:  # fmt: skip
    kept = Revisit(
        status="planned", kind=kind, case_id=case_id, form_id=form_id, ticket_id=ticket_id, due_on=due_on, due_provisional=provisional,
        result=None, said=None, planned_by=acting.name, planned_at=acting.now, done_by=None, done_at=None, version=1,
    )  # fmt: skip
    return made(session, acting, kept, case=case_id, kind=kind, due_on=due_on.isoformat())


def _decide(session: Session, acting: Acting, record: type[R], number: int, version: int, *, agree: bool, reason: str) -> R:
    step = "approve" if agree else "refuse"
    kept = hold(session, acting, record, number, version, step)
    assert isinstance(kept, NameClearing | FormUsed)
    for_office(acting, session.get_one(CaseFile, kept.case_id).office_id, CASE_APPROVE)
    not_the_same(acting.name, kept.proposed_by)
    if not agree and not reason.strip():
        raise Refusal("casework.wrong.reason")
    kept.decided_by, kept.decided_at, kept.decision_reason = acting.name, acting.now, reason.strip() or None
    advance(session, acting, kept, step, case=kept.case_id)
    return kept


def _not_ahead(acting: Acting, on: date) -> None:
    if on > acting.today:
        raise Refusal("casework.wrong.in_future", day=on)
