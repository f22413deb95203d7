"""Profiles as files and as settings: every mistake at its line, every fault of `--set` at once with the nearest right word."""

from pathlib import Path

import pytest

from datasets.strict_yaml import Mistakes
from rules.profile import Setting
from rules.profile_reading import profile_names, read_profile
from rules.profile_settings import chosen, read_settings
from tests.rules.published import cardinal
from tests.tree import ROOT

PROFILE = """profile: mine
title: {zh: 我的, en: mine}
about: {zh: 说明, en: what it is}
settings:
  least: {kind: natural, default: 2, why: {zh: 至少, en: at least}}
tables:
  named: |
    SELECT line, ocid FROM ocds_release
"""
CODE = """code: R001
title: {zh: 题, en: title}
definition: {zh: 定义, en: definition}
sql: |
  SELECT 'OCID' AS grp, ocid AS id, 1 AS value, line FROM named WHERE line >= $least
"""


def folder(tmp_path: Path, profile: str = PROFILE, code: str = CODE) -> Path:
    (tmp_path / "profiles" / "mine").mkdir(parents=True)
    (tmp_path / "profiles" / "mine.yml").write_text(profile, encoding="utf-8")
    (tmp_path / "profiles" / "mine" / "R001.yml").write_text(code, encoding="utf-8")
    return tmp_path


def test_the_shipped_profiles_have_no_mistake() -> None:
    assert {"cardinal", "office"} <= set(profile_names([ROOT / "rules"]))
    assert len(cardinal().codes) == 11 and read_profile("office", [ROOT / "rules"]).file.answered_by == "rules"


