"""Whose portrait and briefing a caller may open: pictures of units, made of the alerts the caller sees (service.access.sight) and of the hotline's orders.

A unit's own people open none: how its orders were handled, and that there are alerts at all, would tell them of complaints.
Who is bound to an area opens those of the units there. An office or a stream opens those of units it has an alert of.
"""

from service.access.caller import Caller
from service.store.questions import stem

READ = "reports.read"


def portrays(caller: Caller, area_id: str | None, has_alerts: bool) -> bool:
    """Whether the caller may open the portrait of a unit in an area, of which the caller sees alerts or not."""
    held = [one.bounds for one in caller.within(READ) if one.role.sees != "none" and one.bounds.unit_id is None]
    for bounds in held:
        bare = bounds.office_id is None and bounds.stream is None
        within = bounds.area_id is None or (area_id or "").startswith(stem(bounds.area_id))
        if within and (bare or has_alerts):
            return True
    return False


def opens_any(caller: Caller) -> bool:
    """Whether some portrait may be open to the caller."""
    return any(one.role.sees != "none" and one.bounds.unit_id is None for one in caller.within(READ))
