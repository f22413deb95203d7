"""Baselines: made by a batch run, kept by their content, used as they are by every other run."""

from datetime import date
from pathlib import Path

import pytest

from rules.baseline import put_baseline, refresh, version_in
from rules.flag import flag
from tests.rules.rule_text import CONTRACTS, RULE, indicator, tables, with_sql
from tests.rules.test_rule_mistakes import mistakes
from tests.rules.test_trial import AGAINST, BASELINE, BASELINE_TESTS

DAY = date(2025, 1, 1)
TEXT = with_sql(AGAINST, baseline=BASELINE, tests=BASELINE_TESTS)
ROWS = [
    {"person_id": "P1", "programme_id": "A", "amount": 10},
    {"person_id": "P2", "programme_id": "A", "amount": 10},
    {"person_id": "P3", "programme_id": "A", "amount": 40},
]


def test_a_signal_records_the_version_it_was_measured_against(tmp_path: Path) -> None:
    rule, lake = indicator(TEXT, tmp_path), tables(subsidy_payment=ROWS)
    assert version_in(lake, rule) is None
    signals = flag(rule, lake, DAY, contracts=CONTRACTS).signals
    version = version_in(lake, rule)
    assert version is not None
    assert len(version) == 16
    assert [(one.subject_id, one.baseline) for one in signals] == [("P3", version)]


def test_the_version_is_that_of_the_content_whatever_the_order_of_rows(tmp_path: Path) -> None:
    rule = indicator(TEXT, tmp_path)
    more = [*ROWS, {"person_id": "P4", "programme_id": "B", "amount": 3}]
    one, other, third = (refresh(rule, tables(subsidy_payment=rows), DAY) for rows in (more, more[::-1], ROWS))
    assert one.version == other.version != third.version


def test_screenings_use_the_baseline_that_is_there_and_batch_runs_refresh_it(tmp_path: Path) -> None:
    rule, lake = indicator(TEXT, tmp_path), tables(subsidy_payment=ROWS)
    kept = refresh(rule, lake, DAY)
    lake.con.execute("UPDATE subsidy_payment SET amount = 1000 WHERE person_id = 'P1'")
    screened = flag(rule, lake, DAY, contracts=CONTRACTS, subjects={"P1", "P3"}).signals
    assert {(one.subject_id, one.measures["usual"], one.baseline) for one in screened} == {
        ("P1", 20.0, kept.version),
        ("P3", 20.0, kept.version),
    }
    fresh = refresh(rule, lake, DAY)
    assert fresh.version != kept.version
    assert [one.subject_id for one in flag(rule, lake, DAY, contracts=CONTRACTS).signals] == ["P1"]
    put_baseline(kept, lake.con)
    assert version_in(lake, rule) == kept.version
    assert {one.subject_id for one in flag(rule, lake, DAY, contracts=CONTRACTS).signals} == {"P1", "P3"}


def test_a_rule_without_a_baseline_has_none_to_refresh(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="rule late_payment has no baseline"):
        refresh(indicator(RULE, tmp_path), tables(), DAY)


def test_mistakes_in_a_baseline_are_said_at_their_line(tmp_path: Path) -> None:
    assert mistakes(tmp_path, TEXT.replace("avg(p.amount)", "avg(p.amont)")) == [
        "subsidy/late_payment.yml:17: baseline: unknown column 'amont' of subsidy_payment; did you mean amount?"
    ]
    assert mistakes(tmp_path, TEXT.replace("b.usual GROUP", "b.usul GROUP").replace("usual: 26", "usul: 26")) == [
        "subsidy/late_payment.yml:21: sql: unknown column 'usul' of baseline_late_payment; did you mean usual?",
        "subsidy/late_payment.yml:32: given: 'usul' is no column of the baseline; did you mean usual?",
        "subsidy/late_payment.yml:33: flags: 'usul' is no output column; did you mean usual?",
    ]
    assert mistakes(
        tmp_path, TEXT.replace("FROM subsidy_payment p GROUP BY p.programme_id", "FROM signal p GROUP BY p.programme_id")
    )[0] == ("subsidy/late_payment.yml:17: baseline: unknown table 'signal'")
