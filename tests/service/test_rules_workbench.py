"""The workbench of rule authors at the command line: new, check, test, lock, explain, backtest, diff, schema, docs."""

import json
import os
from pathlib import Path

import pytest

from datasets.contract import read_contracts, subject_kinds
from rules.book import read_indicator
from rules.indicator import Topic
from rules.mutate import mutate_rule
from rules.starter import copied, starter
from rules.trial import try_rule
from service.cli import answer
from service.watching import on_change

CONTRACTS = read_contracts()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with a folder of its own rules and no records yet."""
    folder = tmp_path / "ours"
    folder.mkdir()
    for name, value in {
        "GUANTONG_HOME": tmp_path / "home",
        "GUANTONG_KEY_FILE": tmp_path / "key",
        "GUANTONG_BOOK": folder,
        "GUANTONG_LANG": "en",
    }.items():
        monkeypatch.setenv(name, str(value))
    return folder


TOPICS: tuple[Topic, ...] = ("subsidy", "procurement", "hotline", "cross")


@pytest.mark.parametrize(("topic", "subject"), [(TOPICS[at % 4], one) for at, one in enumerate(sorted(subject_kinds(CONTRACTS)))])
def test_a_new_rule_checks_and_passes_its_tests_whatever_it_is_about(topic: Topic, subject: str, tmp_path: Path) -> None:
    path = tmp_path / "book" / topic / "our_rule.yml"
    path.parent.mkdir(parents=True)
    path.write_text(starter("our_rule", topic, subject, CONTRACTS, "数据组"), encoding="utf-8")
    rule = read_indicator(path, CONTRACTS)
    results = try_rule(rule, CONTRACTS)
    assert (rule.status, rule.subject) == ("draft", subject)
    assert [result.message for result in results if not result.passed] == [] and len(results) == 2
    if subject not in ("alert", "matter", "warehouse"):  # of these there is one row, or a tie that cannot be broken
        assert mutate_rule(rule, CONTRACTS).share == 1


def test_new_writes_a_draft_once_and_never_under_a_used_id(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["rules", "new", "our_rule", "--topic", "subsidy"]) == 0
    path = office / "book" / "subsidy" / "our_rule.yml"
    assert answer(["rules", "check", str(path)]) == 0
    assert answer(["rules", "test", str(path)]) == 0
    written = path.read_text(encoding="utf-8")
    assert answer(["rules", "new", "our_rule", "--topic", "subsidy"]) == 2
    assert answer(["rules", "new", "paid_after_death", "--topic", "subsidy"]) == 2
    assert answer(["rules", "new", "Our-Rule", "--topic", "subsidy"]) == 2
    assert answer(["rules", "new", "other_rule", "--topic", "subsidy", "--subject", "persn"]) == 2
    assert "did you mean person?" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == written


def test_a_copy_of_a_rule_with_a_baseline_is_a_sound_draft(office: Path) -> None:
    assert answer(["rules", "new", "our_rates", "--from", "low_solved_rate"]) == 0
    path = office / "book" / "hotline" / "our_rates.yml"
    assert "status: draft" in path.read_text(encoding="utf-8")
    assert answer(["rules", "test", str(path)]) == 0


def test_a_copy_leaves_the_changelog_behind() -> None:
    text = "id: a\nstatus: retired\nretired_because: old\nsql: |\n  SELECT 1 FROM baseline_a\nchanges:\n  - {on: 2026-01-01, by: x, what: y}\nequivalent: []\n"
    assert copied(text, "a", "b") == "id: b\nstatus: draft\nsql: |\n  SELECT 1 FROM baseline_b\nequivalent: []\n"


def test_check_shows_every_mistake_with_its_line_and_a_caret(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(["rules", "new", "our_rule", "--topic", "subsidy"])
    path = office / "book" / "subsidy" / "our_rule.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("severity: low", "severity: hihg").replace("subject: person", "subject: 人 "),
        encoding="utf-8",
    )
    capsys.readouterr()
    assert answer(["rules", "check", str(path)]) == 2
    told = capsys.readouterr().err.splitlines()
    at = next(number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "hihg" in line)
    assert told[0].startswith(f"{path}:{at}: ")
    assert told[1:3] == [
        f"  {at} | severity: hihg",
        f"  {' ' * len(str(at))} | {' ' * told[2].index('^')}^"[: len(told[2])],
    ] or told[2].endswith("^")
    assert told[-1].startswith("1 ") or told[-1].startswith("2 ")
    assert answer(["rules", "check", str(path), "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["mistakes"][0]["line"] == at and document["mistakes"][0]["path"] == str(path)


def test_lock_holds_a_live_rule_to_its_words(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer(["rules", "new", "our_rule", "--from", "paid_after_death"])
    path = office / "book" / "subsidy" / "our_rule.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("status: draft", "status: live"), encoding="utf-8")
    assert answer(["rules", "lock"]) == 0
    assert "our_rule" in capsys.readouterr().out
    assert answer(["rules", "check", str(path)]) == 0
    path.write_text(path.read_text(encoding="utf-8").replace("severity: high", "severity: low", 1), encoding="utf-8")
    assert answer(["rules", "check", str(path)]) == 2
    assert "changes" in capsys.readouterr().err
    assert answer(["rules", "lock"]) == 2


def test_a_live_rule_is_locked_only_when_its_tests_pass_and_check_asks_for_it(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(["rules", "new", "our_rule", "--from", "closed_in_minutes"])
    path = office / "book" / "hotline" / "our_rule.yml"
    sound = path.read_text(encoding="utf-8").replace("status: draft", "status: live")
    path.write_text(sound.replace("value: 30\n", "value: 20\n"), encoding="utf-8")
    capsys.readouterr()
    assert answer(["rules", "check"]) == 0
    assert "1 live rules are not locked" in capsys.readouterr().out
    assert answer(["rules", "lock"]) == 2
    assert "expected and not flagged" in capsys.readouterr().err and not (office / "lock.yml").exists()
    path.write_text(sound, encoding="utf-8")
    assert answer(["rules", "lock"]) == 0
    assert answer(["rules", "check"]) == 0
    assert "not locked" not in capsys.readouterr().out


def test_what_needs_records_says_so_when_there_are_none(office: Path) -> None:
    assert answer(["rules", "backtest", "paid_after_death"]) == 1
    assert answer(["rules", "explain", "paid_after_death", "P1"]) == 1


def test_a_word_that_is_no_rule_is_refused_with_the_nearest(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["rules", "docs", "payed_after_death"]) == 2
    assert "did you mean paid_after_death?" in capsys.readouterr().err


def test_docs_and_explain_write_the_page_in_both_languages(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(["rules", "explain", "paid_after_death"]) == 0
    assert "## Innocent explanations" in capsys.readouterr().out
    assert answer(["--lang", "zh", "rules", "docs", "paid_after_death", "--out", str(tmp_path / "pages")]) == 0
    page = (tmp_path / "pages" / "paid_after_death.md").read_text(encoding="utf-8")
    assert page.startswith("# 已故人员仍领取补贴") and "## 先排除" in page and "```sql" in page


def test_the_schema_knows_subjects_tables_and_keys(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["rules", "schema"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert "person" in made["properties"]["subject"]["enum"]
    assert "paid_on" in made["$defs"]["RuleTest"]["properties"]["given"]["properties"]["subsidy_payment"]["items"]["properties"]
    assert set(made["required"]) >= {"id", "title", "sql", "says"}
    assert answer(["rules", "schema", "chain"]) == 0
    assert "when" in json.loads(capsys.readouterr().out)["properties"]


def test_watched_work_is_done_again_when_a_file_is_saved(tmp_path: Path) -> None:
    path, done = tmp_path / "a.yml", []
    path.write_text("one", encoding="utf-8")

    def work() -> None:
        done.append(path.read_text(encoding="utf-8"))
        if len(done) == 1:
            path.write_text("two and more", encoding="utf-8")
            os.utime(path, ns=(1, 1))

    on_change(lambda: [path], work, rounds=2)
    assert done == ["one", "two and more"]


def test_a_draft_beside_the_book_is_read_with_the_laws_of_the_office(office: Path, tmp_path: Path) -> None:
    (office / "law").mkdir()
    law = "id: our_paper\nkind: practice\nname: 本县办法\ntitle: County paper\nissuer: 本县\nstatus: in_force\nknown: secondary\n"
    (office / "law" / "our_paper.yml").write_text(law, encoding="utf-8")
    assert answer(["rules", "new", "our_rule", "--topic", "subsidy"]) == 0
    path = office / "book" / "subsidy" / "our_rule.yml"
    cited = "{name: 本县办法, known: secondary}"
    text = path.read_text(encoding="utf-8").replace("{name: 财政违法行为处罚处分条例, article: 第十四条, known: recalled}", cited)
    draft = tmp_path / "draft" / "our_rule.yml"
    draft.parent.mkdir()
    draft.write_text(text, encoding="utf-8")
    assert cited in text
    assert answer(["rules", "check", str(draft)]) == 0
    wrong = office / "book" / "hotline" / "our_rule.yml"
    wrong.parent.mkdir()
    wrong.write_text(text, encoding="utf-8")
    assert answer(["rules", "check", str(wrong)]) == 2


def test_the_offices_whole_folder_is_checked_without_its_lock(office: Path) -> None:
    answer(["rules", "new", "closed_in_minutes", "--from", "closed_in_minutes"])
    assert answer(["rules", "lock"]) == 0
    assert answer(["rules", "check", str(office)]) == 0
    assert answer(["rules", "test", str(office)]) == 0


def test_a_word_near_to_nothing_is_answered_with_what_there_is(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["rules", "new", "our_rule", "--topic", "hotline", "--subject", "firm"]) == 2
    assert "known: account, alert" in (told := capsys.readouterr().err) and "enterprise" in told
    assert answer(["--lang", "zh", "rules", "new", "our_rule", "--from", "zzzzzz"]) == 2
    assert "全部见 guantong rules list" in capsys.readouterr().err


def test_a_shipped_rule_is_copied_as_it_is_to_be_replaced(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["rules", "new", "closed_in_minutes", "--from", "closed_in_minutes"]) == 0
    path = office / "book" / "hotline" / "closed_in_minutes.yml"
    assert "status: live" in path.read_text(encoding="utf-8")
    assert "stands in for the shipped rule" in capsys.readouterr().out
    assert answer(["rules", "check", str(path)]) == 0
    # it is never written over, and no other rule may take the id
    assert answer(["rules", "new", "closed_in_minutes", "--from", "closed_in_minutes"]) == 2
    assert answer(["rules", "new", "closed_in_minutes", "--from", "overdue"]) == 2
