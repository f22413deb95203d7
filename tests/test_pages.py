"""The papers: generated pages are current, decisions are one page each, and what the README names is there."""

import re
from datetime import date
from pathlib import Path

import pytest

from datasets.contract import read_contracts
from datasets.law import read_laws
from datasets.reject import WHY
from datasets.source import read_sources
from docs.pages import pages
from rules.book import read_indicator
from rules.empty_tables import connect, known_tables
from rules.mutate import mutate_rule
from rules.select import Value
from rules.sql_check import check_select
from rules.trial import try_rule
from tests.tree import ROOT, shown, tracked

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
READMES = ("README.md", "README.zh-CN.md")
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)")


def test_the_generated_pages_are_current() -> None:
    stale = [shown(path) for path, text in pages().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    assert not stale, "run make docs"


@pytest.mark.parametrize("page", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_one_page_of_four_parts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"(?m)^## (.*)$", text) == ["Context", "Decision", "Consequences", "Alternatives"]
    assert re.match(rf"# {int(page.stem[:4])}\. \S", text)
    assert len(text.splitlines()) <= 60


def test_decisions_are_numbered_without_gap() -> None:
    assert [int(page.stem[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_every_link_between_pages_leads_somewhere() -> None:
    documents = [path for path in tracked() if path.suffix == ".md"]
    broken = [
        f"{shown(path)}: {link}"
        for path in documents
        for link in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / link).exists()
    ]
    assert documents and not broken


def test_both_readmes_show_the_same_commands() -> None:
    blocks = [re.findall(r"(?ms)^```(?:sh|bash)\n(.*?)^```", (ROOT / name).read_text(encoding="utf-8")) for name in READMES]
    commands = [[line.split("#")[0].strip() for block in found for line in block.splitlines()] for found in blocks]
    assert commands[0] and commands[0] == commands[1]


@pytest.mark.parametrize("name", READMES)
def test_a_readme_names_only_words_the_makefile_has(name: str) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    used = set(
        re.findall(
            r"\bmake ([a-z]+)\b", " ".join(re.findall(r"`[^`]+`|(?m:^make .*$)", (ROOT / name).read_text(encoding="utf-8")))
        )
    )
    assert {"demo", "test"} <= used <= targets


@pytest.mark.parametrize("name", ["install.md", "install.zh-CN.md"])
def test_every_setting_is_documented(name: str) -> None:
    settings = set(re.findall(r"GUANTONG_[A-Z_]+", (ROOT / "service" / "settings.py").read_text(encoding="utf-8")))
    told = set(re.findall(r"GUANTONG_[A-Z_]+", (ROOT / "docs" / "guide" / name).read_text(encoding="utf-8")))
    assert settings and settings == told


def example(page: str, folder: Path, name: str) -> Path:
    """The first YAML example of a guide's page, as the file it stands for."""
    block = re.search(r"(?ms)^```yaml\n(.*?)^```", (ROOT / "docs" / "guide" / page).read_text(encoding="utf-8"))
    assert block
    folder.mkdir(parents=True)
    (folder / name).write_text(block[1], encoding="utf-8")
    return folder / name


@pytest.mark.parametrize("page", ["records.md", "records.zh-CN.md"])
def test_the_source_in_the_guide_is_a_sound_one(page: str, tmp_path: Path) -> None:
    path = example(page, tmp_path / "sources", "our_subsidy_list.yml")
    assert list(read_sources(path.parent, contracts=read_contracts())) == ["our_subsidy_list"]


@pytest.mark.parametrize("page", ["rules.md", "rules.zh-CN.md"])
def test_the_rule_in_the_guide_is_sound_and_its_tests_notice_every_change(page: str, tmp_path: Path) -> None:
    path = example(page, tmp_path / "book" / "procurement", "same_contact_phone.yml")
    contracts = read_contracts()
    rule = read_indicator(path, contracts)
    results = try_rule(rule, contracts)
    assert [result.passed for result in results] == [True, True]
    judged = mutate_rule(rule, contracts)
    assert judged.share >= 0.85 and judged.all > 10


def blocks(page: str, language: str) -> list[str]:
    """The fenced examples of a guide's page in one language."""
    text = (ROOT / "docs" / "guide" / page).read_text(encoding="utf-8")
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", text)


@pytest.mark.parametrize("page", ["rules.md", "rules.zh-CN.md"])
def test_the_law_the_changelog_and_the_select_in_the_guide_are_sound(page: str, tmp_path: Path) -> None:
    rule, law, changes = blocks(page, "yaml")
    (tmp_path / "our_hotline.yml").write_text(law, encoding="utf-8")
    assert read_laws(tmp_path).names["本县12345热线工单办理办法"].articles.keys() == {"第二十条"}
    path = example(page, tmp_path / "book" / "procurement", "same_contact_phone.yml")
    path.write_text(rule + changes, encoding="utf-8")
    assert len(read_indicator(path, read_contracts()).changes) == 1
    (select,) = blocks(page, "sql")
    contracts = read_contracts()
    with connect(contracts) as connection:
        values: dict[str, Value] = {"max_days": 10, "as_of": date(2024, 1, 1)}
        checked = check_select(select, known_tables(contracts), values, connection, contracts)
    assert checked.faults == [] and set(checked.types) == {"ticket_id", "days", "hours", "month"}


@pytest.mark.parametrize("page", ["rules.md", "rules.zh-CN.md"])
def test_the_rule_stands_in_the_guide_once(page: str) -> None:
    assert (ROOT / "docs" / "guide" / page).read_text(encoding="utf-8").count("id: same_contact_phone") == 1


@pytest.mark.parametrize("page", ["records.md", "records.zh-CN.md"])
def test_every_reason_of_a_reject_is_in_the_guide(page: str) -> None:
    told = set(re.findall(r"`(\w+)`", (ROOT / "docs" / "guide" / page).read_text(encoding="utf-8")))
    assert set(WHY) <= told
