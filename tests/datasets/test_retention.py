"""Retention: periods with their sources, and a purge that reaches every batch, vault and reject, and stops where a period does."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from datasets.importing import import_paths
from datasets.lake import Lake
from datasets.quarantine import waiting
from datasets.retention import Policy, before, read_policy
from datasets.retention_purge import Purged, purge_lake
from datasets.strict_yaml import Mistakes
from datasets.vault import secrets
from datasets.withdraw import withdraw
from tests.datasets import town
from tests.datasets.town import CONTRACTS, KEY, payment

HEADER = ["工单编号", "程序", "标题", "内容", "来电号码", "来电人", "被反映人", "登记时间", "答复"]
OLD_TEXT, NEW_TEXT = "我家三口人的低保停了半年没有人说明原因", "村里的路灯坏了两个月一直没有人来修理"
AT = datetime(2024, 4, 1, tzinfo=UTC)


def ticket(number: str, day: str, text: str, phone: str, name: str) -> list[str]:
    return [number, "普通", f"标题{text[:12]}", text, phone, name, "", f"{day} 09:00", f"已联系{name}核实，{text[-12:]}"]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Tickets of 2020 and 2024, one sent twice, one withdrawn, one rejected; payments of 2024 and one row of them rejected."""
    known = town.sources(tmp_path / "sources")
    old, new = (
        ticket("T1", "2020-03-01", OLD_TEXT, "13811110001", "欧阳建国"),
        ticket("T2", "2024-03-01", NEW_TEXT, "13811110002", "司马相如"),
    )
    home = tmp_path / "home"
    take = {
        "工单一.xlsx": [old, new],
        "工单二.xlsx": [[*old[:8], "又答复了一遍：" + OLD_TEXT]],
        "工单三.xlsx": [ticket("T3", "2020-05-01", "撤回的这一件说的是鱼塘承包的旧账", "13811110003", "上官婉儿")],
        "工单四.xlsx": [["", *ticket("T4", "2024-03-01", NEW_TEXT, "13811110004", "诸葛孔明")[1:]]],
    }
    for name, lines in take.items():
        town.workbook(tmp_path / "in" / name, [HEADER, *lines])
        import_paths(town.lake(home), known, [tmp_path / "in" / name], KEY, at=AT)
    town.areas(tmp_path / "in")
    town.payments(tmp_path / "in" / "补贴发放.xlsx", [payment(1), payment(2)])
    import_paths(town.lake(home), known, [tmp_path / "in" / "区划表.csv", tmp_path / "in" / "补贴发放.xlsx"], KEY, at=AT)
    opened = town.lake(home)
    (gone,) = [one for one in opened.batches() if one.file.endswith("工单三.xlsx")]
    withdraw(opened, gone.batch_id, "wrong file")
    town.stored(home, "ticket")  # makes the current view, so that it is searched too
    return opened


POLICY = read_policy(CONTRACTS)


def purged(lake: Lake, day: date, **more: Any) -> Purged:
    return purge_lake(lake, POLICY, day, **more)


def tickets(lake: Lake) -> dict[str, Mapping[str, Any]]:
    return {row["ticket_id"]: row for row in town.stored(lake.home, "ticket")}


def test_before_any_period_is_over_nothing_changes(lake: Lake) -> None:
    state, content = lake.state(), town.everything(lake.home)
    found = purged(lake, date(2022, 2, 28))
    assert not found.anything and lake.state() == state and OLD_TEXT.encode() in content


def test_a_column_goes_before_its_row_and_what_it_meant_goes_from_the_vault(lake: Lake) -> None:
    """Two years after: who called; the words a year later; the row itself two more."""
    found = purged(lake, date(2022, 3, 2))
    assert dict(found.values) == {"ticket.caller_id": 2, "ticket.caller_name": 2} and not found.rows
    first = tickets(lake)
    assert first["T1"]["caller_id"] is None and OLD_TEXT in first["T1"]["reply"] and first["T2"]["caller_id"] is not None
    assert "13811110001" not in secrets(lake, KEY, "phone").values() and "13811110002" in secrets(lake, KEY, "phone").values()
    assert "欧阳建国" in secrets(lake, KEY, "person_name").values(), "the reply of the same ticket still names who called"
    found = purged(lake, date(2023, 3, 2))
    assert found.values["ticket.body"] == 2 and tickets(lake)["T1"]["body"] is None
    assert "欧阳建国" not in secrets(lake, KEY, "person_name").values()
    found = purged(lake, date(2025, 3, 2))
    assert found.rows["ticket"] == 2 and set(tickets(lake)) == {"T2"}


def test_what_is_purged_is_nowhere_below_the_home_folder(lake: Lake) -> None:
    """Neither in the newer version's batch, nor the older's, nor the withdrawn one, nor the current view."""
    words = [OLD_TEXT, "鱼塘承包的旧账"]
    tokens = [KEY.token("phone", "13811110001"), KEY.token("phone", "13811110003"), KEY.token("person_name", "上官婉儿")]
    before_ = town.everything(lake.home)
    assert [one for one in (*words, *tokens) if one.encode() not in before_] == []
    purged(lake, date(2023, 5, 2))
    tickets(lake)
    after = town.everything(lake.home)
    assert [one for one in (*words, *tokens) if one.encode() in after] == []
    assert NEW_TEXT.encode() in after


