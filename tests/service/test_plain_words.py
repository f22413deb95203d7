"""What a triager reads: words for codes, grouped money, thresholds by their names, ties that tie."""

from decimal import Decimal

import pytest

from datasets.contract import Words, read_contracts
from rules.alert import Alert, fingerprint
from rules.book import SHIPPED, read_book
from rules.indicator import Label
from service import words
from service.evidence import EvidenceRow, EvidenceTable, cell
from service.explaining import measured, shown_bound
from service.keeping.alerts import links_of
from service.printing import same_in_all

CONTRACTS = read_contracts()


@pytest.mark.parametrize(
    ("place", "value", "text"),
    [
        ("tender.method", "open", "公开招标"),
        ("ticket.regime", "petition", "信访事项"),
        ("tender.method_approved", False, "否"),
        ("tender.currency", "CNY", "人民币"),
        ("tender.currency", "AMD", "AMD"),
        ("tender.budget", Decimal("1234567.5"), "1,234,567.50"),
        ("land_claim.claimed_mu", Decimal("5.0400"), "5.04"),
        ("tender.title", None, None),
    ],
)
def test_a_value_of_a_record_is_said_as_people_say_it(place: str, value: object, text: str | None) -> None:
    table, column = place.split(".")
    assert cell(value, CONTRACTS[table].columns[column]) == text


def test_measures_say_their_unit_and_their_words() -> None:
    assert measured(2000000.0, Label(zh="标准", en="limit", unit="yuan"), {}) == "2,000,000.00元"
    assert measured("bids", None, {"bids": Words(zh="投标记录", en="bids on record")}) == "投标记录"
    assert measured("甲, 乙", None, {}) == "甲、乙"
    assert measured(False, None, {}) == "否"


def test_a_long_list_of_words_is_shortened_and_shows_no_regular_expression() -> None:
    assert shown_bound("小额|零星|[Mm]enores|below( threshold)?", None) == "小额、零星等4个用语"
    assert shown_bound(30, None) == "30"


def test_what_is_the_same_in_all_rows_is_said_once() -> None:
    rows = [EvidenceRow(cells=["P1", "低保", "60.00"], source="a:1"), EvidenceRow(cells=["P2", "低保", "54.00"], source="a:2")]
    table = EvidenceTable(
        table="t", title="t", columns=["id", "x", "y"], labels=["号", "项目", "金额"], rows=rows, left_out=0, gone=0
    )
    assert same_in_all(table) == [1]
    assert same_in_all(table.model_copy(update={"rows": rows[:1]})) == []


@pytest.mark.parametrize(("area", "tied"), [("320612000000", False), ("320612100000", False), ("320612100200", True)])
def test_alerts_are_tied_by_their_village_and_not_by_their_county_or_town(area: str, tied: bool) -> None:
    one = Alert(
        fingerprint=fingerprint("tender", "T1", "U1"), kind="政府采购疑点", title={"zh": "甲", "en": "a"}, severity="high",
        subject_kind="tender", subject_id="T1", unit_id="U1", area_id=area, amount=None, signals=("S1",), chains=("c",),
        officials=("rid_1",), parties=(("enterprise", "E1"),), why={"zh": "甲", "en": "a"},
    )  # fmt: skip
    assert {(link["kind"], link["entity_id"]) for link in links_of(one)} == {
        ("enterprise", "E1"), ("official", "rid_1"), *([("village", area)] if tied else []),
    }  # fmt: skip


def test_every_unit_of_a_threshold_is_a_word_in_both_languages() -> None:
    book = read_book([SHIPPED], read_contracts())
    units = {param.unit for rule in book.indicators.values() for param in rule.params.values() if param.unit}
    assert len(units) > 40
    for lang in ("zh", "en"):
        assert not {one for one in units if f"unit.{one.replace(' ', '_')}" not in words.texts(lang)}
