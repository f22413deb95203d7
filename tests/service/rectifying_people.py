"""People around a rectification: two offices, clerks of units and of a department, a platform; and who acts when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.casework.course import Acting
from service.rectifying import giving
from service.rectifying.seat import Unit
from service.rectifying.terms import MARKS, read_rectifying_terms
from service.store.case import CaseFile
from service.store.case_work import Verification
from service.store.rectifying import Rectification
from service.triage.offices import Office
from tests.service.casework_office import HOME, OFFICES, OTHER, Bureau

HALL = "OF-XT01"
TERMS = read_rectifying_terms(())
TOWN, NEXT_TOWN, DEPARTMENT = "U0010", "U0011", "U0001"
UNIT = Unit(TOWN, "平潮镇人民政府", DEPARTMENT, HOME, "320612001000")
NEXT_UNIT = Unit(NEXT_TOWN, "石港镇人民政府", DEPARTMENT, HOME, "320612002000")
PLACES: dict[str, tuple[str, Bounds]] = {
    "wang": ("office_member", Bounds(office_id=OTHER)), "chen": ("office_head", Bounds(office_id=OTHER)),
    "deputy": ("office_head", Bounds(office_id=OTHER)), "zhao": ("office_member", Bounds(office_id=HOME)),
    "head": ("office_head", Bounds(office_id=HOME)), "room": ("office_member", Bounds(office_id=HALL)), "chief": ("leader", Bounds()),
    "clerk": ("unit_clerk", Bounds(unit_id=TOWN)), "next_clerk": ("unit_clerk", Bounds(unit_id=NEXT_TOWN)),
    "department": ("department_clerk", Bounds(unit_id=DEPARTMENT)), "stray": ("unit_clerk", Bounds()),
    "auditor": ("auditor", Bounds()), "hotline": ("platform", Bounds()), "audit": ("platform", Bounds()),
}  # fmt: skip
SAID = giving.Item(
    "去世人员继续领取低保", "停发并追回", "资金全部退回，按月比对殡葬信息", "李镇长（分管民政）", room_office_id=HALL
)
FULL = dict.fromkeys(TERMS.effect.criteria, MARKS[0])


@dataclass
class Loop(Bureau):
    """A bureau whose people rectify."""

    def caller(self, who: str) -> Caller:
        role, bounds = PLACES[who]
        kind = "platform" if role == "platform" else "person"
        return Caller(f"{'key' if kind == 'platform' else 'person'}:{who}", kind, (Held(roles()[role], bounds),))  # type: ignore[arg-type]

    def acting(self, who: str) -> Acting:
        outside = {HALL: Office(HALL, "党风政风监督室", "coordination"), **OFFICES}
        return Acting(self.caller(who), self.now, TERMS.periods, outside)

    def act(self, who: str, act: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """One act of somebody in one transaction."""
        return self.do(lambda session: act(session, self.acting(who), *args, **named))

    def item(self, item_id: int) -> Rectification:
        with self.store.look() as session:
            return session.get_one(Rectification, item_id)

    def given(self, unit: Unit = UNIT, **changed: Any) -> Rectification:
        """An item that the unit knows of."""
        made = self.act("wang", giving.open_item, unit, OTHER, SAID, **changed)
        return self.act("chen", giving.give, made.item_id, made.version)  # type: ignore[no-any-return]

    def closed_case(self, result: str = "substantiated", status: str = "closed", office: str = OTHER) -> int:
        """A case file of an office in which something was found."""

        def make(session: Session) -> int:
            case = CaseFile(
                title="低保", source="hand", source_ref=None, status=status, subject_kind=None, subject_id=None, unit_id=TOWN, area_id=None,
                office_id=office, stream="discipline", handler="person:wang", received_on=self.today, opened_by="person:wang", opened_at=self.now,
                due_on=None, due_provisional=False, outcome="general" if status == "closed" else None, closed_by=None, closed_at=None, version=1,
            )  # fmt: skip
            session.add(case)
            session.flush()
            session.add(
                Verification(case_id=case.case_id, checked="发放记录", records=[], result=result, finding="多发三个月", checked_on=self.today,
                             present=["person:wang"], made_by="person:wang", made_at=self.now)
            )  # fmt: skip
            return case.case_id

        return int(self.do(make))

    def enrol_all(self) -> None:
        self.people = dict.fromkeys(PLACES, ("office_member", None))
        self.enrol()

    def later(self, days: int) -> None:
        self.now += timedelta(days=days)
