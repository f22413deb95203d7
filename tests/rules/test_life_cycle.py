"""The life of a rule: what is live is locked, what changed says so, what was live is never deleted."""

from pathlib import Path

import pytest

from datasets.contract import Contracts, read_contracts
from datasets.strict_yaml import Mistakes
from rules.book import SHIPPED, read_book
from rules.life_cycle import lock, lock_path, read_lock, unsaid

RULE = (SHIPPED / "book" / "subsidy" / "paid_after_death.yml").read_text(encoding="utf-8")
SAID = "changes:\n  - {on: 2026-01-02, by: 数据组, what: 宽限期改为一天}\n"


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return read_contracts()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "book" / "subsidy" / "paid_after_death.yml"
    path.parent.mkdir(parents=True)
    path.write_text(RULE, encoding="utf-8")
    return path


def said_against(folder: Path, contracts: Contracts) -> list[str]:
    return [f"{one.line}: {one.message}" for one in unsaid(read_book([folder], contracts), folder)]


def line_of(path: Path, key: str) -> int:
    return next(at for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line.startswith(key))


def change_logic(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "severity: high" in text
    path.write_text(text.replace("severity: high", "severity: medium", 1), encoding="utf-8")


def test_a_folder_that_never_locked_is_left_alone(path: Path, tmp_path: Path, contracts: Contracts) -> None:
    assert said_against(tmp_path, contracts) == []


def test_a_live_rule_is_locked_before_it_is_sound(path: Path, tmp_path: Path, contracts: Contracts) -> None:
    lock_path(tmp_path).write_text("rules: {}\n", encoding="utf-8")
    assert said_against(tmp_path, contracts) == [f"{line_of(path, 'status:')}: status: this logic is live and not locked"]
    assert lock(read_book([tmp_path], contracts), tmp_path) == ["paid_after_death"]
    assert said_against(tmp_path, contracts) == []
    assert lock(read_book([tmp_path], contracts), tmp_path) == []


def test_changed_logic_needs_a_line_of_its_own_and_a_new_lock(path: Path, tmp_path: Path, contracts: Contracts) -> None:
    lock(read_book([tmp_path], contracts), tmp_path)
    old = read_lock(tmp_path)
    change_logic(path)
    assert [one.split(": ", 1)[1] for one in said_against(tmp_path, contracts)] == [
        "the logic of this live rule changed and `changes:` does not say so"
    ]
    with pytest.raises(Mistakes, match="changes"):
        lock(read_book([tmp_path], contracts), tmp_path)
    assert read_lock(tmp_path) == old
    path.write_text(path.read_text(encoding="utf-8") + SAID, encoding="utf-8")
    assert [one.split(": ", 1)[1] for one in said_against(tmp_path, contracts)] == ["status: this logic is live and not locked"]
    assert lock(read_book([tmp_path], contracts), tmp_path) == ["paid_after_death"]
    assert said_against(tmp_path, contracts) == []


def test_words_and_layout_may_change_without_a_line(path: Path, tmp_path: Path, contracts: Contracts) -> None:
    lock(read_book([tmp_path], contracts), tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("owner: 数据组", "owner: 数据二组"), encoding="utf-8")
    assert said_against(tmp_path, contracts) == []


def test_a_draft_may_change_freely_and_is_not_locked(path: Path, tmp_path: Path, contracts: Contracts) -> None:
    path.write_text(RULE.replace("status: live", "status: draft"), encoding="utf-8")
    change_logic(path)
    assert said_against(tmp_path, contracts) == []
    assert lock(read_book([tmp_path], contracts), tmp_path) == []
    assert not lock_path(tmp_path).exists()


def test_a_rule_that_was_live_is_retired_and_never_deleted(path: Path, tmp_path: Path, contracts: Contracts) -> None:
    lock(read_book([tmp_path], contracts), tmp_path)
    path.write_text(RULE.replace("status: live", "status: retired\nretired_because: 由新规则代替"), encoding="utf-8")
    assert said_against(tmp_path, contracts) == []
    path.unlink()
    assert said_against(tmp_path, contracts) == ["1: rule 'paid_after_death' went live and its file is gone"]


def test_only_the_rules_asked_for_are_looked_at(path: Path, tmp_path: Path, contracts: Contracts) -> None:
    lock_path(tmp_path).write_text("rules: {}\n", encoding="utf-8")
    book = read_book([tmp_path], contracts)
    assert unsaid(book, tmp_path, only=["another"]) == []
    assert [one.path for one in unsaid(book, tmp_path, only=["paid_after_death"])] == [str(path)]
