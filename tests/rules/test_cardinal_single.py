"""Cardinal's indicators about one process alone (R003, R018, R028, R030, R035, R036): each clause of their definitions."""

from typing import Any

import pytest

from tests.rules.published import award, bid, flagged, period, release, says

START = "2024-03-01T00:00:00Z"


@pytest.mark.parametrize(
    ("opens", "closes", "short"),
    [
        (START, "2024-03-15T23:59:59Z", True),
        (START, "2024-03-16T00:00:00Z", False),
        (START, "2024-03-15T23:59:59.999999999Z", True),
        ("2024-03-01T00:00:00.000000001Z", "2024-03-16T00:00:00Z", True),
        ("2024-03-01T00:00:00+02:00", "2024-03-16T00:00:00+01:00", False),
        ("2024-03-01T00:00:00+01:00", "2024-03-16T00:00:00+02:00", True),
        ("2024-03-01T00:00:00-04:00", "2024-03-16T00:00:00-04:00", False),
        (START, "2024-02-01T00:00:00Z", True),
        ("2024-03-01t00:00:00z", "2024-03-10 00:00:00Z", True),
        ("2024-03-01T00:00:00", "2024-03-02T00:00:00Z", False),
        ("2024-03-01", "2024-03-02", False),
        (START, "2024-03-32T00:00:00Z", False),
        (START, "2024-02-30T00:00:00Z", False),
        (START, "2024-03-02T24:00:00Z", False),
        (START, "2024-03-02T00:00Z", False),
        (START, "2024-03-02T00:00:00+0100", False),
        (START, 1709337600, False),
        (START, None, False),
    ],
)
def test_a_submission_period_counts_whole_days_between_complete_times(opens: Any, closes: Any, short: bool) -> None:
    assert flagged([period("A", opens, closes)], "R003") == ({"A": 1.0} if short else {})


def test_the_threshold_of_days_is_strict_and_may_be_set_for_each_procedure() -> None:
    ten = [period(name, START, "2024-03-11T00:00:00Z", procurementMethodDetails=name) for name in ("x", "y", "z")]
    assert flagged(ten, "R003", "R003.threshold=10") == {}
    assert set(flagged(ten, "R003", "R003.threshold=11")) == {"x", "y", "z"}
    own = ("R003.threshold=5", "R003.procurement_method_details.x=11", "R003.procurement_method_details.y=10")
    assert flagged(ten, "R003", *own) == {"x": 1.0}


def test_days_are_cut_towards_zero() -> None:
    half = [
        period("A", "2024-03-02T12:00:00Z", "2024-03-02T00:00:00Z"),
        period("B", "2024-03-03T00:00:00Z", "2024-03-02T00:00:00Z"),
    ]
    assert flagged(half, "R003", "R003.threshold=0") == {"B": 1.0}


def test_only_the_methods_asked_for_have_a_short_period_or_a_single_bid() -> None:
    lines = [
        period(name, START, START, procurementMethod=method, numberOfTenderers=1)
        for name, method in (("o", "open"), ("s", "selective"), ("d", "direct"), ("n", None), ("x", 5))
    ]
    assert set(flagged(lines, "R003")) == {"o", "s", "d", "n", "x"}
    assert set(flagged(lines, "R003", "R003.procurement_methods=open|direct|")) == {"o", "d"}
    assert set(flagged(lines, "R018")) == {"o", "s"}
    assert set(flagged(lines, "R018", "R018.procurement_methods=direct")) == {"d"}
    assert set(flagged(lines, "R018", "R018.procurement_methods=")) == {"o", "s", "d", "n", "x"}


@pytest.mark.parametrize(
    ("stated", "single"), [(1, True), (2, False), (0, False), (-1, False), (1.0, False), ("1", False), (True, False)]
)
def test_only_the_stated_number_of_tenderers_is_read(stated: Any, single: bool) -> None:
    one = release("A", [bid("V", 1)], method="open", tender={"numberOfTenderers": stated, "tenderers": [{"id": "V"}]})
    assert bool(flagged([one, release("B", [bid("V", 1)], method="open")], "R018")) is single


def test_identical_prices_of_different_tenderers_flag_the_process_and_all_of_them() -> None:
    found = says([release("A", [bid("V", 5), bid("D", 5.0, "disqualified"), bid("P", 5, "pending")])], "R028")
    assert found == {"OCID": {"A": {"R028": 1.0}}, "Tenderer": {one: {"R028": 1.0} for one in "VDP"}}


@pytest.mark.parametrize(
    "bids",
    [
        [bid("V", 5), bid("V", 5)],
        [bid("AZ", 5), bid("ZA", 5)],
        [bid("AA", 5), bid("A", 5)],
        [bid("V", 5), bid("D", 5.01)],
        [bid("V", 5), bid("D", 5, currency="CAD")],
        [bid("V", 5), bid("D", 5, currency=None), bid("E", 5, currency=None)],
        [bid("V", 5), bid("D", "5"), bid("E", "5")],
        [bid("V", 5), bid("D", 5, "invited"), bid("E", 5, "withdrawn"), bid("F", 5, None)],
        [bid("V", 5), bid("", 5), bid("", 5)],
        [bid("V", 5), bid([7, None], 5)],  # type: ignore[list-item]
    ],
)
def test_prices_are_not_identical_without_another_tenderer_amount_or_currency(bids: list[Any]) -> None:
    assert says([release("A", bids)], "R028") == {}


