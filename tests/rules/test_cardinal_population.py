"""Cardinal's indicators that compare one with all (R024, R025, R038, R048, R058): fences, ties, minimums, settings, exclusions."""

from typing import Any

import duckdb
import pytest

from rules.profile_run import fused, make_macros
from tests.rules.published import award, bid, contest, flagged, release, says

# Sorted differences 0.25 1 1.125 1.25 1.375 1.5 1.625 3: n = 8, position (8 + 1/3) p + 1/3 is 2.41667 and 6.58333, so that
# q1 = 1 + 0.41667 x 0.125 = 1.052083, q3 = 1.5 + 0.58333 x 0.125 = 1.572917, the fences 1.052083 - 0.78125 and 1.572917 + 0.78125
SPREAD = {"low": 1.25, "a": 2, "b": 2.125, "c": 2.25, "d": 2.375, "e": 2.5, "f": 2.625, "high": 4}


def spread(**more: Any) -> list[dict[str, Any]]:
    return [contest(name, 1, second, **more) for name, second in SPREAD.items()]


def test_a_difference_beyond_a_fence_flags_process_and_firms() -> None:
    assert says(spread(), "R024") == {"OCID": {"low": {"R024": 0.25}}, "Tenderer": {"W": {"R024": 0.0}, "L": {"R024": 0.0}}}
    assert says(spread(), "R058") == {"OCID": {"high": {"R058": 3.0}}, "Tenderer": {"W": {"R058": 0.0}}}


def test_the_differences_own_threshold_takes_the_place_of_the_fence_and_is_inclusive() -> None:
    assert set(flagged(spread(), "R024", "R024.threshold=1.125")) == {"low", "a", "b"}
    assert set(flagged(spread(), "R058", "R058.threshold=1.625")) == {"f", "high"}
    for code in ("R024", "R058"):
        assert says(spread(), code, f"{code}.threshold=0") == {}
    assert set(flagged([contest("A", 1, 1), contest("B", 1, 2)], "R024", "R024.threshold=0.1")) == {"A"}


def test_a_value_on_the_fence_is_flagged_even_when_all_are() -> None:
    same = [contest(str(number), 1, 2) for number in range(5)]
    assert set(flagged(same, "R024")) == set(flagged(same, "R058")) == {"0", "1", "2", "3", "4"}


def test_fences_of_zero_or_less_skip_the_whole_indicator() -> None:
    skewed = [contest("A", 1, 1), contest("B", 1, 1), contest("C", 1, 2), contest("D", 1, 4)]
    assert says(skewed, "R024") == {}
    tied = [contest(str(number), 1, 1) for number in range(4)]
    assert says(tied, "R024,R058") == {}
    mostly = [*(contest(str(number), 1, 1) for number in range(9)), contest("X", 1, 100)]
    assert says(mostly, "R058") == {}
    assert (
        says([], "R024,R025,R038,R048,R058", "R024.threshold=1", "R025.threshold=1", "R038.threshold=1", "R048.threshold=0") == {}
    )


def test_one_process_is_its_own_fence() -> None:
    assert flagged([contest("A", 2, 3)], "R024") == flagged([contest("A", 2, 3)], "R058") == {"A": 0.5}


def only(name: str, *bids: Any, awards: list[Any] | None = None, **more: Any) -> dict[str, float]:
    """The differences that R058 sees when it flags everything above zero."""
    return flagged([release(name, bids, [award("W")] if awards is None else awards, **more)], "R058", "R058.threshold=0.000001")


@pytest.mark.parametrize(
    "awards",
    [
        [award("W"), award("W")],
        [award("W"), award("", "pending")],
        [award("W"), award("", "invalid")],
        [award("WX")],
        [award("")],
        [award([9])],  # type: ignore[list-item]
        [award(["W", 9])],  # type: ignore[list-item]
        [award("W", "cancelled")],
        [],
    ],
)
def test_several_open_or_shared_awards_leave_a_process_out(awards: list[Any]) -> None:
    assert only("A", bid("W", 1), bid("L", 2), awards=awards) == {}


def test_cancelled_unsuccessful_and_unstated_awards_beside_the_active_one_do_not() -> None:
    awards = [award("W"), award("C", "cancelled"), award("U", "unsuccessful"), award("N", None)]
    assert only("A", bid("W", 1), bid("L", 2), awards=awards) == {"A": 1.0}


