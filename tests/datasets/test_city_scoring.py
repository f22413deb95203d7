"""Scoring a run against a truth file."""

from pathlib import Path

import pytest

from datasets.city.scoring import Finding, score
from datasets.city.truth_file import Known, read_truth
from datasets.contract import read_contracts
from datasets.key import Key
from datasets.strict_yaml import Mistakes

KEY = Key(b"k" * 32)
HEADER = "case_id,kind,rule,subject_kind,subject,unit,area,stream,office,evidence,amount,near,note\n"


def case(case_id: str, kind: str = "problem", rule: str = "S01", subject: str = "P1", **more: object) -> Known:
    facts = {"subject_kind": "person", "unit": "U1", "stream": "stationed", "office": "O1", "evidence": frozenset()} | more
    return Known(case_id=case_id, kind=kind, rule=rule, subject=subject, **facts)  # type: ignore[arg-type]


def finding(alert: str, subject: str = "P1", **more: object) -> Finding:
    facts = {
        "rule": "paid_after_death", "tags": ("S01",), "topic": "subsidy", "level": "high", "priority": 60.0, "subject_kind": "person",
        "unit": "U1", "evidence": frozenset(), "stream": "stationed", "office": "O1",
    } | more  # fmt: skip
    return Finding(alert=alert, subject=subject, **facts)  # type: ignore[arg-type]


def pays(*keys: str) -> frozenset[tuple[str, str]]:
    return frozenset(("subsidy_payment", key) for key in keys)


def overall(cases: list[Known], findings: list[Finding]) -> dict[str, object]:
    figures = score(cases, findings).figures["overall"]
    assert isinstance(figures, dict)
    return figures


def test_found_problems_count_for_recall_and_explained_and_unplanted_findings_against_precision() -> None:
    cases = [case("1"), case("2", subject="P2"), case("3", "explained", subject="P3"), case("4", "undecidable", subject="P4")]
    findings = [finding("a"), finding("b", "P3"), finding("c", "P4"), finding("d", "P9")]
    figures = overall(cases, findings)
    assert (figures["recall"], figures["precision"]) == (0.5, 0.3333)
    assert figures["findings"] == {"problem": 1, "undecidable": 1, "explained": 1, "unplanted": 1}


def test_a_case_of_another_code_is_not_found() -> None:
    assert overall([case("1", rule="S04")], [finding("a")])["recall"] == 0


def test_routing_is_the_share_of_found_problems_that_went_to_the_right_stream_and_office() -> None:
    cases = [case("1"), case("2", subject="P2"), case("3", subject="P3", office="")]
    findings = [finding("a"), finding("b", "P2", office="O2"), finding("c", "P3", office="O7")]
    assert overall(cases, findings)["routing"] == 0.6667
    assert [one.case_id for one, _ in score(cases, findings).elsewhere] == ["2"]


def test_of_two_cases_of_one_subject_the_one_with_the_finding_s_rows_is_meant() -> None:
    cases = [case("1", evidence=pays("A")), case("2", "explained", evidence=pays("B"))]
    assert overall(cases, [finding("a", evidence=pays("B", "C"))])["findings"] == {
        "problem": 0, "undecidable": 0, "explained": 1, "unplanted": 0,
    }  # fmt: skip


def test_other_rows_of_the_same_subject_are_another_matter() -> None:
    assert overall([case("1", evidence=pays("A"))], [finding("a", evidence=pays("B"))])["recall"] == 0


def test_a_matter_is_known_by_its_tickets_not_by_its_id() -> None:
    rows = frozenset({("ticket", "T1"), ("ticket", "T2")})
    cases = [case("1", rule="H04", subject="M-city", subject_kind="matter", evidence=rows)]
    found = finding("a", "M-run", tags=("H04",), subject_kind="matter", evidence=frozenset({("ticket", "T2")}))
    assert overall(cases, [found])["recall"] == 1


def test_a_shared_register_row_does_not_make_two_subjects_one() -> None:
    firm = frozenset({("enterprise", "E1")})
    cases = [case("1", rule="C25", subject="T1", subject_kind="tender", evidence=firm)]
    found = finding("a", "T2", tags=("C25",), subject_kind="tender", evidence=firm)
    assert overall(cases, [found])["findings"] == {"problem": 0, "undecidable": 0, "explained": 0, "unplanted": 1}


def test_each_rule_of_the_book_is_told_what_its_findings_were_worth() -> None:
    cases = [case("1"), case("2", "explained", subject="P2")]
    figures = score(cases, [finding("a"), finding("b", "P2"), finding("c", "P9", rule="other")]).figures["book"]
    assert isinstance(figures, dict)
    assert (figures["paid_after_death"]["precision"], figures["other"]["precision"]) == (0.5, 0.0)


def test_a_finding_told_again_counts_for_the_order_of_alerts_only() -> None:
    first, again = finding("a"), finding("pattern", again=True, level="critical", priority=90.0)
    figures = score([case("1")], [first, again]).figures
    overall_, order = figures["overall"], figures["priorities"]
    assert isinstance(overall_, dict) and isinstance(order, dict)
    assert overall_["findings"]["problem"] == 1
    assert order["first"]["alerts"] == 2 and order["high_and_above"]["found"] == 1


def test_nothing_found_of_nothing_known_has_no_shares() -> None:
    assert overall([], [])["recall"] is None


def written(folder: Path, *rows: str) -> Path:
    path = folder / "truth.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf8")
    return path


def test_secrets_of_a_truth_file_become_the_lakes_pseudonyms(tmp_path: Path) -> None:
    person = "110101199003070011"
    row = f"1,problem,S01,person,{person},U1,,stationed,O1,subsidy_payment:A|B;person:{person},,true,"
    (known,) = read_truth(written(tmp_path, row), read_contracts(), KEY)
    token = KEY.token("resident_id", person)
    assert known.subject == token
    assert known.evidence == frozenset({("subsidy_payment", "A"), ("subsidy_payment", "B"), ("person", token)})


def test_all_faults_of_a_truth_file_come_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path, "1,problm,S01,person,P,,,,,,,,", "2,problem,S01,persn,P,,,,,,,,", "3,problem,S01,person,P,,,,,subsidy_paymnt:A,,,", "3,problem,S01,person,P,,,,,,,,", "3,problem,S01,person,P,,,,,,,,"
    )  # fmt: skip
    with pytest.raises(Mistakes) as caught:
        read_truth(path, read_contracts(), KEY)
    assert [str(one).split(": ", 1)[1] for one in caught.value.mistakes] == [
        "kind 'problm' is none of problem, explained, undecidable; did you mean problem?",
        "unknown kind of subject 'persn'; did you mean person?",
        "evidence names unknown table 'subsidy_paymnt'; did you mean subsidy_payment?",
        "case_id '3' is empty or stands above already",
    ]
    assert [one.line for one in caught.value.mistakes] == [2, 3, 4, 6]


def test_a_truth_file_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text("case_id,kind,rule,subject\n", encoding="utf8")
    with pytest.raises(Mistakes, match="lacks column subject_kind"):
        read_truth(path, read_contracts(), KEY)
