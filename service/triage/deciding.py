"""What is decided at triage: taken for verification (受理), no problem (不是问题), wrong data, wrong rule logic."""

from sqlalchemy.orm import Session

from service import clearing
from service.store.event import Happening
from service.store.triage import Move
from service.store.verdict import Verdict
from service.triage.hold import hold, hold_free
from service.triage.moving import Before, By, moved

WRONG = ("wrong_data", "wrong_rule")
REASONS = ("explained", "handled", "duplicate", "minor", "other")
"""Why an alert is no problem, in the order in which they are offered."""


def accept(session: Session, by: By, fingerprint: str, version: int) -> Move:
    """Take an alert for verification; the caller holds it. Raises NothingFound, Conflict, IllegalMove."""
    alert = hold(session, by.caller, fingerprint, version)
    before = Before.of(alert)
    alert.accept(by.caller.name)
    return moved(
        session, alert, by, "accept", before, happening=Happening("alert.accepted", fingerprint, {"holder": alert.holder})
    )


def dismiss(session: Session, by: By, fingerprint: str, version: int, reason: str) -> Move:
    """Close an alert as no problem; the same facts do not flag again. Raises NothingFound, Conflict, IllegalMove."""
    alert = hold_free(session, by.caller, fingerprint, version)
    before = Before.of(alert)
    verdict = clearing.clear(session, alert, reason=reason, decided_by=by.caller.name, now=by.now)
    session.flush()
    before.made["verdict"] = verdict.verdict_id
    return moved(session, alert, by, "dismiss", before, reason=reason)


def give_back(session: Session, by: By, fingerprint: str, version: int, wrong: str, reason: str) -> Move:
    """Back to the data team, with what is wrong: the records (`wrong_data`) or the rule's logic (`wrong_rule`).

    Raises NothingFound, Conflict, IllegalMove, and ValueError for another kind of wrong.
    """
    if wrong not in WRONG:
        raise ValueError(wrong)
    alert = hold_free(session, by.caller, fingerprint, version)
    before = Before.of(alert)
    alert.give_back()
    verdict = Verdict(
        fingerprint=fingerprint, outcome=wrong, reason=reason, decided_by=by.caller.name, decided_at=by.now, expires_on=None,
        facts=clearing.facts_decided_on(session, alert),
    )  # fmt: skip
    session.add(verdict)
    session.flush()
    before.made["verdict"] = verdict.verdict_id
    happening = Happening("alert.returned", fingerprint, {"wrong": wrong, "reason": reason})
    return moved(session, alert, by, wrong, before, reason=reason, happening=happening)
