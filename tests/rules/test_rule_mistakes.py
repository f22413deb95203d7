"""Faulty rule files are refused with every mistake at its line, and with what would be right."""

from pathlib import Path

import pytest

from rules.book import read_book
from tests.rules.rule_text import CONTRACTS, RULE, SQL, TESTS, mistakes, with_sql, write


def test_a_sound_rule_has_no_mistakes(tmp_path: Path) -> None:
    assert mistakes(tmp_path, RULE) == []


def test_all_mistakes_of_a_file_come_at_once(tmp_path: Path) -> None:
    text = (
        RULE.replace("subject: person", "subject: persn")
        .replace("needs: [person.death_known, subsidy_payment.unit_id]", "needs: [person.death_know]")
        .replace("per: [programme_id]", "per: [programme]")
        .replace("p.amount", "p.amont")
        .replace("d.died_on + $max_days", "d.died_onn + $max_day")
    )
    assert mistakes(tmp_path, text) == [
        "subsidy/late_payment.yml:11: unknown kind of subject 'persn'; did you mean person?",
        "subsidy/late_payment.yml:12: per: 'programme' is no output column; did you mean programme_id?",
        "subsidy/late_payment.yml:13: needs: unknown column 'death_know' of person; did you mean death_known?",
        "subsidy/late_payment.yml:16: param 'max_days' is used by no SELECT",
        "subsidy/late_payment.yml:22: sql: unknown column 'amont' of subsidy_payment; did you mean amount?",
        "subsidy/late_payment.yml:27: sql: unknown column 'died_onn' of person; did you mean died_on?",
        "subsidy/late_payment.yml:27: sql: unknown param $max_day; did you mean max_days?",
    ]


def test_mistakes_beside_the_select_are_said_when_the_select_is_sound(tmp_path: Path) -> None:
    text = (
        RULE.replace(
            "needs: [person.death_known, subsidy_payment.unit_id]",
            "needs: [person.death_know, payment, kinship, a b, person.name or unit.name]",
        )
        .replace("per: [programme_id]", "per: [programme]")
        .replace("material: [payments, amount]", "material: [payment, unit_id]")
        .replace("死后领取{payments}笔{amount}元", "{paymens}笔{amount:.2f}")
        .replace("topic: subsidy", "topic: hotline")
    )
    assert mistakes(tmp_path, text) == [
        "subsidy/late_payment.yml:3: topic must be the folder's name 'subsidy', not 'hotline'",
        "subsidy/late_payment.yml:12: per: 'programme' is no output column; did you mean programme_id?",
        "subsidy/late_payment.yml:13: needs: unknown column 'death_know' of person; did you mean death_known?",
        "subsidy/late_payment.yml:13: needs: unknown table 'payment'; did you mean employment?",
        "subsidy/late_payment.yml:13: needs: the rule does not read kinship; known: person, subsidy_payment",
        "subsidy/late_payment.yml:13: needs: 'a b' is not table, table.column, or table.a or table.b",
        "subsidy/late_payment.yml:13: needs: 'person.name or unit.name': the sides of or are columns of one table",
        "subsidy/late_payment.yml:14: material: 'payment' is no output column; did you mean payments?",
        "subsidy/late_payment.yml:14: material: 'unit_id' is VARCHAR, not a number",
        "subsidy/late_payment.yml:29: says.zh: {amount} must hold one name, with :% for a percentage, and nothing else",
    ]


