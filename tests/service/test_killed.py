"""kill -9 at any point of a run, and the next run ends with the alerts of an undisturbed one: none lost, none twice."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store import event
from service.store.alert import Alert, AlertLink, AlertSignal
from service.store.assignment import Assignment
from service.store.event import Event
from service.store.run import DONE, Run, RunStep
from service.store.signal import SignalVersion
from tests.service import village
from tests.service.conftest import Office, fresh_database

CHILD = Path(__file__).with_name("killed_run.py")
ROOT = Path(__file__).parents[2]
KILLS = 8
"""At most; each costs the start of a process."""

RULES = ("paid_after_death", "duplicate_across_towns", "public_employee_on_need_based_list", "complaint_names_flagged_village")


@pytest.fixture(scope="session", autouse=True)
def small_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few of the shipped rules and the shipped chains and routes: a child reads them in a moment."""
    folder = tmp_path_factory.mktemp("small_book")
    for rule in RULES:
        (found,) = (ROOT / "rules" / "book").glob(f"*/{rule}.yml")
        (folder / "book" / found.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(found, folder / "book" / found.parent.name)
    shutil.copytree(ROOT / "rules" / "routes", folder / "routes")
    (folder / "chains").mkdir()
    left_out = {
        "complaint_corroborates_supplier",
        "bidders_together",
        "self_handled_and_money",
    }  # they speak of rules that are not here
    for chain in (ROOT / "rules" / "chains").glob("*.yml"):
        if chain.stem not in left_out:
            text = re.sub(f"({'|'.join(left_out)})(, )?", "", chain.read_text(encoding="utf-8"))
            (folder / "chains" / chain.name).write_text(text, encoding="utf-8")
    SMALL.append(folder)
    return folder


SMALL: list[Path] = []


def _rows(session: Session, *columns: Any) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in session.execute(select(*columns)))


