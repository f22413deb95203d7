"""guantong ocds: Cardinal's own cases to the last digit, clean output, named faults, and the office's own profile beside it."""

import gzip
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from service.cli import answer
from service.desk import Desk
from service.errors import Refusal
from service.ocds_answer import Broken
from service.ocds_indicators import indicators
from service.settings import Settings
from service.words import speak
from tests.rules.published import award, bid, contest, release
from tests.tree import ROOT

CASES = Path(os.environ.get("GUANTONG_SHARED", ROOT.parent / "shared")) / "data" / "procurement" / "cardinal-fixtures"
DOMINICAN = CASES.parent / "ocds" / "dominican-republic-8000.compiled.jsonl.gz"
NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
EVERY_CASE = ["--set", "no_price_comparison_procurement_methods=NPC", "--set", "exclusions.procurement_method_details=EXC"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty office that speaks English."""
    for name, value in (("HOME", tmp_path / "home"), ("KEY_FILE", tmp_path / "key"), ("LANG", "en"), ("BOOK", "")):
        monkeypatch.setenv(f"GUANTONG_{name}", str(value))
    yield tmp_path
    speak("zh")


def asked(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    """stdout and stderr of `guantong ocds …`, its exit code checked."""
    capsys.readouterr()
    found = answer(["ocds", *arguments])
    out, errors = capsys.readouterr()
    assert found == code, out + errors
    assert "Traceback" not in errors
    return out, errors


def cardinal(capsys: pytest.CaptureFixture[str], file: Path, *arguments: str) -> Any:
    out, _ = asked(capsys, "indicators", str(file), "--profile", "cardinal", "--json", *arguments)
    return json.loads(out)


def written(folder: Path, *lines: Any, name: str = "releases.jsonl") -> Path:
    path = folder / name
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("code", ["R003", "R018", "R024", "R028", "R035", "R038"])
def test_cardinals_own_cases_come_out_equal(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    if not CASES.is_dir():
        pytest.skip(f"Cardinal's cases are not at {CASES}")
    expected = json.loads((CASES / f"{code}.expected").read_text(encoding="utf-8"))
    assert cardinal(capsys, CASES / f"{code}.jsonl", "--only", code, *EVERY_CASE) == expected


def test_cardinals_defaults_flag_nearly_every_process_of_a_real_set(capsys: pytest.CaptureFixture[str]) -> None:
    if not DOMINICAN.is_file():
        pytest.skip(f"the public file is not at {DOMINICAN}")
    found = cardinal(capsys, DOMINICAN)
    assert len(found["OCID"]) == 7_700
    codes = [code for values in found["OCID"].values() for code in values]
    assert {code: codes.count(code) for code in sorted(set(codes))} == {
        "R003": 7617, "R018": 4354, "R028": 230, "R030": 986, "R035": 408, "R036": 552, "R058": 59,
    }  # fmt: skip


def test_the_answer_is_one_document_in_the_peers_form(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(home, contest("A", 1, 1.5), contest("B", 0, 2), contest("C", 1, 1.25))
    found = cardinal(capsys, file, "--only", "R058", "--set", "R058.threshold=0.5")
    assert found == {"OCID": {"A": {"R058": 0.5}, "B": {"R058": None}}, "Tenderer": {"W": {"R058": 0.0}}}
    assert cardinal(capsys, file, "--only", "R003") == {}


def test_broken_lines_are_named_on_stderr_and_the_rest_is_judged(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = release("A", tender={"numberOfTenderers": 1}, method="open")
    file = written(home, good, '{"ocid": "B"', "", "[]", {"ocid": 5}, good | {"ocid": "Z"})
    out, errors = asked(capsys, "indicators", str(file), "--profile", "cardinal", "--json")
    assert json.loads(out) == {"OCID": {"A": {"R018": 1.0}, "Z": {"R018": 1.0}}}
    assert errors.splitlines() == [
        f"{file}:2: no valid JSON, skipped",
        f"{file}:4: no release (a JSON object), skipped",
        f"{file}:5: no ocid that is a text, skipped",
        "3 of these could not be used; the rest is judged as usual",
    ]


def test_a_gzipped_file_is_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "releases.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(release("A", tender={"numberOfTenderers": 1}, method="open")).encode()))
    assert cardinal(capsys, path, "--only=R018") == {"OCID": {"A": {"R018": 1.0}}}


def test_every_fault_of_what_was_asked_is_said_at_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(home, contest("A", 1, 2))
    wrong = ["--only", "R03,R018", "--set", "R003.treshold=1", "--set", "R025.percentile=101", "--set", "currency"]
    out, errors = asked(capsys, "indicators", str(file), "--profile", "cardinal", "--json", *wrong, code=2)
    assert out == ""
    assert errors.splitlines() == [
        "there is no indicator R03; did you mean R038?",
        "there is no setting R003.treshold; did you mean R003.threshold?",
        "R025.percentile=101: the value must be a whole number not below 0, at most 100",
        "currency has no value; write NAME=VALUE (a text that is not empty)",
    ]


def test_an_unknown_profile_is_named_with_the_nearest(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(home, contest("A", 1, 2))
    _, errors = asked(capsys, "indicators", str(file), "--profile", "cardnal", code=2)
    assert errors.strip() == "there is no profile cardnal; did you mean cardinal?"


@pytest.mark.parametrize("profile", ["cardinal", "office"])
def test_a_file_without_a_release_is_refused_with_its_places(profile: str, home: Path, office: Desk) -> None:
    shutil.copytree(ROOT / "rules" / "profiles", home / "rules" / "profiles", dirs_exist_ok=True)
    empty, broken = written(home, name="empty.jsonl"), written(home, "x", name="broken.jsonl")
    with pytest.raises(Refusal) as refused:
        indicators(office, empty, profile)
    assert str(refused.value).strip() == f"{empty} holds no release that can be read"
    with pytest.raises(Refusal) as refused:
        indicators(office, broken, profile)
    assert f"{broken}:1: no valid JSON" in str(refused.value)


def test_an_empty_or_missing_file_ends_with_code_2(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in (written(home), home / "none.jsonl"):
        _, errors = asked(capsys, "indicators", str(file), "--profile", "cardinal", code=2)
        assert file.name in errors


def test_two_lists_of_price_comparison_are_remarked_on(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, lists = (
        written(home, contest("A", 1, 2)),
        ["price_comparison_procurement_methods=A", "no_price_comparison_procurement_methods=B"],
    )
    both = [word for name in lists for word in ("--set", name)]
    _, errors = asked(capsys, "indicators", str(file), "--profile", "cardinal", "--json", *both)
    assert "has no effect" in errors
    _, errors = asked(capsys, "indicators", str(file), "--profile", "cardinal", "--json", *both[:2])
    assert errors == ""


def test_a_setting_of_preparation_corrects_the_releases_first(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = release("A", [bid("D", 1, "out", currency=None), bid("V", 2, "in", currency=None)], [award("V", "Active")])
    for one in shown["bids"]["details"]:
        del one["value"]["currency"]
    numbers = release("B", [bid("", 1, "in"), bid("", 1, "in")], buyer={"id": 7})
    for number, one in enumerate(numbers["bids"]["details"]):
        one["tenderers"] = {"id": number}
    file = written(home, shown, numbers)
    assert cardinal(capsys, file, "--only", "R028,R036") == {}
    words = [
        "codelists.bid_status.out=disqualified",
        "codelists.bid_status.in=valid",
        "codelists.award_status.Active=active",
        "defaults.currency=USD",
    ]
    found = cardinal(capsys, file, "--only", "R028,R036", *(part for word in words for part in ("--set", word)))
    assert found == {"OCID": {"A": {"R036": 1.0}, "B": {"R028": 1.0}}, "Tenderer": {"0": {"R028": 1.0}, "1": {"R028": 1.0}}}
    assert set(cardinal(capsys, file, "--only", "R028", "--set", "prepare=true")["OCID"]) == {"B"}


def test_people_get_a_table_and_the_notice(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(home, release("A", tender={"numberOfTenderers": 1}, method="open"), contest("B", 1, 2))
    out, _ = asked(capsys, "indicators", str(file), "--profile", "cardinal")
    assert "R018" in out and "Single bid received" in out and "2 of 2 processes (100.0 %)" in out and "not a conclusion" in out


def test_a_profile_says_what_it_means(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = asked(capsys, "profile", "cardinal")
    plain = " ".join(out.split())
    assert "R030 Late bid won" in plain and "Dates are compared as texts" in plain
    assert "R048.minimum_contracting_processes" in plain and "exclusions.procurement_method_details" in plain
    asked(capsys, "profile", "nobody", code=2)


@pytest.fixture
def office(home: Path) -> Iterator[Desk]:
    """A desk with a book of two rules, whatever else the shipped one holds."""
    for part in ("book/procurement/single_bid.yml", "book/procurement/bidders_share_machine.yml", "profiles/office.yml"):
        (home / "rules" / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "rules" / part, home / "rules" / part)
    speak("en")
    with Desk(replace(Settings.from_environment(), shipped_rules=home / "rules"), clock=lambda: NOW) as desk:
        yield desk


def opened(ocid: str, *bidders: str, **more: Any) -> dict[str, Any]:
    bids = [bid([bidder], 5 + at) for at, bidder in enumerate(bidders)]
    awards = [award([bidders[0]])] if bidders else None
    return release(ocid, bids, awards, method="open", status="complete", buyer={"id": "U1", "name": "U"}, tender=more)


def test_the_office_answers_with_its_own_rules_and_says_what_it_cannot_tell(home: Path, office: Desk) -> None:
    small = opened("C", "E1", procurementMethodDetails="Compras por Debajo del Umbral")
    without_status = release("B", method="open", buyer={"id": "U1", "name": "U"})
    file = written(home, opened("A", "E1"), without_status, "broken", small)
    told = indicators(office, file, "office", only=["R018"])
    assert told.answers == {"OCID": {"A": {"R018": 1.0}}}
    assert told.reach is not None and (told.reach["R018"].unknown, told.reach["R018"].rules) == (1, ("single_bid",))
    assert told.plain()["unknown"] == {"R018": 1}
    assert (told.releases, told.broken) == (3, (Broken(3, "undecodable"),))
    assert not (home / "home").exists() and not (home / "key").exists()


def test_a_rule_without_records_could_not_judge_anything(home: Path, office: Desk) -> None:
    told = indicators(office, written(home, opened("A"), opened("B")), "office", only=["R041"])
    assert told.reach is not None
    reach = told.reach["R041"]
    assert (reach.population, reach.unknown) == (2, 2) and "bid" in reach.without_records


def test_the_params_of_the_offices_rules_are_its_settings(home: Path, office: Desk) -> None:
    file = written(home, opened("A", "E1", "E2"))
    assert indicators(office, file, "office").answers == {}
    wider = indicators(office, file, "office", only=["R018"], said=["single_bid.valid_bidders_upto=2"])
    assert wider.answers == {"OCID": {"A": {"R018": 1.0}}}
    with pytest.raises(Refusal) as refused:
        indicators(office, file, "office", only=["R3"], said=["single_bid.valid_bidders_up=2"])
    assert "there is no indicator R3" in str(refused.value)
    assert "did you mean single_bid.valid_bidders_upto?" in str(refused.value)


def test_a_profile_may_ask_for_other_params_and_name_the_measure_it_prints(home: Path, office: Desk) -> None:
    own = home / "rules" / "profiles" / "office.yml"
    more = "params: {single_bid: {valid_bidders_upto: 2}}\nmeasures: {single_bid: listed_bidders}\n"
    own.write_text(own.read_text(encoding="utf-8") + more, encoding="utf-8")
    file = written(home, opened("A", "E1", "E2"))
    assert indicators(office, file, "office", only=["R018"]).answers == {"OCID": {"A": {"R018": 2.0}}}
    own.write_text(own.read_text(encoding="utf-8").replace("upto", "below"), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        indicators(office, file, "office", only=["R018"])
    assert "there is no setting single_bid.valid_bidders_below" in str(refused.value)


def test_the_shipped_office_profile_answers_too(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(home, opened("A", "E1"))
    out, errors = asked(capsys, "indicators", str(file), "--json")
    found = json.loads(out)
    assert found["OCID"]["A"]["R018"] == 1.0 and found["unknown"]["R018"] == 0
    assert [line for line in errors.splitlines() if not line.startswith("…")] == []  # a slow machine says how far it is
    out, _ = asked(capsys, "indicators", str(file), "--only", "R018,R041")
    assert "could not tell" in out
    out, _ = asked(capsys, "profile", "office", "--json")
    assert json.loads(out)["rules"]["R018"] == ["single_bid"]