def test_a_bid_is_compared_with_the_bid_before_it_at_its_price() -> None:
    apart = release("A", [bid("V", 5), bid("X", 7), bid("V", 5), bid("D", 5)])
    assert flagged([apart], "R028", group="Tenderer") == {"V": 1.0, "D": 1.0}
    joined = release("B", [bid("A", 1), bid(["A", "B"], 1)])
    assert flagged([joined], "R028", group="Tenderer") == {"A": 1.0, "B": 1.0}


def test_identical_prices_are_compared_in_every_currency() -> None:
    lines = [release("A", [bid("V", 1)], [award("V")]), release("B", [bid("V", 5, currency="CAD"), bid("D", 5, currency="CAD")])]
    assert flagged(lines, "R028", "currency=USD") == {"B": 1.0}


def late(ocid: str, date: Any, closes: Any = "2000-03-15T00:00:00Z", supplier: str = "W", **more: Any) -> dict[str, Any]:
    bids = [bid(more.pop("tenderers", "W"), status=more.pop("bid_status", "valid"), date=date)]
    awards = [award(supplier, more.pop("award_status", "active"))]
    return release(ocid, bids, awards, tender={"tenderPeriod": {"endDate": closes}}, **more)


def test_a_late_bid_that_won_flags_the_process_and_the_winner() -> None:
    lines = [
        late("F", "2000-04-01T00:00:00Z"), late("same", "2000-03-15T00:00:00Z"), late("lost", "2000-04-01T00:00:00Z", supplier="X"),
        late("pending", "2000-04-01T00:00:00Z", award_status="pending"), late("disqualified", "2000-04-01T00:00:00Z", bid_status="disqualified"),
        late("number", 20000401), late("no end", "2000-04-01T00:00:00Z", closes=None), late("gone", "2000-04-01T00:00:00Z", status="cancelled"),
    ]  # fmt: skip
    assert says(lines, "R030") == {"OCID": {"F": {"R030": 1.0}}, "Tenderer": {"W": {"R030": 1.0}}}


def test_dates_are_compared_as_texts() -> None:
    later_by_the_clock = late("earlier text", "2000-03-14T23:00:00-05:00")
    earlier_by_the_clock = late("later text", "2000-03-15T01:00:00+05:00")
    with_fraction = late("fraction", "2000-03-15T00:00:00.500Z")
    assert flagged([later_by_the_clock, earlier_by_the_clock, with_fraction], "R030") == {"later text": 1.0}


def test_a_late_consortium_is_flagged_for_the_member_that_won() -> None:
    assert flagged([late("A", "2001", tenderers="WX")], "R030", group="Tenderer") == {"W": 1.0}


def test_only_another_awards_being_open_does_not_stop_a_late_bid() -> None:
    one = late("A", "2001")
    one["awards"].append(award("Z", "pending"))
    assert flagged([one], "R030") == {"A": 1.0}


def disqualified(ocid: str, bids: list[Any], awards: list[Any], **more: Any) -> dict[str, Any]:
    return release(ocid, bids, awards, **more)


D, E, V = bid("D", status="disqualified"), bid("E", status="disqualified"), bid("V")


def test_all_but_the_winner_disqualified_counts_the_others_once_each() -> None:
    own = bid("V", status="disqualified")
    lines = [
        disqualified("one", [D, V], [award("V")]), disqualified("two", [D, E, D, V, V], [award("V"), award("V")]),
        disqualified("own", [own, V], [award("V")]), disqualified("consortium", [bid("DV", status="disqualified"), V], [award("V")]),
        disqualified("undecided", [D, V], [award("V"), award("S", "pending")]), disqualified("odd", [D, V], [award("V"), award("S", "Active")]),
        disqualified("unknown", [D, V], [award("V"), award("S", None), award("S", 5)]), disqualified("tried", [D, V], [award("V"), award("C", "cancelled"), award("U", "unsuccessful")]),
        disqualified("two valid", [D, V, bid("W")], [award("V")]), disqualified("other", [D, V], [award("S")]),
        disqualified("more", [D, V], [award("V"), award("S")]), disqualified("nobody", [D, V], [award("")]),
        disqualified("pending", [D, V, bid("P", status="pending"), bid("I", status="invited")], [award("V")]),
        {**disqualified("no list", [D, V], [award("V")]), "awards": award("V")},
    ]  # fmt: skip
    assert says(lines, "R035") == {
        "OCID": {name: {"R035": value} for name, value in (("one", 1.0), ("two", 2.0), ("consortium", 1.0), ("unknown", 1.0), ("tried", 1.0), ("pending", 1.0))},
        "Tenderer": {"V": {"R035": 0.0}},
    }  # fmt: skip


