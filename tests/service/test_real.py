"""The public sets on small slices of their layout: through import, rules and figures, each in a home of its own."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner

from datasets.contract import read_contracts
from datasets.source import read_sources
from service.cli import cli
from service.desk import Desk
from service.real import RealResult, run_set, run_sets
from service.real_sets import FOLDER, real_sets
from service.settings import Settings

NOW = datetime(2026, 1, 15, tzinfo=UTC)
SUBSIDIES = """,corporate_number,name,subsidy_title,amount,date_of_approval
0,1000020042021,A市,交付金,49000,2024-08-27
1,2000020042022,B社,補助金,1000,2017-01-13
2,2000020042022,B社,補助金,1000,2017-01-13
"""
CONTRACTS = """date_of_order,title,amount,government_departments,joint_signatures,corporate_number
2019-05-01T00:00:00+09:00,管理業務,252201600,経済産業省,,1000020042021
2019-05-01T00:00:00+09:00,管理業務,252201600,経済産業省,,1000020042021
2910-10-07T00:00:00+09:00,清掃,100,宮内庁,,3000020042023
,道路,,国土交通省,,3000020042023
"""
HEADERS = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"]
REPLY = "网友“A0001”：您好！留言已收悉"
MESSAGES = [
    [1, "A0001", "路灯不亮", "2019/4/25 9:32:09", "\n\t第三小学门口的路灯已经两个月不亮了，电话13800000001", REPLY, "2019/5/10 14:56:53"],
    [2, "A0002", "路灯不亮", "2019/4/26 9:32:09", "第三小学门口的路灯已经两个月不亮了，电话13800000001", REPLY.replace("1", "2"), "2019/4/27 9:32:09"],
    [3, "A0003", "噪声", "2019/4/26 10:00:00", "夜里施工", "", ""],
]  # fmt: skip


def _releases() -> str:
    bids = [
        {"id": str(number), "status": "qualified", "date": "2024-03-02 10:00:00", "value": {"amount": 5, "currency": "AMD"},
         "tenderers": [{"id": f"S{number}"}]}
        for number in range(2)
    ]  # fmt: skip
    tender = {"procurementMethod": "open", "status": "complete", "tenderPeriod": {"startDate": "2024-03-01T00:00:00+04:00"}}
    two = {"ocid": "o-1", "buyer": {"id": "B", "name": "Buyer"}, "tender": tender, "bids": {"details": bids}}
    one = {
        "ocid": "o-2",
        "buyer": {"id": "B"},
        "tender": tender,
        "bids": {"details": bids[:1]},
        "awards": [{"id": "1", "status": "active"}],
    }
    return "\n".join([json.dumps(two), '{"ocid": "half', json.dumps(one)])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A slice of every set but the Dominican Republic's."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("procurement/ocds", "procurement/gbiz", "subsidy", "hotline"):
        (folder / name).mkdir(parents=True)
    (folder / "procurement/ocds/armenia.compiled.jsonl.gz").write_bytes(gzip.compress(_releases().encode()))
    (folder / "subsidy/miyagi_subsidies.csv").write_text(SUBSIDIES, encoding="utf-8")
    (folder / "procurement/gbiz/202004.csv").write_text(CONTRACTS, encoding="utf-8-sig")
    (folder / "procurement/gbiz/202101.csv").write_text("".join(CONTRACTS.splitlines(True)[:2]), encoding="utf-8-sig")
    with xlsxwriter.Workbook(folder / "hotline/messages_with_replies_附件4.xlsx") as book:
        sheet = book.add_worksheet("Sheet1")
        for number, row in enumerate([HEADERS, *MESSAGES]):
            sheet.write_row(number, 0, row)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment(
        {"GUANTONG_HOME": str(tmp_path / "home"), "GUANTONG_KEY_FILE": str(tmp_path / "key")}, lang="en"
    )


def _taken(settings: Settings, data: Path, name: str) -> RealResult:
    return run_set(settings, data, name, NOW, "en")


def test_the_sources_and_sets_are_whole() -> None:
    sources = read_sources(FOLDER / "sources", contracts=read_contracts())
    assert set(sources) == {"japan_subsidies", "japan_contracts", "leaders_board_messages", "leaders_board_replies"}
    sets = real_sets()
    assert {figure for one in sets.sets.values() for figure in one.figures} == set(sets.figures)


def test_every_figure_runs_on_an_empty_lake(settings: Settings) -> None:
    with Desk(settings, clock=lambda: NOW) as desk, desk.tables() as (tables, _):
        for figure in real_sets().figures.values():
            asked = tables.con.execute(figure.sql)
            (row,) = asked.fetchall()
            values: dict[str, Any] = {column[0]: value for column, value in zip(asked.description or (), row, strict=True)}
            assert figure.says.zh.format(**values)
            assert figure.says.en.format(**values)


def test_armenian_releases_are_taken_and_the_single_bid_is_found(settings: Settings, data: Path) -> None:
    result = _taken(settings, data, "armenia")
    assert result.codes == {"undecodable": 1}
    assert result.rows == result.accepted + result.rejected
    assert result.figures["equal_prices"].values == {"tenders": 1}
    assert result.figures["unknown_zone"].values == {"bids": 3}
    assert result.outcome is not None
    assert result.outcome.found["single_bid"] == 1
    assert result.outcome.blind["bidders_share_machine"].blind == 2


def test_japanese_repeats_and_impossible_dates_are_rejected_with_their_reason(settings: Settings, data: Path) -> None:
    result = _taken(settings, data, "japan")
    assert (result.rows, result.rejected) == (8, 3)
    assert result.codes == {"duplicate_key": 2, "out_of_range": 1}
    assert result.current["contract"] == 2  # the same order in another month's file is the same contract
    assert result.figures["subsidy_and_contract"].values == {
        "firms": 1, "grants": 1, "granted": 49000, "contracts": 1, "contracted": 252201600,
    }  # fmt: skip
    assert result.figures["unknown_contracts"].values == {"contracts": 2, "undated": 1, "unpriced": 1}


def test_messages_give_reply_delays_and_equal_replies_and_their_telephones_are_sealed(settings: Settings, data: Path) -> None:
    result = _taken(settings, data, "messages")
    assert result.missing == ["hotline/messages_附件3.xlsx"]
    assert result.figures["reply_delays"].values["late"] == 1
    assert result.figures["short_replies"].values == {"replies": 2}
    assert result.figures["acknowledgements"].values == {"tickets": 2}
    assert result.figures["matters"].values == {"repeated": 1, "tickets": 2, "thrice": 0, "most": 2}
    assert result.figures["sealed_texts"].values["phones"] == 2
    kept = [path.read_bytes() for path in settings.home.rglob("*") if path.is_file()]
    assert kept
    assert not [1 for content in kept if b"13800000001" in content]


def test_each_set_has_a_home_of_its_own_and_a_process_of_its_own(settings: Settings, data: Path) -> None:
    (result,) = run_sets(settings, data, NOW, ["japan"])
    assert result.failed is None
    assert not result.already_here
    assert result.peak_mb > 0
    assert (settings.home / "real" / "japan" / "lake").is_dir()
    assert _taken(settings, data, "japan").already_here
    (anew,) = run_sets(settings, data, NOW, ["japan"], fresh=True)
    assert not anew.already_here
    assert anew.codes == result.codes


def test_the_command_says_the_same_in_json(settings: Settings, data: Path) -> None:
    with Desk(settings, clock=lambda: NOW) as desk:
        answer = CliRunner().invoke(
            cli, ["real", "--data", str(data), "--set", "armenia", "--json"], obj=desk, standalone_mode=False
        )
    assert answer.exception is None, answer.output
    found = json.loads(answer.stdout)["sets"]["armenia"]
    assert found["rejected"] == 1
    assert found["outcome"]["found"]["single_bid"] == 1


def test_a_folder_without_any_set_is_said_so(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert run_sets(settings, tmp_path / "empty", NOW) == []
