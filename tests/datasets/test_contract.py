"""Contracts: strict, whole, and telling what an empty cell means."""

from pathlib import Path

import pytest

from datasets.contract import SHIPPED, read_contracts, subject_kinds
from datasets.strict_yaml import Mistakes

GOOD = """\
table: thing
title: {zh: 物, en: Thing}
key: [thing_id]
purpose: a test
retention: P1Y
columns:
  thing_id: {type: text, required: true, sensitivity: public, zh: 号, en: id, example: "1"}
"""


def fault(folder: Path, text: str, name: str = "thing") -> str:
    (folder / f"{name}.yml").write_text(text, encoding="utf8")
    with pytest.raises(Mistakes) as caught:
        read_contracts(folder)
    return str(caught.value)


def column(**changes: str) -> str:
    says = {
        "type": "text",
        "sensitivity": "public",
        "null_means": "unknown",
        "zh": "列",
        "en": "column",
        "example": "x",
    } | changes
    return GOOD + "  other: {" + ", ".join(f"{key}: {value}" for key, value in says.items() if value) + "}\n"


def test_the_shipped_contracts_are_whole() -> None:
    contracts = read_contracts()
    assert set(contracts) == {path.stem for path in SHIPPED.glob("*.yml")}
    assert {"person", "enterprise", "unit", "account", "plot", "tender", "ticket", "matter", "village"} <= set(
        subject_kinds(contracts)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (column(null_means=""), "says null_means"),
        (column(sensitivity="sealed"), "a sealed column names its seal"),
        (column(sensitivity="sealed", seal="phone", type="integer"), "a sealed column is text"),
        (column(allowed="[a, b]", words="{a: {zh: 甲, en: first}}"), "words are given for allowed values, for each of them: b"),
        (column(refers="thing.thing_ib"), "did you mean thing.thing_id?"),
        (GOOD.replace("key: [thing_id]", "key: [thing]"), "does not declare"),
        (GOOD.replace("retention: P1Y", "retention: one year"), "retention"),
        (GOOD.replace("thing_id: {", "batch_id: {").replace("[thing_id]", "[batch_id]"), "column names"),
    ],
)
def test_a_contract_that_leaves_something_open_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert message in fault(tmp_path, text)


def test_a_contract_is_named_like_its_file(tmp_path: Path) -> None:
    assert "wrong.yml:1: table must be the file's name 'wrong'" in fault(tmp_path, GOOD, "wrong")


def test_an_office_lays_its_own_contract_over_the_shipped_one(tmp_path: Path) -> None:
    own = (SHIPPED / "area.yml").read_text(encoding="utf8").replace("行政区划", "辖区")
    (tmp_path / "area.yml").write_text(own, encoding="utf8")
    assert read_contracts(SHIPPED, tmp_path)["area"].title.zh == "辖区"
