"""Which requests for material (补充材料) somebody is to answer: those sent to their office or unit. They show the request, never the alert.

Whoever answers need not see the alert: a unit's clerk never does, another office only if it has it for reasons of its own. An office that
is recused from the alert (回避) hears of no request, also of none that was sent before.
"""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from service.access.caller import Caller
from service.access.sight import not_about
from service.access.sight_of_rectification import REPORT
from service.store.alert import Alert
from service.store.alert_work import Demand
from service.store.assignment import Recusal

JUDGE = "alerts.judge"


def demands_for(caller: Caller) -> ColumnElement[bool]:
    """What must hold of a request for the caller to answer it."""
    parts: list[ColumnElement[bool]] = [false()]
    for one in caller.within(JUDGE):
        if one.bounds.office_id is not None:
            parts.append(
                and_(Demand.to_office == one.bounds.office_id, Demand.fingerprint.not_in(_recused(one.bounds.office_id)))
            )
        elif one.bounds.everywhere:
            parts.append(Demand.to_office.is_not(None))
    units = [one.bounds.unit_id for one in caller.within(REPORT) if one.bounds.unit_id is not None]
    if units:
        parts.append(Demand.to_unit.in_(units))
    mine = true() if caller.person_id is None else Demand.fingerprint.in_(select(Alert.fingerprint).where(not_about(caller)))
    return and_(or_(*parts), mine)


def _recused(office: str) -> Select[str]:
    return select(Recusal.fingerprint).where(Recusal.office_id == office, Recusal.ended_run.is_(None))
