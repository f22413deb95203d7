"""What correlation makes of signals: one alert for a subject and unit, ties said, growth without loss, limits reported."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import rules
from rules.alert import Alert, fingerprint, grow
from rules.chain import GivenSignal
from rules.chain_check import read_chains
from rules.chain_trial import signal_of
from rules.compiled import open_reasoner
from rules.correlate import SIGNALS, Correlated, LeftOut, correlate
from rules.linked import ALL_PAIRS, linked
from rules.near import PARTNERS
from rules.reasoner import Reasoner
from rules.signal import Signal

CHAINS = read_chains([Path(rules.__path__[0])])


@pytest.fixture(scope="module")
def reasoner() -> Iterator[Reasoner]:
    with open_reasoner(CHAINS, {}) as opened:
        yield opened


def signal(name: str, **said: Any) -> Signal:
    return signal_of(GivenSignal(**{"signal_id": name, **said}))


def made(reasoner: Reasoner, *signals: Signal) -> Correlated:
    return correlate(CHAINS, signals, reasoner)


def test_ten_signals_about_one_subject_and_unit_make_one_alert(reasoner: Reasoner) -> None:
    signals = [signal(f"S{number}", rule=f"rule_{number}", amount=Decimal(number)) for number in range(10)]
    [alert] = made(reasoner, *signals).alerts
    assert alert.signals == tuple(f"S{number}" for number in range(10))
    assert alert.fingerprint == fingerprint("person", "P1", "U1")
    assert alert.severity == "high"
    assert alert.amount == Decimal(9)


def test_a_fingerprint_is_the_subject_and_the_unit_and_nothing_else(reasoner: Reasoner) -> None:
    [first] = made(reasoner, signal("A")).alerts
    [second] = made(reasoner, signal("B", rule="other_rule", severity="critical")).alerts
    assert first.fingerprint == second.fingerprint
    assert len(first.fingerprint) == 18
    assert first.fingerprint.startswith("AL")


def test_no_signals_make_no_alerts(reasoner: Reasoner) -> None:
    assert made(reasoner) == Correlated()


def test_why_says_what_each_signal_says_and_counts_the_rest(reasoner: Reasoner) -> None:
    [alert] = made(reasoner, *(signal(f"S{number}", rule=f"rule_{number}") for number in range(7))).alerts
    assert "rule_0" in alert.why["zh"]
    assert "另有2条疑点" in alert.why["zh"]
    assert "and 2 more" in alert.why["en"]


def test_a_title_names_the_first_four_rules_and_counts_the_rest(reasoner: Reasoner) -> None:
    rules = [f"rule_{letter}" for letter in "abcde"]
    [four] = correlate(CHAINS, [signal(rule, rule=rule) for rule in rules[:4]], reasoner, titles={}).alerts
    [five] = correlate(CHAINS, [signal(rule, rule=rule) for rule in rules], reasoner, titles={}).alerts
    assert four.title["zh"].endswith("rule_a；rule_b；rule_c；rule_d") and four.title["en"].endswith("rule_c; rule_d")
    assert five.title["zh"].endswith("rule_a；rule_b；rule_c；rule_d等5类")
    assert five.title["en"].endswith("rule_c; rule_d and 1 more")


def test_titles_come_from_the_rules(reasoner: Reasoner) -> None:
    titles = {"some_rule": {"zh": "已故人员仍领取补贴", "en": "Paid after death"}}
    [alert] = correlate(CHAINS, [signal("A")], reasoner, titles=titles).alerts
    assert alert.title == {"zh": "已故人员仍领取补贴", "en": "Paid after death"}


def test_a_complaint_that_corroborates_is_in_the_money_alert_and_keeps_its_own(reasoner: Reasoner) -> None:
    money = signal("A", area_id="320612001001", last_on=date(2024, 1, 1))
    other = signal("B", subject_id="P2", area_id="320612001001", last_on=date(2024, 2, 1))
    complaint = signal(
        "C",
        rule="complaint_names_flagged_village",
        topic="cross",
        subject_kind="village",
        subject_id="320612001001",
        first_on=date(2024, 3, 1),
    )
    found = {alert.subject_id: alert for alert in made(reasoner, money, other, complaint).alerts}
    assert found["P1"].signals == ("A", "C")
    assert found["P2"].signals == ("B", "C")
    assert (found["P1"].severity, found["320612001001"].severity) == ("critical", "medium")
    assert found["320612001001"].signals == ("C",)


def test_alerts_of_one_firm_or_village_are_linked_not_merged(reasoner: Reasoner) -> None:
    one = signal("A", subject_kind="tender", subject_id="T1", parties=(("enterprise", "E1"),))
    two = signal("B", subject_kind="tender", subject_id="T2", parties=(("enterprise", "E1"),), area_id="320612001001")
    three = signal("C", area_id="320612001001")
    found = made(reasoner, one, two, three)
    assert len(found.alerts) == 3
    assert {(link.kind, link.entity_id) for link in found.links} == {("enterprise", "E1"), ("village", "320612001001")}
    assert len(found.links) == 2


def test_a_large_village_is_linked_as_a_star(reasoner: Reasoner) -> None:
    alerts = made(
        reasoner, *(signal(f"S{number}", subject_id=f"P{number}", area_id="320612001001") for number in range(ALL_PAIRS + 10))
    ).alerts
    links = linked(alerts)
    assert len(links) == len(alerts) - 1
    assert len({link.left for link in links} & {link.right for link in links}) <= 1


def test_a_town_s_code_is_no_village(reasoner: Reasoner) -> None:
    assert not made(reasoner, signal("A", area_id="320612001000"), signal("B", subject_id="P2", area_id="320612001000")).links


def test_more_signals_than_a_state_holds_are_left_out_of_the_chain_and_not_lost(reasoner: Reasoner) -> None:
    tender = {"topic": "procurement", "subject_kind": "tender", "subject_id": "T1"}
    prices = [signal(f"P{number:04d}", rule="regular_price_differences", **tender) for number in range(SIGNALS + 20)]
    found = made(reasoner, *prices, signal("Z", rule="bidders_share_machine", **tender))
    assert found.left_out == [LeftOut("signal", "P0000", 21)]
    [alert] = found.alerts
    assert len(alert.signals) == SIGNALS + 21
    assert "bidders_together" in alert.chains  # the only signal of its rule was not crowded out


def test_more_near_pairs_than_a_signal_may_have_are_counted(reasoner: Reasoner) -> None:
    village: dict[str, Any] = {"area_id": "320612001001", "last_on": date(2024, 1, 1)}
    money = [signal(f"S{number:04d}", subject_id=f"P{number}", **village) for number in range(PARTNERS + 5)]
    complaint = signal(
        "C",
        rule="complaint_names_flagged_village",
        topic="cross",
        subject_kind="village",
        subject_id="320612001001",
        first_on=date(2024, 1, 5),
    )
    found = made(reasoner, *money, complaint)
    assert found.left_out == [LeftOut("near", "complaint_corroborates_money:complaint", 5)]
    assert len(found.alerts) == len(money) + 1
    assert len([alert for alert in found.alerts if alert.severity == "critical"]) == PARTNERS


def alert_of(reasoner: Reasoner, *signals: Signal) -> Alert:
    [alert] = made(reasoner, *signals).alerts
    return alert


def test_a_living_alert_grows_and_loses_nothing(reasoner: Reasoner) -> None:
    living = alert_of(reasoner, signal("A", severity="critical", officials=("P7",)))
    new = alert_of(reasoner, signal("B", parties=(("enterprise", "E1"),)))
    grown = grow(living, new)
    assert grown.signals == ("A", "B")
    assert grown.severity == "critical"
    assert grown.officials == ("P7",)
    assert grown.parties == (("enterprise", "E1"),)
    assert grow(grown, new) == grown


def test_an_alert_about_somebody_else_is_not_added(reasoner: Reasoner) -> None:
    with pytest.raises(ValueError, match="is not"):
        grow(alert_of(reasoner, signal("A")), alert_of(reasoner, signal("B", subject_id="P2")))


def test_an_alert_survives_json(reasoner: Reasoner) -> None:
    alert = alert_of(reasoner, signal("A", amount=Decimal("0.10"), parties=(("enterprise", "E1"),)))
    assert Alert.model_validate_json(alert.model_dump_json()) == alert
