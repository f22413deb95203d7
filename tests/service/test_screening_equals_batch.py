"""Screening equals batch: what is told of rows is what the rules find over the lake with these rows, for the subjects they touch.

Over random rows of random cities: some new, some in the place of one that is there, some made of two rows so that strangers meet.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from ibis.backends.duckdb import Backend

from datasets.city.build import build
from datasets.contract import Contracts
from rules import screening
from rules.baseline import refresh
from rules.failure import RuleFailed
from rules.flag import find, flag
from rules.indicator import Indicator
from rules.screening import Screened, Screener
from rules.signal import Signal
from service.desk import Desk
from service.pipeline import take_in
from tests.service.conftest import Office

ROWS = 40
TABLES = ("subsidy_payment", "bid", "tender", "award", "contract", "ticket", "kinship", "public_employee", "person", "enterprise")
SEEDS = (1, 2)


class City:
    """A small city imported, with its horizon, baselines, and the signals of its topics as a run would have left them."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.chance = desk, np.random.default_rng(seed)
        self.as_of = desk.lake.horizon(desk.today)
        self.rules = desk.book.running()
        tables = desk.lake.open()
        self.baselines = [refresh(rule, tables, self.as_of) for rule in self.rules if rule.baseline is not None]
        self.signals = [
            signal
            for rule in self.rules
            if rule.topic == "hotline" or rule.id in ("account_name_differs", "single_bid", "voucher_cash_out")
            for signal in flag(rule, tables, self.as_of, contracts=desk.contracts).signals
        ]
        self.screener = Screener(tables, self.rules, desk.contracts, self.baselines, self.signals)
        self.tables = tables

    def rows(self, table: str) -> pa.Table:
        """Rows of a table mixed from rows of the lake, with half of the keys new."""
        contract = self.desk.contracts[table]
        names = ", ".join(f'"{name}"' for name in contract.columns)
        key = ", ".join(f'"{name}"' for name in contract.key)
        stored = self.tables.con.sql(f'SELECT {names} FROM lake.main."{table}" ORDER BY {key}').to_arrow_table()
        one, other = (stored.take(self.chance.integers(0, stored.num_rows, ROWS)) for _ in "12")
        mixed = {}
        for name in contract.columns:
            from_other = self.chance.random(ROWS) < 0.2
            mine, theirs = one[name].to_pylist(), other[name].to_pylist()
            mixed[name] = [b if take else a for a, b, take in zip(mine, theirs, from_other, strict=True)]
        if contract.columns[contract.key[0]].refers is None:
            is_new = self.chance.random(ROWS) < 0.5
            mixed[contract.key[0]] = [
                f"NEW{at}" if new else value for at, (value, new) in enumerate(zip(mixed[contract.key[0]], is_new, strict=True))
            ]
        keys = list(zip(*(mixed[name] for name in contract.key), strict=True))
        return pa.table(mixed, schema=stored.schema).take([at for at, one_key in enumerate(keys) if one_key not in keys[:at]])


@pytest.fixture(scope="module", params=SEEDS)
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    build(request.param, 1000, 1, folder / "city", "clean")
    office = Office(folder, f"sqlite:///{folder / 'home' / 'guantong.db'}")
    with office.desk() as desk:
        take_in(desk, [folder / "city" / "files"])
        yield City(desk, request.param)


@pytest.mark.parametrize("table", TABLES)
def test_a_screening_finds_what_a_run_over_the_lake_with_these_rows_would_find(city: City, table: str) -> None:
    rows = city.rows(table)
    told = city.screener.screen(table, rows, city.as_of)
    touched = city.screener.touched(table, rows, city.as_of)
    assert told.asked and not told.failed
    with_rows(city.tables, city.desk.contracts, table, rows)
    try:
        found, cited = batch(city, touched, told.asked, table, rows)
    finally:
        city.tables.con.execute(f'DROP TABLE IF EXISTS temp."{table}"')
    assert {one.signal_id: one for one in told.signals} == found
    assert not cited, "a finding rests on a row and is not among those it touches"


def with_rows(tables: Backend, contracts: Contracts, table: str, rows: pa.Table) -> None:
    """Have the lake's table with these rows stand before the lake's own."""
    same = " AND ".join(f'i."{name}" = t."{name}"' for name in contracts[table].key)
    tables.con.register("given_rows", rows)
    tables.con.execute(
        f'CREATE TEMP TABLE "{table}" AS SELECT * FROM lake.main."{table}" t WHERE NOT EXISTS (SELECT 1 FROM given_rows i WHERE {same}) '
        "UNION ALL BY NAME SELECT * FROM given_rows"
    )
    tables.con.unregister("given_rows")


def batch(
    city: City, touched: dict[str, set[str]], asked: list[str], table: str, rows: pa.Table
) -> tuple[dict[str, Signal], list[Signal]]:
    """The findings of every rule over everything: those about the touched, and those that rest on a row and are about others."""
    keys = {
        "|".join(map(str, key)) for key in zip(*(rows[name].to_pylist() for name in city.desk.contracts[table].key), strict=True)
    }
    found: dict[str, Signal] = {}
    astray: list[Signal] = []
    for name in asked:
        for signal in whole(city.desk.book.indicators[name], city):
            if signal.subject_id in touched[name]:
                found[signal.signal_id] = signal
            elif keys & set(signal.evidence.get(table, ())):
                astray.append(signal)
    return found, astray


def whole(rule: Indicator, city: City) -> list[Signal]:
    try:
        return find(rule, city.tables, city.as_of, contracts=city.desk.contracts)[0]
    except RuleFailed as failure:
        raise AssertionError(failure) from failure


def test_every_rule_that_reads_payments_or_bids_is_asked(city: City) -> None:
    for table in ("subsidy_payment", "bid"):
        told = city.screener.screen(table, city.rows(table), city.as_of)
        assert [one for one in told.not_asked if one.why != "no_records"] == []


def test_a_rule_that_reads_the_whole_tables_tells_the_same(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    for table in ("subsidy_payment", "bid"):
        rows = city.rows(table)
        few = city.screener.screen(table, rows, city.as_of)
        with monkeypatch.context() as patched:
            patched.setattr(screening, "WHOLE_FROM", 20)
            whole_tables = city.screener.screen(table, rows, city.as_of)
        assert by_id(few) == by_id(whole_tables) and sorted(few.asked) == sorted(whole_tables.asked)
        assert sorted(map(str, few.blind)) == sorted(map(str, whole_tables.blind))


def by_id(told: Screened) -> dict[str, Signal]:
    return {one.signal_id: one for one in told.signals}


def test_what_would_look_at_more_records_than_allowed_is_named(city: City, tmp_path: Path) -> None:
    rows = city.rows("subsidy_payment")
    some = city.screener.screen("subsidy_payment", rows, city.as_of, most=50)
    every = city.screener.screen("subsidy_payment", rows, city.as_of)
    wide = {one.rule for one in some.not_asked if one.why == "wide"}
    assert wide and wide | set(some.asked) == set(every.asked)
    assert {one.signal_id for one in some.signals} == {one.signal_id for one in every.signals if one.rule not in wide}


def test_another_day_is_judged_as_of_that_day(city: City) -> None:
    rows = city.rows("tender")
    told = city.screener.screen("tender", rows, date(2030, 1, 1))
    assert {one.params["as_of"] for one in told.signals if "as_of" in one.params} <= {"2030-01-01"}
