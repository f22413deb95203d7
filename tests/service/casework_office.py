"""An office for tests of casework: people with roles, two offices, an accepted alert, and who acts when."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.casework.course import Acting
from service.casework.periods import read_periods
from service.casework.ways import read_ways
from service.store.alert import Alert
from service.store.assignment import Assignment
from service.store.case import CaseFile
from service.store.database import Store
from service.store.member import Member
from service.triage.offices import Office
from tests.service.conftest import NOW

HOME, OTHER = "OF-PZ01", "OF-JD01"
OFFICES = {HOME: Office(HOME, "驻县民政局纪检监察组", "stationed"), OTHER: Office(OTHER, "第一监督检查室", "discipline")}
PEOPLE = {
    "wang": ("office_member", HOME), "li": ("office_member", HOME), "head": ("office_head", HOME), "chief": ("leader", None),
    "zhao": ("office_member", OTHER), "chen": ("office_head", OTHER), "deputy": ("leader", None),
}  # fmt: skip
PERIODS, WAYS = read_periods(()), read_ways(())


def facts(fingerprint: str, **changed: Any) -> dict[str, Any]:
    """What the correlation says of an alert."""
    return {
        "fingerprint": fingerprint, "kind": "民生资金疑点", "title": {"zh": "去世后仍领低保", "en": "paid after death"}, "severity": "high",
        "subject_kind": "person", "subject_id": f"P-{fingerprint}", "unit_id": "U0010", "area_id": "320612001001", "amount": None,
        "chains": [], "officials": [], "parties": [], "why": {}, "matter": None, **changed,
    }  # fmt: skip


@dataclass
class Bureau:
    """A store with people, and a clock."""

    store: Store
    now: datetime = NOW
    people: dict[str, tuple[str, str | None]] = field(default_factory=lambda: dict(PEOPLE))

    def caller(self, who: str) -> Caller:
        role, office = self.people[who]
        return Caller(f"person:{who}", "person", (Held(roles()[role], Bounds(office_id=office)),))

    def acting(self, who: str) -> Acting:
        return Acting(self.caller(who), self.now, PERIODS, OFFICES)

    def forward(self, days: int) -> None:
        self.now += timedelta(days=days)

    @property
    def today(self) -> date:
        return self.acting("chief").today

    def enrol(self) -> None:
        with self.store.change() as session:
            for login in self.people:
                session.add(
                    Member(login=login, name=login, person_id=None, password=None, outside_id=None, totp=None, totp_step=None,
                           must_change=False, failed=0, locked_until=None, active=True, created_at=self.now)
                )  # fmt: skip

    def alert(self, fingerprint: str, holder: str = "person:wang", office: str = HOME, **changed: Any) -> str:
        """An accepted alert that an office leads."""
        with self.store.change() as session:
            one = Alert.open(facts(fingerprint, **changed), 1, self.now.date(), self.now)
            one.accept(holder)
            session.add(one)
            session.flush()
            session.add(
                Assignment(fingerprint=fingerprint, stream="stationed", office_id=office, unit_id=None, role="lead", route="test",
                           because={}, due_days=10, channel="urgent", batch_on=None, due_on=None, due_provisional=False, given_run=1,
                           ended_run=None)
            )  # fmt: skip
        return fingerprint

    def do(self, act: Callable[[Session], Any]) -> Any:
        """One act in one transaction."""
        with self.store.change() as session:
            session.expire_on_commit = False
            return act(session)

    def case(self, case_id: int) -> CaseFile:
        with self.store.look() as session:
            return session.get_one(CaseFile, case_id)


@contextmanager
def bureau_on_sqlite(folder: Path) -> Iterator[Bureau]:
    """A bureau with its people, on a database of its own in a folder."""
    store = Store.open(f"sqlite:///{folder / 'guantong.db'}")
    made = Bureau(store)
    made.enrol()
    yield made
    store.close()