@pytest.mark.parametrize(
    ("bids", "difference"),
    [
        ([bid("W", 3), bid("W", 1), bid("W", 2), bid("L", 5), bid("M", 4)], 3.0),
        ([bid("W", 2), bid("L", 1)], None),
        ([bid("W", 2)], None),
        ([bid("L", 2), bid("M", 3)], None),
        ([bid("W", 1), bid("LM", 2)], None),
        ([bid("W", 1), bid("LM", 1.5), bid("L", 2)], 1.0),
        ([bid("W", 1), bid("L", 1.5, "disqualified"), bid("L", 1.5, "pending"), bid("L", 1.5, None), bid("M", 2)], 1.0),
        ([bid("W", 1), bid("L", "1.5"), bid("L", None), bid("M", 2)], 1.0),
        ([bid("W", 1), bid("L", 1.5, currency="CAD"), bid("L", 1.5, currency=None), bid("M", 2)], 1.0),
        ([bid("W", 1), bid([7], 1.5), bid("M", 2)], 1.0),  # type: ignore[list-item]
        (
            [
                bid("W", 1),
                {"status": "valid", "value": {"amount": 1.5, "currency": "USD"}, "tenderers": {"id": "L"}},
                bid("M", 2),
            ],
            1.0,
        ),
    ],
)
def test_the_winners_lowest_bid_meets_the_lowest_of_the_others(bids: list[Any], difference: float | None) -> None:
    assert only("A", *bids) == ({} if difference is None else {"A": difference})


def test_of_equal_second_bids_the_first_listed_is_named() -> None:
    one = release("A", [bid("W", 1), bid("M", 2), bid("L", 2), bid("N", 2)], [award("W")])
    assert set(flagged([one], "R024", group="Tenderer")) == {"W", "M"}


def test_a_difference_to_a_winner_of_zero_is_beyond_every_number() -> None:
    free = [contest("A", 0, 1), contest("B", 1, 2)]
    assert flagged(free, "R058", "R058.threshold=0.5") == {"A": float("inf"), "B": 1.0}
    assert set(flagged([contest("A", 0, 0), contest("B", 1, 2)], "R058", "R058.threshold=0.5")) == {"B"}


def test_differences_are_the_nearest_doubles() -> None:
    assert flagged([contest("A", 0.1, 0.3)], "R058") == {"A": (0.3 - 0.1) / 0.1}
    assert flagged([contest("A", 3, 10)], "R024") == {"A": 7 / 3}


def test_the_main_currency_is_given_or_the_first_that_a_comparison_of_prices_meets() -> None:
    peso = [bid("W", 1, currency="DOP"), bid("L", 3, currency="DOP")]
    dollar = contest("usd", 1, 2)
    lines = [release("dop", peso, [award("W")]), dollar]
    above = "R058.threshold=0.1"
    assert set(flagged(lines, "R058", above)) == {"dop"}
    assert set(flagged([dollar, *lines], "R058", above)) == {"usd"}
    assert set(flagged(lines, "R058", above, "currency=USD")) == {"usd"}
    assert flagged(lines, "R058", above, "currency=EUR") == {}


def test_a_bid_that_is_not_compared_does_not_choose_the_currency() -> None:
    two_winners = release("A", [bid("W", 1, currency="DOP")], [award("W"), award("L")])
    lost = release("B", [bid("D", 1, "disqualified", currency="DOP"), bid("W", 1), bid("L", 2)], [award("W")])
    above = "R058.threshold=0.1"
    assert set(flagged([two_winners, contest("usd", 1, 2)], "R058", above)) == {"usd"}
    assert set(flagged([lost], "R058", above)) == {"B"}
    # R036 looks at every submitted bid of an awarded process, and both share the currency
    both = says([two_winners, contest("usd", 1, 2)], "R036,R058", above)
    assert both == {}
    # in one line R024 and R058 look first
    assert says([lost], "R036,R058", above)["OCID"] == {"B": {"R058": 1.0}}
    assert says([lost], "R036") == {}


def test_the_last_line_of_an_ocid_gives_its_difference() -> None:
    lines = [contest("A", 1, 9), contest("B", 1, 2), contest("A", 1, 2), release("A")]
    assert flagged(lines, "R058", "R058.threshold=0.5") == {"A": 1.0, "B": 1.0}


