"""The command line as a person and a program meet it: answers, languages, widths, masks and exit codes."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from sqlalchemy import create_engine, text

from service.cli import answer
from service.commands.running import blindest
from service.lock import alone
from service.outcome import Blind
from service.words import speak
from tests.service import village
from tests.service.conftest import Office

NOTICE = "这是需要核实的理由，不是结论"


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office after import and run."""
    folder = tmp_path_factory.mktemp("ran")
    office = Office(folder, f"sqlite:///{folder / 'home' / 'guantong.db'}")
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    office.run()
    return folder


@pytest.fixture
def home(ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of it, and the environment that leads there; a terminal of 60 columns."""
    shutil.copytree(ran / "home", tmp_path / "home")
    shutil.copy(ran / "key", tmp_path / "key")
    for name, value in Office(tmp_path, "").variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "60")
    yield tmp_path
    speak("zh")


def said(arguments: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    """What a command prints, after checking its exit code."""
    capsys.readouterr()
    found = answer(arguments.split())
    out, errors = capsys.readouterr()
    assert found == code, out + errors
    assert "Traceback" not in errors
    return out if code == 0 else out + errors


def test_alerts_are_listed_with_the_notice_and_what_to_look_at(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said("alerts", capsys)
    assert NOTICE in out and "王*兰" in out and "平潮镇人民政府" in out and "纪律监督" in out
    assert re.search(r"AL[0-9a-f]{16}", out)


@pytest.mark.parametrize("command", ["alerts", "show {alert}", "batches", "rules list"])
def test_everything_fits_a_terminal_of_sixty_columns(home: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    out = said(command.format(alert=first_alert(capsys)), capsys)
    assert [line for line in out.splitlines() if cell_len(line) > 60 and " " in line.strip()] == []


def first_alert(capsys: pytest.CaptureFixture[str], **facets: str) -> str:
    options = "".join(f" --{name} {value}" for name, value in facets.items())
    return str(json.loads(said(f"alerts --json{options}", capsys))["alerts"][0]["alert"])


def test_an_alert_explains_itself_down_to_the_row_of_the_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(f"show {first_alert(capsys, rule='paid_after_death')}", capsys)
    for expected in (
        NOTICE, "为什么", "阈值", "依据", "社会救助暂行办法", "可能的合理解释", "先查什么", "依据的记录", "subsidy_payment.parquet:",
        "谁在看、为什么", "主办", "不证明任何差错", "3206***********0", "规则编号 paid_after_death",
    ):  # fmt: skip
        assert expected in out.replace("\n", ""), expected
    assert village.resident(1) not in out and village.NAMES[0] not in out


def test_the_same_in_english(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(f"--lang en show {first_alert(capsys, rule='paid_after_death')}", capsys)
    for expected in ("Why (1/", "Thresholds", "Innocent explanations", "What to check first", "proves no error", NOTICE):
        assert "".join(expected.split()) in "".join(out.split()), expected


def test_an_explanation_in_json_keeps_pseudonyms_in_ids_and_masks_everything_else(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(said(f"show {first_alert(capsys, rule='paid_after_death')} --json", capsys))
    assert told["subject_id"].startswith("rid_") and "*" in told["subject"]
    assert told["notice"] == NOTICE
    (reason,) = [one for one in told["reasons"] if one["rule"] == "paid_after_death"]
    assert reason["basis"] and reason["thresholds"] and reason["verify"] and reason["innocent"]
    rows = {table["table"]: table["rows"] for table in reason["evidence"]}
    assert len(rows["subsidy_payment"]) == 3 and rows["person"][0]["source"].startswith("person.parquet:")
    assert not re.search(r"(nam|rid)_[0-9a-f]{20}", json.dumps(reason["evidence"]))


def test_without_the_key_pseudonyms_stay(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANTONG_KEY_FILE", str(home / "nowhere"))
    out = said("alerts", capsys)
    assert "王*兰" not in out and "rid_" in out


def test_a_withdrawn_batch_takes_its_rows_out_of_the_evidence_and_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alert = first_alert(capsys, rule="paid_after_death")
    batches = json.loads(said("batches --json", capsys))
    (batch,) = [one["batch_id"] for one in batches if one["table"] == "subsidy_payment"]
    assert "已撤回" in said(f"withdraw {batch[:8]} --why 导错了", capsys)
    assert "已不在现有数据中" in said(f"show {alert}", capsys).replace("\n", "").replace(" ", "")


def test_a_corroborated_alert_shows_the_findings_it_rests_on_by_their_titles_and_no_caller(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alert = first_alert(capsys, rule="complaint_names_flagged_village")
    out = said(f"show {alert} --rows 100", capsys).replace("\n", "").replace(" ", "")
    assert "已故人员仍领取补贴" in out and "疑点线索" in out and "TK01" in out
    assert "来电号码" not in out and "来电人李" not in out and "139****0002" not in out
    told = json.loads(said(f"show {alert} --json", capsys))
    tables = {table["table"]: table for reason in told["reasons"] for table in reason["evidence"]}
    assert tables["signal"]["gone"] == 0 and all(row["source"].startswith("AL") for row in tables["signal"]["rows"])


def test_lists_are_narrowed_by_facets(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    everything = json.loads(said("alerts --json --limit 100", capsys))
    assert everything["total"] == len(everything["alerts"])
    for option, value in (
        ("rule", "paid_after_death"),
        ("office", "OF-JD01"),
        ("severity", "critical"),
        ("stream", "discipline"),
    ):
        found = json.loads(said(f"alerts --json --limit 100 --{option} {value}", capsys))
        assert 0 < found["total"] <= everything["total"], option
    assert len(json.loads(said("alerts --json --limit 1", capsys))["alerts"]) == 1


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("alerts --rule no_such_rule", 1), ("show AL0000", 1), ("show AL", 2), ("withdraw ffff --why x", 1), ("rejects", 1),
        ("alerts --stream nonsense", 2), ("show", 2), ("import nowhere.xlsx", 2), ("nonsense", 2), ("run --as-of yesterday", 2),
        ("city --seed 1", 2), ("--help", 0), ("rules check", 0), ("--lang fr alerts", 2),
    ],
)  # fmt: skip
def test_the_exit_code_says_who_has_to_do_something(
    home: Path, capsys: pytest.CaptureFixture[str], command: str, code: int
) -> None:
    assert said(command, capsys, code)


def test_help_says_what_the_exit_codes_mean(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said("--help", capsys)
    assert all(f"\n  {code}  " in out for code in (0, 1, 2, 3))


def test_a_mistake_in_the_offices_own_rule_is_told_with_its_line(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = home / "own" / "book" / "subsidy" / "mine.yml"
    rule.parent.mkdir(parents=True)
    rule.write_text("id: mine\ntopik: subsidy\n", encoding="utf-8")
    monkeypatch.setenv("GUANTONG_BOOK", str(home / "own"))
    out = said("run", capsys, 2)
    assert "mine.yml:2: 没有键 'topik' 这一项；是不是 topic？" in out


def test_all_three_kinds_of_rule_file_are_checked_and_tried(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = Path(__file__).parents[2] / "rules"
    files = f"{rules / 'book' / 'subsidy' / 'paid_after_death.yml'} {rules / 'chains' / 'signal_alone.yml'} {rules / 'routes'}"
    assert "失败0个" in said(f"rules test {files}", capsys)
    results = json.loads(said(f"rules test --json {files}", capsys))
    assert {"paid_after_death", "signal_alone", "stationed_group_covers_unit"} <= {one["rule"] for one in results}
    assert "没有错误" in said(f"rules check {files}", capsys)


def test_an_author_is_shown_what_a_rule_finds_and_what_finds_the_same(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUANTONG_BOOK", str(home / "own"))
    (home / "own").mkdir()
    said("rules new our_twin --from paid_after_death", capsys)
    out = said("rules backtest our_twin", capsys)
    assert "先读这2条（共2条）" in out and "程度: 高 " in out and "平潮镇人民政府（" in out
    assert re.search(r"guantong rules explain our_twin\s+rid_", out)
    out = said("rules overlap our_twin", capsys, 1)
    assert "our_twin：发现2条" in out and "100%" in out and "paid_after_death" in out


def test_a_database_of_a_newer_program_is_one_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = create_engine(f"sqlite:///{home / 'home' / 'guantong.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert "更新版本" in said("alerts", capsys, 2)


def test_a_run_ends_with_the_top_alerts_and_what_to_type_next(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(f"run --as-of {village.AS_OF}", capsys)
    assert "运行完成" in out and "继续" in out and NOTICE in out and "guantong show AL" in out
    told = json.loads(said(f"run --as-of {village.AS_OF} --json", capsys))
    assert told["counts"]["opened"] == 0 and told["blind"]["paid_after_death"]["population"] == 12


def test_the_rules_that_see_least_are_told_first() -> None:
    seen = {
        name: Blind(population=10, blind=blind, by_need={}, no_records=[])
        for name, blind in [("a", 1), ("b", 9), ("c", 0), ("d", 1)]
    }
    assert [name for name, _ in blindest(seen)] == ["b", "a", "d"]


def test_importing_the_same_files_again_changes_nothing_and_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = village.write(home / "again")
    out = said(f"import {files}", capsys)
    assert "已有，未变" in out and "退回0" in out
    told = json.loads(said(f"import {files} --json", capsys))
    assert told["rows"] == told["accepted"] + told["rejected"]


def test_two_runs_at_once_are_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with alone(home / "home", "run"):
        assert "已有另一次运行" in said("run", capsys, 3)


@pytest.mark.parametrize("command", ["run", "alerts", "show AL1"])
def test_before_anything_is_imported_one_sentence_says_what_comes_first(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("GUANTONG_HOME", str(home / "fresh"))
    monkeypatch.setenv("GUANTONG_DATABASE_URL", f"sqlite:///{home / 'fresh' / 'guantong.db'}")
    assert "guantong import" in said(command, capsys, 1)


def test_a_mapping_is_proposed_corrected_used_and_its_rejects_go_out_and_come_back(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    messy = home / "单位名册.csv"
    messy.write_text("单位代码,单位名称,单位类别\nU7001,县水利局,agency\nU7002,,agency\n", encoding="utf-8")
    out = said(f"sources propose {messy} --table unit", capsys)
    assert "table: unit" in out and "单位代码" in out
    sources = home / "own" / "sources"
    sources.mkdir(parents=True)
    assert "核对" in said(f"sources propose {messy} --table unit --out {sources / 'draft.yml'}", capsys)
    assert "已存在" in said(f"sources propose {messy} --out {sources / 'draft.yml'}", capsys, 2)
    (sources / "draft.yml").unlink()
    (sources / "units.yml").write_text(UNITS, encoding="utf-8")
    monkeypatch.setenv("GUANTONG_BOOK", str(home / "own"))
    assert "退回1" in said(f"import {messy}", capsys)
    assert "必填" in said("rejects", capsys)
    waiting = json.loads(said("rejects --json", capsys))
    assert [one["row"] for one in waiting] == [3] and "县水利局" not in json.dumps(waiting, ensure_ascii=False)
    assert "1行写入" in said(f"rejects --out {home / 'rejects.xlsx'}", capsys)


UNITS = """
source: units
table: unit
title: {zh: 单位名册, en: units}
match: {files: ["单位名册*.csv"], headers: [单位代码, 单位名称]}
columns:
  unit_id: {from: 单位代码}
  name: {from: 单位名称}
  kind: {from: 单位类别}
"""


def test_imports_and_runs_are_on_record(home: Path) -> None:
    engine = create_engine(f"sqlite:///{home / 'home' / 'guantong.db'}")
    with engine.connect() as connection:
        kinds = set(connection.execute(text("SELECT DISTINCT kind FROM event")).scalars())
    engine.dispose()
    assert {"batch.imported", "alert.opened", "assignment.given", "run.done"} <= kinds


def test_a_city_is_made_and_a_run_scored_against_its_truth(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth = home / "truth.csv"
    header = "case_id,kind,rule,subject_kind,subject,unit,area,stream,office,evidence,amount,near,note"
    truth.write_text(
        f"{header}\nA,problem,S01,person,{village.resident(1)},{village.TOWNSHIP},,discipline,OF-JD01,,,false,\n",
        encoding="utf-8",
    )
    told = json.loads(said(f"city score {truth} --json", capsys))
    assert told["rules"]["S01"]["recall"] == 1.0 and told["overall"]["routing"] == 1.0
    assert "S01" in said(f"city score {truth}", capsys)
    assert "1000" in said(f"city --seed 1 --people 10 --out {home / 'city'}", capsys, 2)


def test_the_list_stands_in_the_order_of_priority_and_the_page_of_an_alert_says_why(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(said("alerts --json", capsys))["alerts"]
    assert [one["priority"] for one in told] == sorted((one["priority"] for one in told), reverse=True)
    assert {one["level"] for one in json.loads(said("alerts --level high --json", capsys))["alerts"]} == {"high"}
    page = said(f"show {told[0]['alert']}", capsys)
    assert "为什么排在这里" in page and "每100条约有" in page
    whole = json.loads(said(f"show {told[0]['alert']} --json", capsys))
    assert abs(sum(one["points"] for one in whole["ranked_by"]) - whole["priority"]) < 0.1
    [lead] = [one for one in whole["went_to"] if one["role"] == "lead"]
    assert lead["due_on"] and lead["office_id"]


def test_alerts_of_one_matter_are_listed_together(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(said("alerts --json", capsys))["alerts"]
    matter = next(one["matter"] for one in told if one["matter"])
    together = json.loads(said(f"alerts --matter {matter} --json", capsys))["alerts"]
    assert len(together) > 1 and {one["matter"] for one in together} == {matter}


def test_the_kind_of_an_alert_is_said_in_english_too(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = {one["kind"] for one in json.loads(said("--lang en alerts --json", capsys))["alerts"]}
    assert kinds and all(kind.isascii() for kind in kinds)
