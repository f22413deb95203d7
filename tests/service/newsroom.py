"""An office with news for tests: alerts written straight into the store, callers within their bounds, and a clock to turn on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from datasets.key import Key
from service.access.caller import Bounds
from service.access.key import make_key
from service.desk import Desk
from service.news.courier import Courier
from service.news.subscribing import Made, subscribe
from service.news.wire import Wire
from service.settings import Settings
from service.store.alert import Alert
from service.store.assignment import Assignment
from service.store.event import Happening, append
from service.store.notice import Delivery, Notice

EVERYWHERE = Bounds()


class Clock:
    """The machine's time and whatever was added: signatures are checked against the real one."""

    def __init__(self) -> None:
        self.added = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.added

    def forward(self, **amount: float) -> None:
        self.added += timedelta(**amount)


class Newsroom:
    """A desk, and short words for what happens at it."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self.desk, self.clock = desk, clock

    def open_alert(self, alert: str, office: str = "OF-A", title: str = "预警") -> None:
        """A new alert that an office has."""
        facts: dict[str, Any] = {
            "fingerprint": alert, "kind": "x", "title": {"zh": title, "en": title}, "severity": "high", "subject_kind": "person",
            "subject_id": "rid_00000000000000000000", "unit_id": None, "area_id": None, "amount": None, "chains": [], "officials": [],
            "parties": [], "why": {"zh": "", "en": ""},
        }  # fmt: skip
        with self.desk.store.change() as session:
            session.add(Alert.open(facts, 1, date(2026, 1, 1), self.clock()))
            session.flush()
            session.add(
                Assignment(
                    fingerprint=alert, stream="discipline", office_id=office, role="lead", route="r", because={}, channel="now",
                    given_run=1,
                )
            )  # fmt: skip
            told = {"severity": "high", "signals": ["S:rid_00000000000000000000"]}
            append(session, [Happening("alert.opened", alert, told)], "run", self.clock())

    def happen(self, kind: str, about: str, actor: str = "run", **body: Any) -> None:
        with self.desk.store.change() as session:
            append(session, [Happening(kind, about, body)], actor, self.clock())

    def key(
        self, role: str = "platform", bounds: Bounds = EVERYWHERE, scopes: tuple[str, ...] = ()
    ) -> tuple[str, dict[str, str]]:
        """A caller's name, and the header that it calls with."""
        with self.desk.store.change() as session:
            made = make_key(session, role, role, bounds, scopes=scopes, made_by="test", now=self.clock())
        return f"key:{made.key_id}", {"Authorization": f"Bearer {made.text}"}

    def subscribe(self, url: str, owner: str, *kinds: str, entitled: bool = False) -> Made:
        key = self.desk.key
        assert key is not None
        with self.desk.store.change() as session:
            made = subscribe(session, key, url, kinds, owner=owner, entitled=entitled, now=self.clock())
            assert made is not None
            session.flush()
            session.expunge_all()
        return made

    def courier(self, seconds: float = 2.0, **settings: Any) -> Courier:
        return Courier(self.desk, Wire(self.desk.settings.hook_networks, seconds), **settings)

    def statuses(self) -> list[str]:
        """Of all deliveries, in the order of their events."""
        with self.desk.store.look() as session:
            return list(session.scalars(select(Delivery.status).order_by(Delivery.subscription_id, Delivery.seq)))

    def told(self, alert: str | None = None) -> list[str]:
        """Ids of all notices (about an alert), in their order."""
        query = select(Notice.notice_id).order_by(Notice.seq)
        with self.desk.store.look() as session:
            return list(session.scalars(query if alert is None else query.where(Notice.about == alert)))


def variables(folder: Path, database_url: str) -> dict[str, str]:
    return {
        "GUANTONG_HOME": str(folder / "home"), "GUANTONG_KEY_FILE": str(folder / "key"), "GUANTONG_LANG": "zh",
        "GUANTONG_DATABASE_URL": database_url, "GUANTONG_HOOK_NETWORKS": "127.0.0.0/8",
    }  # fmt: skip


@contextmanager
def newsroom(folder: Path, database_url: str, **other: str) -> Iterator[Newsroom]:
    settings = Settings.from_environment({**variables(folder, database_url), **other})
    Key.from_file(settings.key_file, create=True)
    clock = Clock()
    with Desk(settings, clock=clock) as desk:
        yield Newsroom(desk, clock)
