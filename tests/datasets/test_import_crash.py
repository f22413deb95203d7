"""kill -9 at any point of an import leaves the old state or the new one, and the next import finishes the work."""

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from datasets.key import Key
from tests.datasets import town
from tests.datasets.town import payment

SPAWN = multiprocessing.get_context("spawn")


def _killed_at(home: Path, sources: Path, files: Path, point: int) -> None:
    """Import in this process, and die without farewell at the given step."""
    steps = iter(range(10_000))

    def step(_: str) -> None:
        if next(steps) == point:
            os.kill(os.getpid(), signal.SIGKILL)

    town.take(home, town.read_sources(sources, contracts=town.CONTRACTS), files, step=step)


def _final(home: Path) -> dict[str, Any]:
    lake = town.lake(home)
    manifests = [batch.model_dump(exclude={"version", "data", "vault", "rejects"}) for batch in lake.batches()]
    files = sorted(path.parent.name + "/" + path.name[:16] for path in lake.folder.glob("*/*.parquet"))
    rows = {table: town.stored(home, table) for table in ("area", "subsidy_payment", "ticket")}
    return {"manifests": manifests, "files": files, "rows": rows}


def _town(tmp_path: Path) -> tuple[Path, Path]:
    town.areas(tmp_path / "in")
    lines = [payment(number, amount="" if number % 3 == 0 else "650") for number in range(30)]
    town.payments(tmp_path / "in/补贴发放.xlsx", lines)
    header = ["工单编号", "程序", "标题", "内容", "来电号码", "登记时间"]
    told = ["TICKET-0001", "检举控告", "举报", "反映县委书记收受好处费，电话13811112222", "13811112222", "2024-03-01 09:00"]
    plain = ["T2", "普通", "路灯", "路灯不亮，电话13911112222", "13911112222", "2024-03-02 09:00"]
    town.workbook(tmp_path / "in/工单.xlsx", [header, told, plain])
    town.sources(tmp_path / "sources")
    return tmp_path / "sources", tmp_path / "in"


def _kill(home: Path, sources: Path, files: Path, point: int) -> int | None:
    child = SPAWN.Process(target=_killed_at, args=(home, sources, files, point))
    child.start()
    child.join(60)
    return child.exitcode


@pytest.mark.slow
def test_killed_anywhere_and_run_again_it_ends_as_if_undisturbed(tmp_path: Path) -> None:
    sources, files = _town(tmp_path)
    known = town.read_sources(sources, contracts=town.CONTRACTS)
    steps: list[str] = []
    town.take(tmp_path / "calm", known, files, step=steps.append)
    calm = _final(tmp_path / "calm")
    assert len(steps) > 12 and calm["rows"]["ticket"]
    for point in range(0, len(steps), 2):
        home = tmp_path / f"home{point}"
        assert _kill(home, sources, files, point) == -signal.SIGKILL
        _no_secret_in_clear(home)
        town.take(home, known, files)
        assert _final(home) == calm, f"killed at {steps[point]!r}"
        assert not list((home / "lake").glob("**/*.tmp*"))


@pytest.mark.slow
def test_killed_while_replacing_the_old_rows_stay_until_the_new_are_committed(tmp_path: Path) -> None:
    sources, files = _town(tmp_path)
    home = tmp_path / "home"
    town.take(home, town.read_sources(sources, contracts=town.CONTRACTS), files)
    before = town.stored(home, "subsidy_payment")
    changed = town.SOURCES["payments"].replace("低保: PG01", "低保: PG77")
    known = town.sources(sources, payments=changed)
    steps: list[str] = []
    town.take(tmp_path / "calm", town.read_sources(sources, contracts=town.CONTRACTS), files, step=steps.append)
    for point in range(6):
        _kill(home, sources, files, point)
        programmes = {row["programme_id"] for row in town.stored(home, "subsidy_payment")}
        assert programmes in ({"PG01"}, {"PG77"}), "all old or all new, never both"
        assert len(town.stored(home, "subsidy_payment")) == len(before)
    town.take(home, known, files)
    assert {row["programme_id"] for row in town.stored(home, "subsidy_payment")} == {"PG77"}


def _no_secret_in_clear(home: Path) -> None:
    found = town.everything(home)
    for secret in (town.resident(1), town.card(1), "张三丰", "13911112222", "13811112222", "县委书记", "TICKET-0001"):
        assert secret.encode() not in found, secret


def test_a_key_made_twice_at_once_is_one_key(tmp_path: Path) -> None:
    path = tmp_path / "config/key"
    assert Key.from_file(path, create=True).token("phone", "1") == Key.from_file(path, create=True).token("phone", "1")
    assert path.stat().st_mode & 0o777 == 0o600
