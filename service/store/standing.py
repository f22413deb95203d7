"""What became of an alert: the one definition of confirmed (查实) that overview, portraits, rules' figures and papers count by.

An alert is confirmed while it is accepted and its newest verdict says that it was right. A verdict stands only as long as the alert
is as the verdict left it: one that opened again waits again, and one worked on with another counts with that one.
"""

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select

from service.store.alert import ACCEPTED, CLEARED, MERGED, OPEN, RETURNED, Alert
from service.store.verdict import RIGHT, WRONG, Verdict

CONFIRMED = "confirmed"
STATES = (OPEN, ACCEPTED, CONFIRMED, CLEARED, RETURNED, MERGED)
"""What became of an alert, one for each: to be judged, being verified, found right (查实), no problem, back at the data team, worked on with another."""
WAITING = (OPEN, ACCEPTED)
NOT_RIGHT = (CLEARED, RETURNED)
"""Judged, and no problem, or wrong for its data or its rule."""
JUDGED = (CONFIRMED, *NOT_RIGHT)
LEFT = dict.fromkeys(RIGHT, ACCEPTED) | dict.fromkeys(WRONG, RETURNED) | {"cleared": CLEARED}
"""Outcome of a verdict -> the status in which it leaves its alert."""


def standing() -> Subquery:
    """The verdict that stands of each alert that has one: fingerprint, outcome, decided_at."""
    newest = select(func.max(Verdict.verdict_id)).where(Verdict.outcome.in_(RIGHT | WRONG)).group_by(Verdict.fingerprint)
    stands = Alert.status == case(LEFT, value=Verdict.outcome)
    query = select(Verdict.fingerprint, Verdict.outcome, Verdict.decided_at).join(Alert, Alert.fingerprint == Verdict.fingerprint)
    return query.where(Verdict.verdict_id.in_(newest), stands).subquery("standing")


def state(verdict: Subquery) -> ColumnElement[str]:
    """Which of STATES an alert is in, over alerts outer-joined with their standing verdicts."""
    right = and_(Alert.status == ACCEPTED, verdict.c.outcome.in_(RIGHT))
    return case((right, CONFIRMED), else_=Alert.status)