@pytest.mark.parametrize("code", ["R024", "R058"])
def test_procedures_without_price_comparison_are_no_part_of_the_fence(code: str) -> None:
    lines = [
        *spread(details="PC"),
        *(contest(f"n{number}", 1, 50, details="NPC") for number in range(20)),
        contest("none", 1, 2.3),
    ]
    beyond, every = "low" if code == "R024" else "high", f"{code}.threshold={1000 if code == 'R024' else 0.001}"
    allowed, listed, left_out = (
        f"{name}=PC" if name.startswith("price") else f"{name}=NPC"
        for name in (
            "price_comparison_procurement_methods",
            "no_price_comparison_procurement_methods",
            "exclusions.procurement_method_details",
        )
    )
    assert (
        set(flagged(lines, code, allowed)) == set(flagged(lines, code, listed)) == set(flagged(lines, code, left_out)) == {beyond}
    )
    assert set(flagged(lines, code, allowed, every)) == set(SPREAD)
    assert set(flagged(lines, code, listed, every)) == set(flagged(lines, code, left_out, every)) == {*SPREAD, "none"}


def losing(times: int) -> list[dict[str, Any]]:
    """F bids in all and wins one; each of the others bids once and wins, but for the one F beats."""
    lines = [release(str(number), [bid("F"), bid("F"), bid([f"T{number}"])], [award([f"T{number}"])]) for number in range(times)]
    return [*lines, release("won", [bid("F"), bid("N")], [award("F")])]


def test_a_tenderer_that_seldom_wins_is_flagged_with_its_share() -> None:
    # 8 winners with ratio 1, F 1/9, N 0: q1 = 0.9259 (position 2.91667 between 1/9 and 1), q3 = 1, lower fence 0.8148
    assert flagged(losing(8), "R025", group="Tenderer") == {"F": 1 / 9, "N": 0.0}
    assert set(flagged(losing(8), "R025", "R025.percentile=100", group="Tenderer")) == {"F"}
    assert set(flagged(losing(8), "R025", "R025.threshold=0.1", group="Tenderer")) == {"N"}
    assert set(flagged(losing(8), "R025", "R025.threshold=0.1", "R025.percentile=95", group="Tenderer")) == set()
    assert flagged(losing(8), "R025", "R025.threshold=0", group="Tenderer") == {}


def test_without_winners_the_share_of_wins_has_no_fence() -> None:
    assert says(losing(1), "R025") == {}


def test_processes_are_counted_once_for_each_tenderer_and_not_when_bids_or_awards_are_shared() -> None:
    extra = [
        release("pending", [bid("F", status="pending"), bid(["T0"])], [award(["T0"])]),
        release("shared", [bid("FG"), bid(["T0"])], [award(["T0"])]),
        release("open", [bid("F"), bid(["T0"])], [award(["T0"]), award("X", "pending")]),
        release("two", [bid("F"), bid(["T0"])], [award(["T0"]), award("F")]),
        release("both", [bid("F"), bid(["T0"])], [award(["T0", "F"])]),
        release("gone", [bid("F"), bid(["T0"])], [award(["T0"])], status="cancelled"),
    ]
    assert flagged([*losing(8), *extra], "R025", group="Tenderer")["F"] == 1 / 9
    counted = release("foreign", [bid("F", 5, currency="DOP"), bid(["T0"])], [award(["T0"])])
    assert flagged([*losing(8), counted], "R025", group="Tenderer")["F"] == 1 / 10


def test_lists_of_price_comparison_hold_for_unsuccessful_bids_unless_switched_off() -> None:
    lines = [*losing(8), *(release(f"n{number}", [bid("F"), bid(["T0"])], [award("F")], details="NPC") for number in range(3))]
    listed, low, few = "no_price_comparison_procurement_methods=NPC", "R025.threshold=0.5", "R025.percentile=0"
    assert flagged(lines, "R025", low, few, group="Tenderer") == {"N": 0.0, "F": 4 / 12, "T0": 1 / 4}
    # bids 1 eight times, 4, 12: the 75th percentile is 1 + 0.08333 x 3 = 1.25
    assert flagged(lines, "R025", low, group="Tenderer") == {"F": 4 / 12, "T0": 1 / 4}
    assert flagged(lines, "R025", listed, group="Tenderer") == {"N": 0.0, "F": 1 / 9}
    assert flagged(lines, "R025", listed, low, few, "R025.price_comparison=false", group="Tenderer")["F"] == 4 / 12


def judged(ocid: str, valid: int, out: int, **more: Any) -> dict[str, Any]:
    bids = [bid(more.get("tenderer", ""))] * valid + [bid(more.get("tenderer", ""), status="disqualified")] * out
    buyer, entity = more.get("buyer", {"id": "B"}), more.get("entity")
    return release(ocid, bids, buyer=buyer, tender={"procuringEntity": entity or {}})


