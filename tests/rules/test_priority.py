"""Priority: the number is its reasons, and each reason moves it the way its sentence says."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.contract import read_contracts
from datasets.strict_yaml import Mistakes
from rules.alert import Alert, fingerprint
from rules.chain import GivenSignal
from rules.chain_trial import signal_of
from rules.priority import Learned, Ranking, RuleRecord, prioritise
from rules.reason import Priority
from rules.severity import highest
from rules.signal import Signal
from rules.standing import Standing, levels, quietened
from rules.weights import read_weights

SHIPPED = Path(__file__).parents[2] / "rules"
WEIGHTS = read_weights([SHIPPED], read_contracts())


def signal(name: str, *tables: str, **facts: object) -> Signal:
    made = signal_of(GivenSignal.model_validate({"signal_id": name, **facts}, strict=False))
    return made.model_copy(update={"evidence": dict.fromkeys(tables or ("subsidy_payment",), ("1",))})


def alert(*signals: Signal, **facts: object) -> Alert:
    """The alert about the first signal's subject and unit."""
    first = signals[0]
    said = {
        "fingerprint": fingerprint(first.subject_kind, first.subject_id, first.unit_id), "kind": "疑点", "title": {}, "why": {},
        "severity": highest(one.severity for one in signals), "subject_kind": first.subject_kind,
        "subject_id": first.subject_id, "unit_id": first.unit_id, "area_id": None, "amount": first.amount,
        "signals": tuple(one.signal_id for one in signals), "chains": (), "officials": first.officials, "parties": (),
    }  # fmt: skip
    return Alert.model_validate({**said, **facts})


def ranked(*groups: tuple[Signal, ...], rules: dict[str, RuleRecord] | None = None) -> list[Priority]:
    by_id = {one.signal_id: one for group in groups for one in group}
    return prioritise([alert(*group) for group in groups], by_id, rules or {}, WEIGHTS)


def number(*signals: Signal, rules: dict[str, RuleRecord] | None = None) -> float:
    return ranked(signals, rules=rules)[0].number


def points(priority: Priority, kind: str) -> float:
    return sum(one.points for one in priority.reasons if one.kind == kind)


def test_the_number_is_the_sum_of_its_reasons() -> None:
    [one] = ranked((signal("A", amount=5000, officials=["P9"]), signal("B", "ticket", rule="other")))
    assert one.number == pytest.approx(sum(reason.points for reason in one.reasons), abs=0.05)
    assert all(set(reason.says) == {"zh", "en"} and reason.says["zh"] for reason in one.reasons)


def test_a_rule_that_was_right_comes_before_one_that_was_wrong() -> None:
    right, wrong = {"some_rule": RuleRecord({}, right=18, judged=20)}, {"some_rule": RuleRecord({}, right=2, judged=20)}
    assert number(signal("A"), rules=right) > number(signal("A")) > number(signal("A"), rules=wrong)


def test_precision_is_the_mean_of_prior_and_verdicts() -> None:
    [one] = ranked((signal("A", severity="high"),), rules={"some_rule": RuleRecord({}, prior=0.4, right=8, judged=10)})
    assert one.sure == pytest.approx((0.4 * 10 + 8) / 20)
    [usual] = ranked((signal("A", severity="high"),))
    assert usual.sure == WEIGHTS.precision.prior["high"]


def test_a_rule_that_expects_little_of_itself_stands_behind_even_when_it_is_grave_and_about_much_money() -> None:
    loud = signal("A", rule="loud", severity="critical", amount=900_000, officials=["P9"])
    rules = {"loud": RuleRecord({}, prior=0.1), "quiet": RuleRecord({}, prior=0.9)}
    assert number(loud, rules=rules) < number(signal("B", rule="quiet", severity="medium"), rules=rules)


def test_a_rule_on_other_records_adds_more_than_one_on_the_same_and_another_subject_least() -> None:
    own = signal("A")
    same = ranked((own, signal("B", rule="other")))[0].sure
    other_kind = ranked((own, signal("B", "ticket", rule="other")))[0].sure
    village = ranked((own, signal("B", "ticket", rule="other", subject_kind="village", subject_id="V1")))[0].sure
    alone = ranked((own,))[0].sure
    assert alone < village < same < other_kind == pytest.approx(1 - 0.5 * 0.5)


def test_a_pattern_is_as_sure_as_the_findings_it_rests_on() -> None:
    found = (signal("A", unit_id="V1"), signal("B", unit_id="V2"), signal("C", unit_id="V3"))
    by_id = {one.signal_id: one for one in found}
    pattern = alert(*found, subject_kind="pattern", subject_id="some_rule|village_committee", unit_id="T")
    [one] = prioritise([pattern], by_id, {"some_rule": RuleRecord({}, prior=0.9)}, WEIGHTS)
    assert one.sure == pytest.approx(0.9), "not as a rule that speaks of another subject"


def test_the_same_rule_twice_is_no_corroboration() -> None:
    assert ranked((signal("A"), signal("B")))[0].sure == ranked((signal("A"),))[0].sure


def test_an_amount_counts_by_its_place_among_the_alerts_of_the_same_rule() -> None:
    amounts = [100, 200, 300, 400, 500, 600, 700]
    found = ranked(*((signal(f"S{amount}", subject_id=f"P{amount}", amount=amount),) for amount in amounts))
    said = [points(one, "amount") for one in found]
    assert said == sorted(said) and said[0] == 0 and said[-1] == pytest.approx(0.5 * WEIGHTS.amount.points)


def test_a_lone_amount_counts_on_a_log_scale() -> None:
    small, middle, large = (points(ranked((signal("A", amount=amount),))[0], "amount") for amount in (1000, 31_623, 5_000_000))
    assert small == 0 and middle == pytest.approx(large / 2, abs=0.01)