def test_how_many_must_be_disqualified_may_be_set_and_is_at_least_one() -> None:
    lines = [release("none", [V], [award("V")]), release("one", [D, V], [award("V")]), release("two", [D, E, V], [award("V")])]
    assert set(flagged(lines, "R035", "R035.threshold=0")) == {"one", "two"}
    assert set(flagged(lines, "R035", "R035.threshold=2")) == {"two"}
    assert says(lines, "R035", "R035.threshold=3") == {}


def lowest(ocid: str, *bids: Any, awards: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    return release(ocid, bids, [award("V")] if awards is None else awards, **more)


OUT = bid("D", 1, "disqualified")


def test_the_lowest_submitted_bid_disqualified_is_flagged() -> None:
    lines = [
        lowest("F", OUT, bid("V", 2)), lowest("tie, first", OUT, bid("V", 1)), lowest("tie, second", bid("V", 1), OUT),
        lowest("nobody valid", OUT, bid("P", 2, "pending")), lowest("valid without amount", OUT, bid("V")),
        lowest("pending lowest", bid("P", 0.5, "pending"), OUT, bid("V", 2)), lowest("invited lower", bid("I", 0.5, "invited"), OUT, bid("V", 2)),
        lowest("withdrawn lower", bid("I", 0.5, "withdrawn"), OUT, bid("V", 2)), lowest("no award", OUT, bid("V", 2), awards=[]),
        lowest("award open", OUT, bid("V", 2), awards=[award("V", "pending")]),
        lowest("one award active", OUT, bid("V", 2), awards=[award("V", "pending"), award("V")]), lowest("no tenderers", bid("", 1, "disqualified"), bid("", 2)),
        lowest("amounts are texts", bid("D", "1", "disqualified"), bid("V", "2")),
    ]  # fmt: skip
    assert set(flagged(lines, "R036")) == {
        "F",
        "tie, first",
        "invited lower",
        "withdrawn lower",
        "one award active",
        "no tenderers",
    }


def test_other_currencies_than_the_first_seen_are_not_compared() -> None:
    first = lowest("A", bid("V", 2))
    foreign = lowest("B", bid("D", 1, "disqualified", currency="DOP"), bid("V", 2, currency="DOP"))
    mixed = lowest("C", bid("D", 1, "disqualified", currency="DOP"), OUT, bid("V", 2))
    assert set(flagged([first, foreign, mixed], "R036")) == {"C"}
    assert set(flagged([foreign, first, mixed], "R036")) == {"B"}
    assert set(flagged([first, foreign, mixed], "R036", "currency=DOP")) == {"B"}


@pytest.mark.parametrize("code", ["R028", "R036"])
@pytest.mark.parametrize(
    ("said", "left"),
    [
        ((), {"none", "NPC", "PC", "EXC"}),
        (("no_price_comparison_procurement_methods=NPC|other",), {"none", "PC", "EXC"}),
        (("price_comparison_procurement_methods=PC",), {"PC"}),
        (("price_comparison_procurement_methods=PC|NPC", "no_price_comparison_procurement_methods=NPC"), {"PC", "NPC"}),
        (("exclusions.procurement_method_details=EXC",), {"none", "NPC", "PC"}),
    ],
)
def test_procedures_are_left_out_of_price_comparison_or_of_everything(code: str, said: tuple[str, ...], left: set[str]) -> None:
    same = [OUT, bid("V", 1), bid("X", 5)] if code == "R028" else [OUT, bid("V", 2)]
    lines = [
        release(name, same, [award("V")], **({} if name == "none" else {"details": name}))
        for name in ("none", "NPC", "PC", "EXC")
    ]
    assert set(flagged(lines, code, *said)) == left


def test_what_is_left_out_everywhere() -> None:
    short = {"tenderPeriod": {"startDate": START, "endDate": START}}
    lines = [
        release(5, tender=short), release(None, tender=short), {"tender": short}, [release("list", tender=short)], "text", 7, None,
        release("cancelled", tender=short | {"status": "cancelled"}), release("Cancelled", tender=short | {"status": "Cancelled"}),
        release("", tender=short), release("no text", tender=short | {"procurementMethodDetails": 5}),
        release("empty", tender=short | {"procurementMethodDetails": ""}),
    ]  # fmt: skip
    assert set(flagged(lines, "R003", "exclusions.procurement_method_details=5||x")) == {"Cancelled", "", "no text"}


def test_of_two_lines_with_one_ocid_the_last_result_counts() -> None:
    lines = [release("A", [D, E, V], [award("V")]), release("A", [D, bid("W")], [award("W")]), release("A", [V], [award("V")])]
    assert says(lines, "R035") == {"OCID": {"A": {"R035": 1.0}}, "Tenderer": {"V": {"R035": 0.0}, "W": {"R035": 0.0}}}