def crowd(key: str, of: str) -> list[dict[str, Any]]:
    """Seven that disqualify 1 in 4, and F that disqualifies 3 in 4."""
    made = [
        judged(f"{number}", 3, 1, **{key: f"{of}{number}" if key == "tenderer" else {"id": f"{of}{number}"}})
        for number in range(7)
    ]
    return [*made, judged("F", 1, 3, **{key: "F" if key == "tenderer" else {"id": "F"}})]


@pytest.mark.parametrize(("key", "group"), [("buyer", "Buyer"), ("entity", "ProcuringEntity"), ("tenderer", "Tenderer")])
def test_a_share_of_disqualified_bids_above_its_kind_is_flagged(key: str, group: str) -> None:
    lines = [{**one, "buyer": {}} if key != "buyer" else one for one in crowd(key, "T")]
    if key == "tenderer":
        for number, one in enumerate(lines):
            name = "F" if number == 7 else f"t{number}"
            for each in one["bids"]["details"]:
                each["tenderers"] = [{"id": name}]
    every = {**dict.fromkeys((f"{'t' if key == 'tenderer' else 'T'}{number}" for number in range(7)), 0.25), "F": 0.75}
    assert says(lines, "R038") == {group: {name: {"R038": value} for name, value in every.items()}}
    assert flagged(lines, "R038", "R038.threshold=0.75", group=group) == {"F": 0.75}
    assert flagged(lines, "R038", "R038.threshold=0", group=group) == {}


def test_the_upper_fence_of_disqualified_shares() -> None:
    # 0.25 0.25 0.5 0.5 0.5 1: n = 6, positions 1.91667 and 5.08333, q1 = 0.25, q3 = 0.5 + 0.08333 x 0.5 = 0.541667, fence 0.979167
    shares = [(3, 1), (3, 1), (1, 1), (1, 1), (1, 1), (0, 2)]
    lines = [judged(str(number), *share, buyer={"id": f"B{number}"}) for number, share in enumerate(shares)]
    assert says(lines, "R038") == {"Buyer": {"B5": {"R038": 1.0}}}


def test_a_buyer_needs_that_many_bids_though_the_setting_says_processes() -> None:
    lines = [
        judged("A", 1, 1, buyer={"id": "two bids"}),
        judged("B", 0, 1, buyer={"id": "one bid"}),
        judged("C", 0, 0, buyer={"id": "none"}),
    ]
    assert set(flagged(lines, "R038", group="Buyer")) == {"two bids"}
    assert set(flagged(lines, "R038", "R038.minimum_contracting_processes=1", "R038.threshold=0.5", group="Buyer")) == {
        "two bids",
        "one bid",
    }
    assert flagged(lines, "R038", "R038.minimum_contracting_processes=3", group="Buyer") == {}
    again = [judged("A", 0, 1), judged("A2", 0, 1)]
    assert flagged(again, "R038", group="Buyer") == {"B": 1.0}


def test_a_tenderer_needs_as_many_submitted_bids_and_counts_each_naming() -> None:
    one = release("A", [bid("T", status="disqualified"), bid("TT", status="disqualified"), bid("T", status="withdrawn")])
    assert flagged([one], "R038", "R038.minimum_submitted_bids=3", group="Tenderer") == {"T": 1.0}
    assert flagged([one], "R038", "R038.minimum_submitted_bids=4", group="Tenderer") == {}


def test_bids_without_tenderers_count_for_the_buyer_and_other_ids_for_nobody() -> None:
    lines = [
        release("A", [bid("", status="disqualified"), {"status": "pending"}], buyer={"id": "B"}),
        judged("B", 0, 4, buyer={"id": 7}),
    ]
    assert says(lines, "R038") == {"Buyer": {"B": {"R038": 0.5}}}


def test_shares_of_zero_have_no_fence() -> None:
    lines = [judged(str(number), 4, 0, buyer={"id": f"B{number}"}) for number in range(4)]
    assert says([*lines, judged("X", 0, 4, buyer={"id": "X"})], "R038")["Buyer"] == {"X": {"R038": 1.0}}
    assert says(lines, "R038") == {}
    many = [
        *(judged(f"n{number}", 4, 0, buyer={"id": f"N{number}"}) for number in range(20)),
        judged("X", 0, 4, buyer={"id": "X"}),
    ]
    assert says(many, "R038") == {}


def items(*classes: Any) -> list[dict[str, Any]]:
    return [{"classification": {"id": one}} for one in classes]


def supplied(name: str, processes: int, *classes: Any, **more: Any) -> list[dict[str, Any]]:
    listed = [
        {"ocid": f"{name}{number}", "awards": [award([name], items=items("10000000"), **more)]} for number in range(processes - 1)
    ]
    return [*listed, {"ocid": f"{name}-", "awards": [award([name], items=items(*classes), **more)]}]


