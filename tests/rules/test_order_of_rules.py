"""Strata: cross rules run after the rules they read, and mistakes in what they read are said."""

from pathlib import Path

import pytest

from datasets.strict_yaml import Mistakes
from rules.book import read_book
from rules.flag import flag
from rules.signal_table import put_signals
from rules.strata import strata
from tests.rules.rule_text import CONTRACTS, RULE, tables, with_sql, write
from tests.rules.test_flag import DAY, PAYMENTS, PERSONS

CROSS = """
SELECT s.subject_id, count(*) AS n, list_sort(list(s.signal_id)) AS evidence_signal
FROM signal s
WHERE {}
GROUP BY s.subject_id
"""
TESTS = """\
tests:
  - name: flags
    given: {signal: [{rule: late_payment, topic: subsidy, subject_id: P1}]}
    flags: [{subject_id: P1}]
  - name: is silent
    given: {signal: []}
    flags: []
"""


def book_with(folder: Path, which: str, sql: str = CROSS) -> list[str]:
    """Ids of the rules by stratum, or what is wrong."""
    write(folder, RULE)
    write(folder, RULE.replace("id: late_payment", "id: on_trial").replace("status: live", "status: shadow"), name="on_trial")
    write(folder, RULE.replace("id: late_payment", "id: sketch").replace("status: live", "status: draft"), name="sketch")
    write(folder, with_sql(sql.format(which), topic="cross", name="crossing", tests=TESTS), topic="cross", name="crossing")
    try:
        return [" ".join(rule.id for rule in layer) for layer in strata(read_book([folder], CONTRACTS))]
    except Mistakes as found:
        return [str(mistake).split("/book/")[1] for mistake in found.mistakes]


@pytest.mark.parametrize(
    "which", ["s.rule = 'late_payment'", "s.rule IN ('late_payment', 'on_trial') AND s.amount > 3", "'subsidy' = s.topic"]
)
def test_a_cross_rule_runs_after_what_it_reads_and_drafts_do_not_run(tmp_path: Path, which: str) -> None:
    assert book_with(tmp_path, which) == ["late_payment on_trial", "crossing"]


def test_a_cross_rule_that_reads_no_signals_runs_with_the_first(tmp_path: Path) -> None:
    sql = "SELECT p.person_id AS subject_id, list_sort(list(p.person_id)) AS evidence_person FROM person p WHERE p.name = 'x' GROUP BY p.person_id"
    tests = "tests:\n  - {name: a, given: {person: [{name: x}]}, flags: [{}]}\n  - {name: b, given: {person: []}, flags: []}\n"
    write(tmp_path, RULE)
    write(tmp_path, with_sql(sql, topic="cross", name="crossing", tests=tests), topic="cross", name="crossing")
    assert [[rule.id for rule in layer] for layer in strata(read_book([tmp_path], CONTRACTS))] == [["crossing", "late_payment"]]


@pytest.mark.parametrize(
    ("which", "said"),
    [
        ("s.severity = 'high'",
         "18: sql: signals are read without saying which; add WHERE s.rule = 'id', s.rule IN (…), s.topic = 'subsidy' or s.topic IN (…)"),
        ("s.rule = 'late_payment' OR s.amount > 3",
         "18: sql: signals are read without saying which; add WHERE s.rule = 'id', s.rule IN (…), s.topic = 'subsidy' or s.topic IN (…)"),
        ("s.rule = 'late_paymnt'", "19: sql: unknown rule 'late_paymnt'; did you mean late_payment?"),
        ("s.topic = 'subsidies'", "19: sql: topic is never 'subsidies'; did you mean subsidy?"),
        ("s.topic = 'cross'", "19: sql: cross rules do not read signals of topic cross; known: hotline, procurement, subsidy"),
        ("s.rule = 'crossing'", "19: sql: cross rules do not read signals of topic cross, and 'crossing' is one"),
    ],
)  # fmt: skip
def test_what_a_cross_rule_reads_is_said_in_literals(tmp_path: Path, which: str, said: str) -> None:
    assert f"cross/crossing.yml:{said}" in book_with(tmp_path, which)


def test_rules_that_wait_for_one_another_are_a_mistake(tmp_path: Path) -> None:
    assert any(
        "rules wait for one another's signals: crossing <- crossing" in said
        for said in book_with(tmp_path, "s.rule = 'crossing'")
    )


def test_rules_of_other_topics_read_no_signals(tmp_path: Path) -> None:
    write(tmp_path, with_sql(CROSS.format("s.rule = 'x'"), tests=TESTS))
    with pytest.raises(Mistakes, match="unknown table 'signal'"):
        read_book([tmp_path], CONTRACTS)


def test_a_rule_with_mistakes_of_its_own_is_still_a_rule_to_the_others(tmp_path: Path) -> None:
    write(tmp_path, RULE.replace("severity: high", "severity: hihg").replace("late_payment", "faulty"), name="faulty")
    assert len([said for said in book_with(tmp_path, "s.rule = 'faulty'") if "unknown rule" in said]) == 0


def test_signals_are_read_as_a_table_with_their_parties(tmp_path: Path) -> None:
    write(tmp_path, RULE)
    write(
        tmp_path,
        with_sql(CROSS.format("s.topic = 'subsidy'"), topic="cross", name="crossing", tests=TESTS),
        topic="cross",
        name="crossing",
    )
    book = read_book([tmp_path], CONTRACTS)
    lake = tables(person=PERSONS, subsidy_payment=PAYMENTS)
    first = flag(book.indicators["late_payment"], lake, DAY, contracts=CONTRACTS).signals
    put_signals(lake, [first[0].model_copy(update={"parties": (("enterprise", "E1"), ("person", "P1"))}), *first[1:]])
    second = flag(book.indicators["crossing"], lake, DAY, contracts=CONTRACTS).signals
    assert [(one.subject_id, one.measures["n"], one.evidence) for one in second] == [
        ("P1", 2, {"signal": tuple(sorted(one.signal_id for one in first))})
    ]
    assert lake.con.execute("SELECT party_kind, party_id FROM signal_party ORDER BY 1").fetchall() == [
        ("enterprise", "E1"),
        ("person", "P1"),
    ]
    put_signals(lake, [])
    assert flag(book.indicators["crossing"], lake, DAY, contracts=CONTRACTS).signals == []
