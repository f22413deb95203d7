"""The benchmark's pandas twins find on every example of their rules just what the rules find."""

from datetime import date

import duckdb
import pytest

from benchmarks.contest import TWINS, plain
from benchmarks.parquet import frames_of
from datasets.contract import read_contracts
from rules.book import SHIPPED, read_indicator
from rules.empty_tables import known_tables
from rules.indicator import CLOCK
from rules.select import bind
from rules.trial import NO_DAY, fill

CONTRACTS = read_contracts()
EXAMPLES = [
    (rule, test)
    for rule in (read_indicator(next((SHIPPED / "book").rglob(f"{name}.yml")), CONTRACTS) for name in TWINS)
    for test in rule.tests
]


@pytest.mark.parametrize(("rule", "test"), EXAMPLES, ids=lambda part: getattr(part, "id", None) or part.name)
def test_a_twin_finds_what_its_rule_finds(rule, test) -> None:  # type: ignore[no-untyped-def]
    values = {**rule.values, **test.params}
    day = test.as_of or NO_DAY
    assert isinstance(day, date)
    with duckdb.connect() as con:
        fill(rule, test, con, CONTRACTS, known_tables(CONTRACTS))
        found = con.sql(bind(rule.sql, {**values, CLOCK: day})).to_arrow_table()
        assert plain(TWINS[rule.id](frames_of(con), values, day)) == plain(found)