def test_mistakes_of_several_files_come_together(tmp_path: Path) -> None:
    write(tmp_path, RULE.replace("severity: high", "severity: hihg").replace("id: late_payment", "id: second"), name="second")
    write(tmp_path, RULE.replace("owner: 数据组\n", "ownr: 数据组\n").replace("id: late_payment", "id: third"), name="fourth")
    assert mistakes(tmp_path, RULE + "extra: 1\n") == [
        "subsidy/fourth.yml:1: key 'owner' is missing",
        "subsidy/fourth.yml:6: unknown key 'ownr'; did you mean owner?",
        "subsidy/late_payment.yml:41: unknown key 'extra'",
        "subsidy/second.yml:5: severity: 'hihg' is none of low, medium, high, critical; did you mean high?",
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id: late_payment": "id: other"}, ":1: id must be the file's name 'late_payment', not 'other'"),
        ({"status: live": "status: retired"}, ":1: file: a retired rule says retired_because, and only a retired one does"),
        (
            {"known: verified": "known: recalled"},
            ":7: a live rule needs a basis that was checked: all of this are recalled; look it up, or set status: shadow",
        ),
        (
            {"max_days: {value": "as_of: {value"},
            ":1: file: params are named in small letters, digits and _, and not as_of: ['as_of']",
        ),
    ],
)
def test_what_the_file_itself_decides(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    text = RULE
    for old, new in changed.items():
        text = text.replace(old, new)
    assert f"subsidy/late_payment.yml{said}" in mistakes(tmp_path, text)


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("persn: []", "given: unknown table 'persn'; did you mean person?"),
        ("unit: []", "given: the rule does not read 'unit'; known: person, subsidy_payment"),
        ("person: [{died_no: 2024-01-01}]", "given: unknown column 'died_no' of person; did you mean died_on?"),
        ("person: [{died_on: soon}]", "given: person.died_on: 'soon' is no date: write YYYY-MM-DD"),
        ("person: [{death_known: 1}]", "given: person.death_known: 1 is no boolean"),
        ("person: [{person_id: 1}]", "given: person.person_id: 1 is no text: put it in quotes"),
        ("person: [{sex: X}]", "given: person.sex: 'X' is none of F, M"),
        ("person: [{person_id: null}]", "given: person.person_id: is required and cannot be empty"),
        ("subsidy_payment: [{amount: 1.005}]", "given: subsidy_payment.amount: 1.005 has more than 2 decimals"),
    ],
)
def test_rows_of_a_test_fit_the_contracts(tmp_path: Path, test: str, said: str) -> None:
    text = f"{RULE}  - name: third\n    given:\n      {test}\n    flags: []\n"
    assert mistakes(tmp_path, text) == [f"subsidy/late_payment.yml:43: {said}"]


def test_a_rule_has_a_test_that_flags_and_one_that_is_silent(tmp_path: Path) -> None:
    assert mistakes(tmp_path, RULE.replace(TESTS, "tests: []\n")) == [
        "subsidy/late_payment.yml:30: no test flags anything; add one whose flags name a finding",
        "subsidy/late_payment.yml:30: no test is silent; add one with flags: []",
    ]


def test_tests_name_output_columns_params_and_the_day(tmp_path: Path) -> None:
    text = RULE.replace("+ $max_days", "+ $max_days AND p.paid_on <= $as_of").replace(
        "flags: [{subject_id: P1, payments: 1, amount: 100}]", "params: {max_day: 3}\n    flags: [{subject: P1}]"
    )
    assert mistakes(tmp_path, text) == [
        "subsidy/late_payment.yml:31: the rule uses $as_of: the test must say as_of",
        "subsidy/late_payment.yml:35: unknown param 'max_day'; did you mean max_days?",
        "subsidy/late_payment.yml:36: flags: 'subject' is no output column; did you mean subject_id?",
        "subsidy/late_payment.yml:37: the rule uses $as_of: the test must say as_of",
    ]


def test_the_result_needs_a_subject_evidence_and_the_right_types(tmp_path: Path) -> None:
    sql = """
SELECT p.person_id AS subject,
       p.amount AS unit_id,
       p.paid_on AS amount,
       CAST(p.paid_on AS TIMESTAMP) AS first_on,
       p.person_id AS officials,
       p.person_id AS parties_persn,
       list_sort(list(p.paid_on)) AS days
FROM subsidy_payment p
JOIN person d ON d.person_id = p.person_id
GROUP BY p.person_id, p.amount, p.paid_on
"""
    assert mistakes(tmp_path, with_sql(sql, tests=TESTS.replace("payments: 1, ", "").replace("subject_id", "subject"))) == [
        "subsidy/late_payment.yml:16: no evidence: at least one output column evidence_<table> lists the keys of the rows that prove it",
        "subsidy/late_payment.yml:16: output column subject_id is missing; did you mean subject?",
        "subsidy/late_payment.yml:18: sql: output column unit_id is DECIMAL(18,2), not VARCHAR; CAST(… AS VARCHAR)",
        "subsidy/late_payment.yml:19: sql: output column amount is DATE, not a number of yuan",
        "subsidy/late_payment.yml:20: sql: output column first_on is TIMESTAMP, not DATE; CAST(… AS DATE)",
        "subsidy/late_payment.yml:21: sql: output column officials is VARCHAR, not VARCHAR[]; write list_sort(list(…)) of text keys",
        "subsidy/late_payment.yml:22: sql: output column parties_persn is VARCHAR, not VARCHAR[]; write list_sort(list(…)) of text keys",
        "subsidy/late_payment.yml:22: sql: output column parties_persn: unknown kind of entity; did you mean person?",
        "subsidy/late_payment.yml:23: sql: output column days is DATE[]: a measure is a number, text, date, boolean or a list of text",
    ]


