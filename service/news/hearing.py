"""Who hears of what: a notice about an alert reaches whoever sees the alert now (service.access.sight), and nobody else."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import narrowed
from service.store.alert import Alert
from service.store.notice import Notice
from service.store.outbox import BY, kinds

HEARS = "events.read"
AT_ONCE = 500
"""Alerts asked for in one question."""


def heard(session: Session, caller: Caller, notices: Sequence[Notice]) -> list[Notice]:
    """Those of the notices that the caller may hear of now, in their order."""
    if not caller.may(HEARS):
        return []
    visible = _visible(session, caller, notices)
    return [one for one in notices if _hears(caller, one, visible)]


def everywhere(caller: Caller, verb: str) -> bool:
    """Whether some role allows the verb without bounds."""
    return any(one.bounds.everywhere for one in caller.within(verb))


def _hears(caller: Caller, notice: Notice, visible: set[tuple[str, str]]) -> bool:
    kind = kinds().get(notice.kind)
    if kind is None or not caller.may(kind.needs):
        return False
    if kind.about == "alert":
        return (kind.needs, notice.about) in visible
    # a batch is told to whoever brought it, and to those who are bound to no place
    return kind.about == "run" or notice.body.get(BY) == caller.name or everywhere(caller, kind.needs)


def _visible(session: Session, caller: Caller, notices: Sequence[Notice]) -> set[tuple[str, str]]:
    asked: dict[str, set[str]] = defaultdict(set)
    for one in notices:
        kind = kinds().get(one.kind)
        if kind is not None and kind.about == "alert":
            asked[kind.needs].add(one.about)
    return {
        (verb, found)
        for verb, alerts in asked.items()
        for some in _portions(sorted(alerts))
        for found in session.scalars(narrowed(select(Alert.fingerprint), caller, verb).where(Alert.fingerprint.in_(some)))
    }


def _portions(listed: list[str]) -> list[list[str]]:
    return [listed[at : at + AT_ONCE] for at in range(0, len(listed), AT_ONCE)]
