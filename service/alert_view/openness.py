"""Who may see complaints on an alert's page: whoever sees the alert by a role that is bound to no unit (检举控告工作规则 47(二))."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import narrowed
from service.store.alert import Alert


def outside_units(caller: Caller) -> Caller:
    """The caller without the roles that are bound to a unit."""
    return replace(caller, held=tuple(one for one in caller.held if one.bounds.unit_id is None))


def sees_complaints(session: Session, caller: Caller, fingerprint: str) -> bool:
    """Whether complaints may stand on this alert's page for this caller."""
    free = outside_units(caller)
    mine = narrowed(select(Alert.fingerprint), free).where(Alert.fingerprint == fingerprint)
    return free.may("alerts.read") and session.scalar(mine) is not None
