"""guantong rules mutate: survivors as changed lines, mistakes at file:line, the last line, JSON, exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.mutant import Mutant
from rules.mutant_judge import Fate
from rules.mutate import Judged, Mutated
from service.cli import answer
from service.mutation import Score
from service.words import speak
from tests.rules.rule_text import RULE, write
from tests.rules.test_mutants_judged import WELL_TESTED

LINE = RULE.splitlines().index("  WHERE p.paid_on > d.died_on + $max_days") + 1


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GUANTONG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "120")
    yield tmp_path
    speak("zh")


def said(capsys: pytest.CaptureFixture[str], code: int, *arguments: object) -> str:
    capsys.readouterr()
    found = answer(["--lang", "en", "rules", "mutate", *map(str, arguments)])
    out, errors = capsys.readouterr()
    assert found == code, out + errors
    return out + errors if code == 2 else out


def test_survivors_are_shown_as_the_changed_line_and_the_last_line_counts(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(home, RULE)
    out = said(capsys, 1, path)
    assert (
        f"{path}:{LINE}: late_payment: no test notices > to >=: p.paid_on > d.died_on + $max_days\n"
        "    - WHERE p.paid_on > d.died_on + $max_days\n"
        "    + WHERE p.paid_on >= d.died_on + $max_days\n"
    ) in out
    params = RULE.splitlines().index("params:") + 2
    assert (
        f"{path}:{params}: late_payment: no test notices param+1: $max_days\n    - max_days: {{value: 30}}\n    + max_days: {{value: 31}}"
        in out
    )
    assert "live rules below 85%: late_payment" in out
    assert out.splitlines()[-1] == "2/10/0"


def test_good_tests_pass_and_say_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, 0, write(home, WELL_TESTED))
    assert "late_payment" in out and "100.0%" in out
    assert out.splitlines()[-1] == "10/10/0"


def test_equivalents_that_are_none_are_mistakes_at_their_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noticed, misspelt = "where.drop: p.paid_on > d.died_on + $max_days", "where.drop: p.paid_on > d.died_on + $max_day"
    path = write(home, f'{WELL_TESTED}equivalent:\n  - {{mutant: "{noticed}", why: x}}\n  - {{mutant: "{misspelt}", why: x}}\n')
    out = said(capsys, 1, path)
    last = len(WELL_TESTED.splitlines()) + 2
    assert f"{path}:{last}: equivalent: {noticed!r} is not: the test 'each of the dead is a finding" in out
    assert f"{path}:{last + 1}: equivalent: {misspelt!r} is no mutant of this rule; did you mean {noticed}?" in out


def test_json_holds_every_mutant_with_its_fate(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(home, RULE)
    told = json.loads(said(capsys, 1, path, "--json"))
    assert (told["killed"], told["all"], told["equivalent"], told["passes"]) == (2, 10, 0, False)
    [rule] = told["rules"]
    assert (rule["rule"], rule["path"], rule["share"], rule["same"], rule["stillborn"]) == ("late_payment", str(path), 0.2, 1, 0)
    assert {one["fate"] for one in rule["mutants"]} == {"killed", "survived", "same"}
    [turned] = [one for one in rule["mutants"] if one["id"].startswith("> to >=")]
    assert turned == {
        "id": "> to >=: p.paid_on > d.died_on + $max_days", "operator": "compare", "fate": "survived", "by": "", "line": LINE,
        "old": "WHERE p.paid_on > d.died_on + $max_days", "new": "WHERE p.paid_on >= d.died_on + $max_days",
    }  # fmt: skip


def test_a_folder_is_gone_through_in_processes_and_retired_rules_are_left_out(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(home, WELL_TESTED)
    write(home, WELL_TESTED.replace("id: late_payment", "id: later_payment"), name="later_payment")
    retired = WELL_TESTED.replace("id: late_payment", "id: old_payment").replace(
        "status: live", "status: retired\nretired_because: x"
    )
    write(home, retired, name="old_payment")
    assert said(capsys, 0, home / "book").splitlines()[-1] == "20/20/0"


def test_a_file_with_mistakes_is_not_tried(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(home, RULE.replace("p.paid_on > d", "p.payd_on > d"))
    assert f"{path}:{LINE}: sql: unknown column 'payd_on'" in said(capsys, 2, path)


def mutated(killed: int, survived: int, equivalent: int = 0, status: str = "live") -> Mutated:
    fates: list[Fate] = [*["killed"] * killed, *["survived"] * survived, *["equivalent"] * equivalent]  # type: ignore[list-item]
    return Mutated("x", status, tuple(Judged(Mutant("x", "drop", "sql", "", None, "", ""), fate) for fate in fates))


@pytest.mark.parametrize(
    ("rules", "book", "passes"),
    [
        ([mutated(95, 5)], True, True),
        ([mutated(94, 6)], True, False),
        ([mutated(85, 15), mutated(400, 0)], True, True),
        ([mutated(84, 16), mutated(400, 0)], True, False),  # one live rule is too weak
        ([mutated(84, 16, status="shadow"), mutated(400, 0)], True, True),
        ([mutated(85, 0, 15)], True, True),
        ([mutated(84, 0, 16)], True, False),  # too many are declared equivalent
        ([mutated(84, 0, 16)], False, True),  # which is asked of the book alone
        ([Mutated("x", "live", (), failing=("a test fails",))], False, False),
    ],
)
def test_what_is_good_enough(rules: list[Mutated], book: bool, passes: bool) -> None:
    assert Score(rules).passes(book=book) is passes