def test_evidence_names_a_table_that_the_rule_reads(tmp_path: Path) -> None:
    text = RULE.replace("evidence_subsidy_payment", "evidence_kinship")
    assert mistakes(tmp_path, text) == [
        "subsidy/late_payment.yml:24: sql: output column evidence_kinship: the rule does not read kinship; known: person, subsidy_payment"
    ]


def test_the_same_rule_may_stand_in_one_folder_once(tmp_path: Path) -> None:
    write(tmp_path, RULE.replace("topic: subsidy", "topic: hotline"), topic="hotline")
    found = mistakes(tmp_path, RULE)
    assert len(found) == 1
    assert "rule 'late_payment' stands in" in found[0]


def test_an_offices_own_rule_replaces_the_shipped_one_of_the_same_id(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    write(shipped, RULE)
    write(own, RULE.replace("value: 30", "value: 60"))
    book = read_book([shipped, own, tmp_path / "absent"], CONTRACTS)
    assert book.indicators["late_payment"].params["max_days"].value == 60
    assert book.paths["late_payment"].is_relative_to(own)


def test_the_hash_changes_with_the_logic_and_not_with_the_layout(tmp_path: Path) -> None:
    def digest(text: str) -> str:
        write(tmp_path, text)
        return read_book([tmp_path], CONTRACTS).indicators["late_payment"].hash

    first = digest(RULE)
    assert digest(RULE.replace(SQL, SQL.replace("count(*)", "COUNT( * )  -- how many\n        "))) == first
    assert digest(RULE.replace("人已去世仍在发放。", "死者仍在领取。")) == first
    assert digest(RULE.replace("value: 30", "value: 31")) != first
    assert digest(RULE.replace("p.paid_on > d.died_on", "p.paid_on > d.born_on")) != first


def test_ids_identify_what_the_rule_says_they_do(tmp_path: Path) -> None:
    sql = """
WITH paid AS (SELECT p.unit_id, p.person_id, p.payment_id, p.area_id FROM subsidy_payment p JOIN person d ON d.person_id = p.person_id)
SELECT p.unit_id AS subject_id, p.area_id AS unit_id,
       list_sort(list(p.unit_id)) AS parties_enterprise,
       list_sort(list(p.person_id)) AS evidence_subsidy_payment,
       list_sort(list(p.payment_id)) AS evidence_person
FROM paid p GROUP BY p.unit_id, p.area_id
"""
    assert mistakes(tmp_path, with_sql(sql, tests=TESTS.replace("payments: 1, amount: 100", ""))) == [
        "subsidy/late_payment.yml:18: sql: output column subject_id must identify: person; subsidy_payment.unit_id identifies: unit",
        "subsidy/late_payment.yml:18: sql: output column unit_id must identify: unit; subsidy_payment.area_id identifies: village",
        "subsidy/late_payment.yml:19: sql: output column parties_enterprise must identify: enterprise; subsidy_payment.unit_id identifies: unit",
        "subsidy/late_payment.yml:20: sql: output column evidence_subsidy_payment must hold keys of that table, not subsidy_payment.person_id",
        "subsidy/late_payment.yml:21: sql: output column evidence_person must hold keys of that table, not subsidy_payment.payment_id",
    ]