def child(office: Office, when: str = "never", which: int = 0) -> subprocess.Popen[str]:
    """A run in a process of its own; a small book keeps its start short."""
    return subprocess.Popen(
        [sys.executable, str(CHILD), when, str(which), village.AS_OF.isoformat(), str(SMALL[0])],
        env={**os.environ, **office.variables, "PYTHONPATH": str(ROOT)}, cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, errors = process.communicate(timeout=120)
    assert process.returncode in (0, -signal.SIGKILL), errors
    return process.returncode, out


def kept(office: Office) -> dict[str, Any]:
    """Everything a person could be shown, without the numbers of runs that were given up."""
    with office.desk() as desk, desk.store.look() as session:
        assert event.first_broken(session) is None
        assert session.scalars(select(Run.status)).all().count(DONE) == 1
        assert session.scalars(select(RunStep.result).where(~RunStep.step.startswith("score:"))).all().count(None) > 0
        return {
            "alerts": sorted(
                (
                    one.fingerprint,
                    one.status,
                    one.severity,
                    one.fired,
                    str(one.amount),
                    one.title["zh"],
                    one.why["zh"],
                    str(one.last_seen),
                    one.priority,
                    one.level,
                    one.matter or "",
                )
                for one in session.scalars(select(Alert))
            ),
            "signals": _rows(session, SignalVersion.signal_id, SignalVersion.version),
            "rests": _rows(session, AlertSignal.fingerprint, AlertSignal.signal_id),
            "links": _rows(session, AlertLink.fingerprint, AlertLink.kind, AlertLink.entity_id),
            "assigned": sorted(
                (one.fingerprint, one.office_id or "", one.unit_id or "", one.role, one.stream, one.route, str(one.due_on))
                for one in session.scalars(select(Assignment))
            ),
            "log": [row for row in _rows(session, Event.kind, Event.about) if not row[0].startswith("batch.")],
        }


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that has imported the place: the same key and lake for every run."""
    folder = tmp_path_factory.mktemp("imported")
    office = Office(folder, f"sqlite:///{folder / 'home' / 'guantong.db'}")
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    return folder


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, imported: Path) -> "Undisturbed":
    """A run that nobody kills."""
    folder = tmp_path_factory.mktemp("undisturbed")
    office = prepared(Office(folder, f"sqlite:///{folder / 'home' / 'guantong.db'}"), imported)
    process = child(office)
    begun_at = begun(process)
    code, out = finished(process)
    lasted = time.monotonic() - begun_at
    assert code == 0
    return Undisturbed(kept(office), int(out.split()[-2]), lasted)


class Undisturbed(NamedTuple):
    """What such a run keeps, how many commits it makes, and the seconds from its first step to its end."""

    whole: dict[str, Any]
    commits: int
    lasted: float


def begun(process: subprocess.Popen[str]) -> float:
    """When the first step of a run has begun."""
    assert process.stdout is not None
    process.stdout.read(1)
    return time.monotonic()


def prepared(office: Office, imported: Path) -> Office:
    shutil.copytree(imported / "home", office.folder / "home")
    shutil.copy(imported / "key", office.folder / "key")
    return office


def restart_until_done(office: Office) -> None:
    code, out = finished(child(office))
    assert code == 0 and out.split()[-1] == "True", "the killed run is taken up, not begun anew"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("share", [0.12, 0.5, 0.85, 1.0])
def test_killed_at_a_commit(embedded: Office, imported: Path, undisturbed: Undisturbed, when: str, share: float) -> None:
    whole, commits, _ = undisturbed
    prepared(embedded, imported)
    which = max(2, round(share * commits))  # before the first commit there is no run to take up
    code, _ = finished(child(embedded, when, which))
    assert code == -signal.SIGKILL
    if when == "after" and which == commits:  # the last commit ends the run: nothing is left to do
        assert kept(embedded) == whole
        return
    restart_until_done(embedded)
    assert kept(embedded) == whole


def test_killed_on_postgresql(tmp_path: Path, imported: Path, undisturbed: Undisturbed, postgres_server: str) -> None:
    whole, commits, _ = undisturbed
    office = prepared(Office(tmp_path, fresh_database(postgres_server)), imported)
    for when, which in (("after", 3), ("before", commits - 2)):  # in the midst of flagging; while storing
        assert finished(child(office, when, which))[0] == -signal.SIGKILL
    restart_until_done(office)
    assert kept(office) == whole


def test_a_second_run_killed_while_storing_counts_once(embedded: Office, imported: Path, undisturbed: Undisturbed) -> None:
    commits = undisturbed.commits
    prepared(embedded, imported)
    assert finished(child(embedded))[0] == 0
    with embedded.desk() as desk, desk.store.look() as session:
        made = len(session.scalars(select(RunStep.step).where(RunStep.step.startswith("score:"))).all())
    storing = commits - made  # what was made of tables and files need not be made a second time
    assert finished(child(embedded, "before", storing))[0] == -signal.SIGKILL
    restart_until_done(embedded)
    with embedded.desk() as desk, desk.store.look() as session:
        assert set(session.scalars(select(Alert.fired))) == {2}
        assert session.scalars(select(Run.status)).all() == [DONE, DONE]
        assert event.first_broken(session) is None


def test_killed_again_and_again_at_moments_nobody_chose(embedded: Office, imported: Path, undisturbed: Undisturbed) -> None:
    prepared(embedded, imported)
    dice, killed = random.Random(7), 0
    for _ in range(KILLS):
        process = child(embedded)
        begun(process)
        time.sleep(dice.uniform(0.0, undisturbed.lasted / 3))
        process.kill()
        if finished(process)[0] == 0 or _done(embedded):
            break
        killed += 1
    else:
        assert finished(child(embedded))[0] == 0
    assert killed >= 3
    assert kept(embedded) == undisturbed.whole


def _done(office: Office) -> bool:
    with office.desk() as desk, desk.store.look() as session:
        return Run.newest(session) is not None


def test_the_reasoners_process_killed_alone_is_a_step_tried_again(
    embedded: Office, imported: Path, undisturbed: Undisturbed
) -> None:
    prepared(embedded, imported)
    process = child(embedded)
    killed = 0
    while process.poll() is None and killed < 2:
        for one in _reasoners(process.pid):
            one.kill()
            killed += 1
        time.sleep(0.001)
    assert finished(process)[0] == 0
    assert killed >= 1
    assert kept(embedded) == undisturbed.whole


def _reasoners(pid: int) -> list[psutil.Process]:
    try:
        return [one for one in psutil.Process(pid).children() if any("reasoner_worker" in part for part in one.cmdline())]
    except psutil.NoSuchProcess:
        return []
