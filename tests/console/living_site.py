"""A living site for browser tests: a small place with a run kept, served on a port of this machine, with a clock that tests move."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.served import listening
from service.access import signing_in
from service.access.caller import Bounds
from service.desk import Desk
from service.settings import Settings
from tests.service.api_client import EVERYWHERE, kept_office
from tests.service.conftest import NOW

PASSWORD = "一壶清茶，四十件预警，逐件过目"


@dataclass
class Clock:
    """Stands still unless a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Site:
    """A served office."""

    desk: Desk
    url: str
    clock: Clock = field(default_factory=Clock)

    def enrol(self, login: str, role: str, bounds: Bounds = EVERYWHERE, name: str = "") -> str:
        """Somebody who may sign in with PASSWORD; returns the login. Twice is once."""
        with self.desk.store.change() as session:
            if not session.query(signing_in.Member).filter_by(login=login).count():
                member = signing_in.enrol(session, login, name or login, PASSWORD, by="test", now=NOW)
                signing_in.grant(session, member, role, bounds, by="test", now=NOW)
        return login

    def token(self, login: str) -> str:
        """A session of theirs, as the sign-in page would open it."""
        with self.desk.store.change() as session:
            return signing_in.sign_in(session, login, PASSWORD, self.clock())


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """A village's records, one run, and a server of the site."""
    office = kept_office(folder)
    clock = Clock()
    with Desk(Settings.from_environment(office.variables), clock=clock) as desk, listening(desk) as url:
        yield Site(desk, url, clock)
