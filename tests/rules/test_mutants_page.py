"""The page on mutants: what it lists is what the program makes, in both languages."""

import re
from pathlib import Path

import pytest

from rules.mutant import mutants_of
from rules.mutant_aggregates import OTHER as AGGREGATES
from rules.mutant_conditions import NEIGHBOUR
from rules.mutant_joins import OTHER as JOINS
from tests.rules.rule_text import CONTRACTS, unproven, with_sql

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
PAGES = [GUIDE / "mutants.md", GUIDE / "mutants.zh-CN.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_the_page_lists_the_mutants_of_its_example(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    [sql] = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    listed = re.findall(r"```text\n(.*?)\n```", text, re.DOTALL)[-1].splitlines()
    params = "{max_days: {value: 30, unit: day, why: {zh: x, en: x}}}"
    assert listed == [one.id for one in mutants_of(unproven(with_sql(sql, params=params)), CONTRACTS)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_the_page_names_every_exchange(page: Path) -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (.*) \|$", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(rows) >= {"compare", "drop", "join", "constant", "aggregate", "not", "group"}
    assert all(f"`{sign}`" in rows["compare"] for _, sign, _ in NEIGHBOUR.values())
    names = {"ArgMax": "max_by", "ArgMin": "min_by", "LogicalOr": "bool_or", "LogicalAnd": "bool_and"}
    assert all(f"`{names.get(kind.__name__, kind.__name__.lower())}`" in rows["aggregate"] for kind in AGGREGATES)
    words = {"inner": "JOIN", "left": "LEFT JOIN"}
    assert all(f"`{words.get(kind, kind.upper())}`" in rows["join"] for kind in JOINS)