def test_a_rule_that_floods_loses_and_the_less_the_surer_it_is() -> None:
    def flooded(prior: float) -> float:
        groups = [(signal(f"S{one}", rule="flood", subject_id=f"P{one}"),) for one in range(80)]
        groups += [(signal(f"T{one}", rule="rare", subject_id=f"Q{one}"),) for one in range(20)]
        found = ranked(*groups, rules={"flood": RuleRecord({}, prior=prior), "rare": RuleRecord({}, prior=prior)})
        assert points(found[-1], "flood") == 0
        return points(found[0], "flood")

    assert flooded(0.2) < flooded(0.9) < 0


def test_a_blind_rule_loses_by_what_it_cannot_judge() -> None:
    seeing, blind = ({"some_rule": RuleRecord({}, population=100, blind=count)} for count in (0, 50))
    assert number(signal("A"), rules=seeing) - number(signal("A"), rules=blind) == pytest.approx(WEIGHTS.blindness.points / 2)


def test_kinds_of_record_and_officials_are_named() -> None:
    [one] = ranked((signal("A", officials=["P9"]), signal("B", "ticket", "tender", rule="other")))
    said = {reason.kind: reason.says["zh"] for reason in one.reasons}
    assert said["records"].startswith("群众诉求、资金发放、招标采购") and "1名公职人员" in said["officials"]


SHARES = st.floats(0, 1, allow_nan=False)


@given(st.lists(st.tuples(st.floats(0, 100, allow_nan=False), SHARES), max_size=400))
def test_levels_follow_the_order_and_never_exceed_their_share(given_: list[tuple[float, float]]) -> None:
    standings = [Standing(f"AL{index:04}", *one) for index, one in enumerate(given_)]
    found = levels(standings, WEIGHTS)
    assert set(found) == {one.fingerprint for one in standings}
    above: set[str] = set()
    for name, bar in WEIGHTS.levels.bars.items():
        here = [one for one in standings if found[one.fingerprint] == name]
        above |= {one.fingerprint for one in here}
        assert len(above) <= max(WEIGHTS.levels.always, bar.max_share * len(standings))
        assert all(one.number >= bar.at_least and one.sure >= bar.confidence for one in here)
        left = [one for one in standings if one.fingerprint not in above and one.sure >= bar.confidence]
        assert not here or not left or max(one.number for one in left) <= min(one.number for one in here)


def test_the_share_binds_however_many_are_good_and_the_floor_however_few() -> None:
    good = [Standing(f"AL{index:04}", 90, 0.95) for index in range(200)]
    found = list(levels(good, WEIGHTS).values())
    assert (found.count("critical"), found.count("high"), found.count("low")) == (6, 24, 0)
    assert set(levels([one._replace(number=10) for one in good], WEIGHTS).values()) == {"low"}
    assert set(levels([one._replace(sure=0.3) for one in good], WEIGHTS).values()) == {"medium"}


def test_what_is_no_longer_seen_goes_behind() -> None:
    left, why = quietened(60, WEIGHTS)
    assert left == 60 - WEIGHTS.quiet.points and why.points == -WEIGHTS.quiet.points
    assert quietened(5, WEIGHTS)[0] == 0


def test_an_office_may_weigh_otherwise_and_is_told_of_a_table_that_is_not_there(tmp_path: Path) -> None:
    text = (SHIPPED / "priority.yml").read_text(encoding="utf-8")
    (tmp_path / "priority.yml").write_text(text.replace("max_share: 0.15", "max_share: 0.1"), encoding="utf-8")
    assert read_weights([SHIPPED, tmp_path], read_contracts()).levels.high.max_share == 0.1
    (tmp_path / "priority.yml").write_text(text.replace("[ticket, ", "[tiket, "), encoding="utf-8")
    with pytest.raises(Mistakes, match=r"priority\.yml:\d+.*no table 'tiket'.*did you mean ticket"):
        read_weights([SHIPPED, tmp_path], read_contracts())


def test_more_money_never_lowers_the_number() -> None:
    amounts = [Decimal(10) ** power for power in range(9)]
    numbers = [number(signal("A", amount=amount)) for amount in amounts]
    assert numbers == sorted(numbers)


def test_a_learned_chance_takes_the_place_of_the_sureness_with_a_reason_of_its_own() -> None:
    one = alert(signal("A", severity="high", amount=5000))
    by_id = {"A": signal("A", severity="high", amount=5000)}
    [before] = prioritise([one], by_id, {}, WEIGHTS)
    [after] = prioritise([one], by_id, {}, WEIGHTS, {one.fingerprint: Learned(0.1, 60, ("程度↑", "severity ↑"))})
    assert after.sure == 0.1 and after.number < before.number
    assert points(after, "learned") == pytest.approx(WEIGHTS.precision.points * (0.1 - before.sure), abs=0.01)
    assert after.number == pytest.approx(sum(reason.points for reason in after.reasons), abs=0.05)
    [told] = [reason.says["zh"] for reason in after.reasons if reason.kind == "learned"]
    assert "60条研判结论" in told and "10条属实" in told and "程度↑" in told


def test_an_alerts_own_verdict_does_not_speak_of_itself() -> None:
    one, rules = alert(signal("A")), {"some_rule": RuleRecord({}, prior=0.4, right=1, judged=1)}
    by_id = {"A": signal("A")}
    [counted] = Ranking([one], by_id, rules, WEIGHTS).facts()
    [without] = Ranking([one], by_id, rules, WEIGHTS, {one.fingerprint: True}).facts()
    assert counted.sure > without.sure == pytest.approx(0.4)