def test_a_dry_run_counts_the_same_and_changes_nothing(lake: Lake) -> None:
    state, content = lake.state(), town.everything(lake.home)
    planned = purged(lake, date(2025, 3, 2), dry=True)
    assert lake.state() == state and town.everything(lake.home) == content
    assert planned.anything and planned.secrets > 0
    assert planned == purged(lake, date(2025, 3, 2))
    assert not purged(lake, date(2025, 3, 2)).anything, "there is nothing left to do"


def test_rejects_and_withdrawn_batches_are_emptied_a_year_after_their_import(lake: Lake) -> None:
    assert [one.raw is not None for one in waiting(lake)] == [True]
    found = purged(lake, date(2025, 4, 1))
    assert (found.rejects, found.withdrawn) == (0, 0)
    found = purged(lake, date(2025, 4, 2))
    assert (found.rejects, found.withdrawn) == (1, 1)
    assert [(one.raw, len(one.faults)) for one in waiting(lake)] == [(None, 1)], (
        "that a row was rejected, and why, is still counted"
    )
    assert "诸葛孔明" not in secrets(lake, KEY, "person_name").values()


def test_a_row_whose_age_nobody_knows_stays_and_is_told(tmp_path: Path) -> None:
    town.workbook(
        tmp_path / "in" / "人员.xlsx", [["身份证号", "姓名", "性别", "死亡日期"], [town.resident(1), "欧阳建国", "男", ""]]
    )
    town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "in")
    found = purge_lake(town.lake(tmp_path / "home"), POLICY, date(2099, 1, 1))
    assert not found.anything and found.undated["person"] == 1


def test_payments_go_after_ten_years_with_the_accounts_they_were_paid_to(lake: Lake) -> None:
    assert not purged(lake, date(2034, 3, 5)).rows["subsidy_payment"]
    assert town.card(1) in secrets(lake, KEY, "bank_account").values()
    assert purged(lake, date(2034, 3, 6)).rows["subsidy_payment"] == 2
    assert town.stored(lake.home, "subsidy_payment") == [] and secrets(lake, KEY, "bank_account") == {}


def test_a_purge_that_is_killed_is_finished_by_the_next(lake: Lake) -> None:
    class Killed(BaseException):
        pass

    for moment in ("written", "published", "committed"):

        def step(name: str, moment: str = moment) -> None:
            if name == moment:
                raise Killed

        with pytest.raises(Killed):
            purged(lake, date(2023, 5, 2), step=step)
        assert set(tickets(lake)) == {"T1", "T2"}
    purged(lake, date(2023, 5, 2))
    tickets(lake)
    assert OLD_TEXT.encode() not in town.everything(lake.home)


def test_every_shipped_period_says_why_and_by_which_text() -> None:
    declared = POLICY.declared
    assert {"rejects", "withdrawn", "jobs", "answers", "attachments", "backups"} == set(declared.copies)
    for keep in (*declared.columns.values(), *declared.copies.values()):
        assert keep.why and (keep.source.law or keep.source.known == "own")


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"ticket.colour": "P1Y"}, "no column ticket.colour"),
        ({"ticket.created_at": "P1Y"}, "must be filled"),
        ({"ticket.body": "P6Y"}, "longer than its row"),
        ({"ticket.body": "two years"}, "keep"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(tmp_path: Path, columns: Mapping[str, str], told: str) -> None:
    with pytest.raises(Mistakes, match=told):
        read_policy(CONTRACTS, [own(tmp_path, columns)])


def own(folder: Path, columns: Mapping[str, str]) -> Path:
    """An office's own folder."""
    lines: Sequence[str] = [
        f"  {name}: {{keep: {keep}, why: 本单位规定, source: {{law: 本单位制度, known: own}}}}" for name, keep in columns.items()
    ]
    (folder / "retention.yml").write_text("columns:\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_an_office_lays_its_own_periods_over_the_shipped_ones(tmp_path: Path) -> None:
    policy: Policy = read_policy(CONTRACTS, [own(tmp_path, {"ticket.caller_id": "P6M"})])
    assert policy.columns("ticket")["caller_id"] == "P6M" and policy.columns("ticket")["caller_name"] == "P2Y"


@pytest.mark.parametrize(
    ("day", "period", "earlier"),
    [("2024-02-29", "P1Y", "2023-02-28"), ("2024-03-31", "P1M", "2024-02-29"), ("2024-03-01", "P2D", "2024-02-28"), ("2024-01-15", "P13M", "2022-12-15")],
)  # fmt: skip
def test_a_period_is_counted_by_the_calendar(day: str, period: str, earlier: str) -> None:
    assert before(date.fromisoformat(day), period) == date.fromisoformat(earlier)