ONE = "R048.minimum_contracting_processes=1"


def test_a_supplier_of_many_classes_is_flagged_with_their_number() -> None:
    # varieties 1 1 1 1 3: n = 5, q1 = 1, q3 = 1 + 0.33333 x 2 = 1.66667, upper fence 2.66667
    lines = [one for number in range(4) for one in supplied(f"S{number}", 1, "10000000")]
    lines += supplied("F", 1, "10000000", "11000000", "12000000", "12999999")
    assert says(lines, "R048", ONE) == {"Tenderer": {"F": {"R048": 3.0}}}
    assert says(lines, "R048") == {}
    assert says(lines, "R048", ONE, "R048.digits=8")["Tenderer"] == {"F": {"R048": 4.0}}
    assert set(flagged(lines, "R048", ONE, "R048.threshold=1", group="Tenderer")) == {"F", "S0", "S1", "S2", "S3"}
    assert flagged(lines, "R048", ONE, "R048.threshold=4", group="Tenderer") == {}


def test_only_suppliers_of_enough_processes_are_compared() -> None:
    lines = [*supplied("many", 20, "20000000"), *supplied("few", 19, "20000000", "30000000")]
    assert flagged(lines, "R048", group="Tenderer") == {"many": 2.0}
    assert set(flagged(lines, "R048", "R048.minimum_contracting_processes=19", "R048.threshold=2", group="Tenderer")) == {
        "many",
        "few",
    }


def test_a_process_counts_once_and_only_with_a_class_that_is_a_text() -> None:
    twice = [{"ocid": "A", "awards": [award("S", items=items("10")), award("S", items=items("20"))]}]
    assert flagged(twice, "R048", "R048.minimum_contracting_processes=2", group="Tenderer") == {}
    assert flagged(twice, "R048", ONE, group="Tenderer") == {"S": 2.0}
    numbers = [
        {"ocid": "A", "awards": [award("S", items=items(10, 20))]},
        {"ocid": "B", "awards": [award("S", items=items("10", None))]},
    ]
    assert flagged(numbers, "R048", ONE, group="Tenderer") == {"S": 1.0}
    assert flagged(numbers, "R048", "R048.minimum_contracting_processes=2", group="Tenderer") == {}


@pytest.mark.parametrize(
    "one", [award("S", "pending"), award("S", "cancelled"), award("S", None), award("ST"), award(""), award([5])]
)  # type: ignore[list-item]
def test_other_awards_say_nothing_about_variety(one: dict[str, Any]) -> None:
    assert says([{"ocid": "A", "awards": [{**one, "items": items("10", "20")}]}], "R048", ONE) == {}


def test_variety_has_no_condition_that_the_fence_is_above_zero() -> None:
    assert flagged(supplied("S", 1, "10"), "R048", ONE, "R048.digits=0", group="Tenderer") == {"S": 1.0}
    assert flagged(supplied("S", 1, "10"), "R048", ONE, "R048.threshold=0", group="Tenderer") == {"S": 1.0}


@pytest.mark.parametrize(
    ("values", "tau", "expected"),
    [
        ([5.0], 0.25, 5.0), ([5.0], 0.75, 5.0), ([1.0, 2.0], 0.25, 1.0), ([1.0, 2.0], 0.75, 2.0), ([1.0, 2.0], 0.5, 1.5),
        ([1.0, 2.0, 4.0], 0.0, 1.0), ([1.0, 2.0, 4.0], 1.0, 4.0), ([1.0, 2.0, 4.0, 8.0], 0.25, 1.0 + 5 / 12), ([1.0, 2.0, 4.0, 8.0], 0.99, 8.0),
    ],
)  # fmt: skip
def test_quantiles_are_of_hyndman_and_fans_type_8(values: list[float], tau: float, expected: float) -> None:
    with duckdb.connect() as connection:
        make_macros(connection)
        [(found,)] = connection.execute("SELECT quantile8($1::DOUBLE[], $2)", [values, tau]).fetchall()
    assert found == pytest.approx(expected, rel=1e-15)


def test_fences_are_rounded_once() -> None:
    once = [(x, z) for x in (0.1, 0.7, 1 / 3) for z in (0.3, 2 / 3, 1.1, 1 / 7) if fused(x, 1.5, z) != x * 1.5 + z]
    assert once
    assert fused(float("inf"), 1.5, 1.0) == float("inf") and fused(1e308, 1.5, 1e308) == float("inf")