def test_an_office_lays_its_own_profile_over_the_shipped_ones(tmp_path: Path) -> None:
    own = read_profile("mine", [ROOT / "rules", folder(tmp_path)])
    assert list(own.codes) == ["R001"] and list(own.settings) == ["least"]
    with pytest.raises(KeyError):
        read_profile("yours", [tmp_path])


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("$least", "$lest", "R001.yml:4: sql: $lest is no setting; did you mean least?"),
        ("FROM named", "FROM name", "R001.yml:4: sql: there is no table name; did you mean named?"),
        ("1 AS value, line", "1 AS value", "R001.yml:4: sql: must return grp, id, value, line, not grp, id, value"),
        ("SELECT 'OCID'", "DELETE FROM named; SELECT 'OCID'", "R001.yml:4: sql: no SQL: 2 statements"),
        ("ocid AS id", "oid AS id", "R001.yml:4: sql: Binder Error"),
        ("sql: |", "fences: SELECT 1 AS grp FROM named\nsql: |", "R001.yml:4: fences: must return grp, measure, not grp"),
        ("R001", "R002", "R001.yml:1: code: must be the file's name 'R001', not 'R002'"),
        ("definition:", "defintion:", "R001.yml:3: unknown key 'defintion'; did you mean definition?"),
    ],
)
def test_a_mistake_in_an_indicator_is_said_at_its_line(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    assert was in CODE
    with pytest.raises(Mistakes) as found:
        read_profile("mine", [folder(tmp_path, code=CODE.replace(was, becomes))])
    assert said in str(found.value)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("profile: mine", "profile: yours", "mine.yml:1: profile: must be the file's name 'mine', not 'yours'"),
        (
            "ocds_release",
            "ocds_releases",
            "mine.yml:7: tables.named: there is no table ocds_releases; did you mean ocds_release?",
        ),
        ("settings:", "answered_by: rules\nsettings:", "a profile answered by rules has their params for settings"),
        ("settings:", "params: {single_bid: {x: 1}}\nsettings:", "only a profile answered by rules has params"),
        ("kind: natural", "kind: number", "'number' is none of"),
    ],
)
def test_a_mistake_in_a_profile_is_said_at_its_line(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    with pytest.raises(Mistakes) as found:
        read_profile("mine", [folder(tmp_path, PROFILE.replace(was, becomes))])
    assert said in str(found.value)


def value(said: str, name: str) -> object:
    values, faults = read_settings([said], cardinal().settings)
    assert not faults, faults
    return values[name]


@pytest.mark.parametrize(
    ("said", "name", "expected"),
    [
        ("currency=USD", "currency", "USD"),
        ("no_price_comparison_procurement_methods=NPC", "no_price_comparison_procurement_methods", ["NPC"]),
        ("exclusions.procurement_method_details = a | b|", "exclusions.procurement_method_details", ["a ", " b"]),
        ("exclusions.procurement_method_details=a||b", "exclusions.procurement_method_details", ["a", "", "b"]),
        ("exclusions.procurement_method_details=", "exclusions.procurement_method_details", []),
        ("R003.threshold=10", "R003.threshold", 10),
        ("R003.threshold=-10", "R003.threshold", -10),
        ("R003.procurement_methods=open|selective", "R003.procurement_methods", ["open", "selective"]),
        ("R003.procurement_method_details.x=5", "R003.procurement_method_details", {"x": 5}),
        ("R003.procurement_method_details.Proc. 2.0 (a|b)=5", "R003.procurement_method_details", {"Proc. 2.0 (a|b)": 5}),
        ("R018.procurement_methods=direct", "R018.procurement_methods", ["direct"]),
        ("R024.threshold=.05", "R024.threshold", 0.05),
        ("R025.percentile=90", "R025.percentile", 90),
        ("R025.threshold=5e-2", "R025.threshold", 0.05),
        ("R035.threshold=3", "R035.threshold", 3),
        ("R038.threshold=0.5", "R038.threshold", 0.5),
        ("R038.minimum_submitted_bids=0", "R038.minimum_submitted_bids", 0),
        ("R038.minimum_contracting_processes=7", "R038.minimum_contracting_processes", 7),
        ("R048.digits=4", "R048.digits", 4),
        ("R048.threshold=10", "R048.threshold", 10),
        ("R048.minimum_contracting_processes=1", "R048.minimum_contracting_processes", 1),
        ("R058.threshold=0.5", "R058.threshold", 0.5),
        ("codelists.bid_status.Qualified=valid", "codelists.bid_status", {"Qualified": "valid"}),
        ("codelists.award_status.Active=active", "codelists.award_status", {"Active": "active"}),
        ("redactions.amount=0|99999999", "redactions.amount", [0.0, 99999999.0]),
        ("redactions.organization_id=a|b", "redactions.organization_id", ["a", "b"]),
        ("corrections.award_status_by_contract_status=true", "corrections.award_status_by_contract_status", True),
        ("modifications.move_auctions=False", "modifications.move_auctions", False),
        ("modifications.prefix_tenderer_or_supplier_id=DO-RPE-", "modifications.prefix_tenderer_or_supplier_id", "DO-RPE-"),
        ("modifications.split_procurement_method_details=-", "modifications.split_procurement_method_details", "-"),
    ],
)
def test_every_documented_setting_is_read(said: str, name: str, expected: object) -> None:
    assert value(said, name) == expected


def test_defaults_are_cardinals() -> None:
    values, _ = read_settings([], cardinal().settings)
    stated = {name: value for name, value in values.items() if value not in (None, [], {}, False)}
    assert stated == {
        "R003.threshold": 15, "R018.procurement_methods": ["open", "selective"], "R025.percentile": 75, "R025.price_comparison": True,
        "R035.threshold": 1, "R038.minimum_submitted_bids": 2, "R038.minimum_contracting_processes": 2, "R048.digits": 2,
        "R048.minimum_contracting_processes": 20,
    }  # fmt: skip


def test_the_last_word_on_a_setting_counts_and_keys_gather() -> None:
    said = ["R003.threshold=1", "R003.threshold=2", "R003.procurement_method_details.x=1", "R003.procurement_method_details.y=2"]
    values, _ = read_settings(said, cardinal().settings)
    assert (values["R003.threshold"], values["R003.procurement_method_details"]) == (2, {"x": 1, "y": 2})


@pytest.mark.parametrize(
    ("said", "what", "hint"),
    [
        ("R003.treshold=1", "unknown", "did you mean R003.threshold?"),
        ("curency=USD", "unknown", "did you mean currency?"),
        ("exclusion.procurement_method_details=x", "unknown", "did you mean exclusions.procurement_method_details?"),
        ("R003.procurement_method_details=5", "unknown", "did you mean R003.procurement_method_details.…?"),
        ("R003.procurement_method_details.=5", "unknown", "did you mean R003.procurement_method_details.…?"),
        ("R003.threshold", "no_value", ""),
        ("R003.threshold=ten", "bad_value", ""),
        ("R003.threshold=1.5", "bad_value", ""),
        ("R003.threshold=", "bad_value", ""),
        ("R035.threshold=-1", "bad_value", ""),
        ("R025.percentile=101", "bad_value", ""),
        ("R024.threshold=5%", "bad_value", ""),
        ("R024.threshold=nan", "bad_value", ""),
        ("R024.threshold=1_0", "bad_value", ""),
        ("R003.procurement_method_details.x=soon", "bad_value", ""),
        ("redactions.amount=0|x", "bad_value", ""),
        ("modifications.move_auctions=ture", "bad_value", "did you mean true?"),
        ("currency=", "bad_value", ""),
    ],
)
def test_what_cannot_be_set_is_a_fault_with_the_nearest_right_word(said: str, what: str, hint: str) -> None:
    _, faults = read_settings([said, "R003.threshold=3"], cardinal().settings)
    assert [(fault.what, fault.hint) for fault in faults] == [(what, hint)]


def test_all_faults_are_found_at_once() -> None:
    _, faults = read_settings(["a=1", "R003.threshold=x", "R024.threshold"], cardinal().settings)
    assert [fault.what for fault in faults] == ["unknown", "bad_value", "no_value"]


def test_codes_are_chosen_in_the_profiles_order() -> None:
    assert chosen(["R018, R003", "R003,"], cardinal().codes) == (["R003", "R018"], [])
    assert chosen([], cardinal().codes)[0] == list(cardinal().codes)
    codes, faults = chosen(["R003,r018,R999"], cardinal().codes)
    assert codes == ["R003"]
    assert (faults[0].what, faults[0].said, faults[0].hint) == ("unknown_code", "r018", "did you mean R018?")
    assert len(faults) == 2


def test_a_value_may_be_limited() -> None:
    limited = {"n": Setting.model_validate({"kind": "natural", "most": 5, "why": {"zh": "数", "en": "n"}})}
    assert read_settings(["n=5"], limited) == ({"n": 5}, [])
    assert read_settings(["n=6"], limited)[1][0].most == 5
