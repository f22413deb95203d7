"""The end of `make demo`: people who may sign in to the demo's console, and the console, running beside on this machine only."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access import signing_in
from service.access.caller import Bounds
from service.desk import Desk
from service.settings import Settings
from service.store.alert import OPEN, Alert
from service.store.assignment import Assignment
from service.words import speak

PORTS = range(8765, 8785)
BY = "make demo"


def most(session: Session, offices: str) -> tuple[str, str]:
    """The office (like `offices`) that leads most open alerts about one unit, and that unit."""
    found = session.execute(
        select(Assignment.office_id, Alert.unit_id)
        .join(Alert, Alert.fingerprint == Assignment.fingerprint)
        .where(Alert.status == OPEN, Assignment.role == "lead", Assignment.office_id.like(offices), Alert.unit_id.is_not(None))
        .group_by(Assignment.office_id, Alert.unit_id)
        .order_by(func.count().desc(), Assignment.office_id, Alert.unit_id)
        .limit(1)
    ).one()
    return str(found[0]), str(found[1])


def people(desk: Desk) -> list[tuple[str, str, str, str]]:
    """Enrol one person for each way of seeing; returns login, password, role in Chinese and English."""
    with desk.store.look() as session:
        busiest, _ = most(session, "OF-J%")
        group, unit = most(session, "OF-PZ%")
        inspecting, _ = most(session, "OF-XC%")
    office, stationed, rounds = (Bounds(office_id=one) for one in (busiest, group, inspecting))
    wanted = (
        ("leader", "委领导", "leader: everything", "leader", Bounds()),
        ("triager", "研判员（收到预警最多的室）", "triager of the busiest office", "triager", office),
        ("member", "承办人（同一个室）", "case worker of that office", "office_member", office),
        ("head", "负责人（同一个室）", "head of that office", "office_head", office),
        ("group", "派驻组负责人", "head of a stationed group: verifies what units report", "office_head", stationed),
        ("clerk", "单位经办人（驻在单位）", "clerk of that group's unit: reports", "unit_clerk", Bounds(unit_id=unit)),
        ("opener", "巡察组成员", "member of an inspection team: opens what is to be put right", "office_member", rounds),
        ("inspector", "巡察组负责人", "head of that team: tells the unit, assesses", "office_head", rounds),
        ("data", "数据组", "data team: rules, runs, imports", "data_team", Bounds()),
        ("admin", "系统管理员", "administrator: people and keys, no case", "administrator", Bounds()),
    )
    made = []
    now = desk.clock()
    with desk.store.change() as session:
        for login, zh, en, role, bounds in wanted:
            password = secrets.token_urlsafe(12)
            member = signing_in.enrol(session, login, zh.partition("（")[0], password, by=BY, now=now)
            signing_in.grant(session, member, role, bounds, by=BY, now=now)
            made.append((login, password, zh, en))
    return made


def free_port() -> int:
    """The first port of PORTS that nothing listens on. Raises SystemExit when all are taken."""
    for port in PORTS:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise SystemExit(f"ports {PORTS[0]} to {PORTS[-1]} are all taken")


def start(folder: Path) -> str:
    """Start the console in the background; returns its address once it answers. Raises SystemExit with its log when it does not."""
    port, log = free_port(), folder / "console.log"
    command = [str(Path(sys.executable).with_name("guantong")), "serve", "--port", str(port)]
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
    (folder / "console.pid").write_text(str(server.pid), encoding="ascii")
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/livez", timeout=5):
                return address
        except (urllib.error.URLError, OSError):
            if server.poll() is not None:
                break
            time.sleep(0.2)
    raise SystemExit(log.read_text(encoding="utf-8"))


def stop(folder: Path) -> None:
    """Stop the console that an earlier demo left running."""
    kept = folder / "console.pid"
    if kept.exists():
        try:
            os.killpg(int(kept.read_text(encoding="ascii")), signal.SIGTERM)
        except (ProcessLookupError, PermissionError):
            pass  # it has ended
        kept.unlink()


def main() -> None:
    """`demo_console.py FOLDER start|stop`."""
    folder, what = Path(sys.argv[1]), sys.argv[2]
    if what == "stop":
        stop(folder)
        return
    settings = Settings.from_environment()
    speak(settings.lang)
    with Desk(settings, clock=lambda: datetime.now(UTC)) as desk:
        made = people(desk)
    address = start(folder)
    chinese = settings.lang == "zh"
    print()
    print(f"研判台已在本机运行：{address}" if chinese else f"The console is running on this machine: {address}")
    for login, password, zh, en in made:
        print(f"  {login:10} {password:18} {zh if chinese else en}")
    told = (
        "先以 triager 登录：j/k 走，Enter 看，a 受理，d 不是问题，? 是全部按键"
        if chinese
        else "Begin as triager: j/k walk, Enter opens, a accepts, d dismisses, ? shows every key"
    )
    print(told)
    print("停止：make stop" if chinese else "To stop it: make stop")


if __name__ == "__main__":
    main()
