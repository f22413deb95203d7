"""A living service for tests: an office in which a run was kept, and clients that call it as somebody."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from service.access.caller import Bounds
from service.access.key import make_key
from service.api.app import create_app
from service.desk import Desk
from tests.service import village
from tests.service.conftest import NOW, Office

V1 = "/api/v1"
EVERYWHERE = Bounds()


def kept_office(folder: Path) -> Office:
    """A village's records imported, and one run: made once for each process of tests, then copied, every file of it."""
    shutil.copytree(_first(), folder, dirs_exist_ok=True)
    return _at(folder)


@cache
def _first() -> Path:
    made = tempfile.TemporaryDirectory(prefix="gtoffice")
    atexit.register(made.cleanup)
    office = _at(Path(made.name))
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    office.run()
    return office.folder


def _at(folder: Path) -> Office:
    return Office(folder, f"sqlite:///{folder / 'home' / 'guantong.db'}")


def key_for(desk: Desk, role: str, bounds: Bounds = EVERYWHERE, scopes: tuple[str, ...] = ()) -> dict[str, str]:
    """The header of a new key with a role."""
    with desk.store.change() as session:
        made = make_key(session, role, role, bounds, scopes=scopes, made_by="test", now=NOW)
    return {"Authorization": f"Bearer {made.text}"}


@contextmanager
def client(desk: Desk) -> Iterator[TestClient]:
    """A client of the service at this desk; an exception that no handler takes fails the test."""
    with TestClient(create_app(desk)) as calling:
        yield calling


def as_seen(version: int) -> str:
    """The If-Match of somebody who saw a version of something."""
    return f'"{version}-{"0" * 20}"'


class As:
    """Somebody with a key of their own."""

    def __init__(self, calling: TestClient, desk: Desk, role: str, bounds: Bounds = EVERYWHERE) -> None:
        self.calling, self.head = calling, key_for(desk, role, bounds)

    def send(
        self,
        path: str,
        body: Any = None,
        status: int = 200,
        *,
        seen: int | None = None,
        key: str | None = None,
        method: str = "POST",
    ) -> Any:
        """Write; `seen`: the version of what is there that they saw."""
        head = {
            **self.head,
            **({"Idempotency-Key": key} if key else {}),
            **({"If-Match": as_seen(seen)} if seen is not None else {}),
        }
        answer = self.calling.request(method, V1 + path, headers=head, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.calling.get(V1 + path, headers=self.head)
        assert answer.status_code == status, answer.text
        return answer.json()
