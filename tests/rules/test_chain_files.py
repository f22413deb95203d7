"""Chains and routes are read strictly: all mistakes of all files at once, at file:line, with the nearest right word."""

from pathlib import Path

import pytest

import rules
from datasets.strict_yaml import Mistakes
from rules.chain import Chain
from rules.chain_check import alert_kinds, read_chains
from rules.chain_trial import try_chain
from rules.route import Route
from rules.route_check import read_routes
from rules.route_trial import try_route

SHIPPED = Path(rules.__path__[0])
CHAIN = """\
id: two_signs
title: {zh: 两项迹象, en: Two signs}
outranks: [ELSE]
when:
  money: {topic: subsidy}
  complaint: {topic: hotline, unit_id: money.unit_id, within: {of: money, days: 180}}
then:
  alert: 民生资金疑点
  severity: critical
  title: {zh: "{rule}", en: "{rule}"}
  merge: [money, complaint]
why: {zh: 因, en: why}
tests:
  - name: one
    given: [{signal_id: A}]
    alerts: []
  - name: two
    given: [{signal_id: A, first_on: 2024-01-01}, {signal_id: B, topic: hotline, subject_id: K, first_on: 2024-01-01}]
    alerts: [{signals: [A, B]}]
"""
ROUTE = """\
id: to_somebody
title: {zh: 去处, en: To somebody}
when: {alert.severity: high}
then: {role: lead, stream: stationed, office: unit.stationed_group, due_days: 5, channel: routine}
because: {zh: "{office}", en: "{office}"}
why: {zh: 因, en: why}
basis: [{name: 监察法, known: recalled}]
yields_to: [official_duty_to_supervisory, subject_party_member_to_discipline, subject_not_party_member_to_supervisory,
            inspection_round_covers_unit, stationed_group_covers_unit, discipline_office_covers_unit]
tests:
  - {name: yes it does, given: {alert: {severity: high}, unit: {stationed_group: OF1}}, takes: [OF1]}
  - {name: no it does not, given: {unit: {stationed_group: OF1}}, takes: []}
"""


def chains(folder: Path, text: str, name: str = "two_signs") -> dict[str, Chain]:
    (folder / "chains").mkdir(exist_ok=True)
    (folder / "chains" / f"{name}.yml").write_text(text.replace("ELSE", "signal_alone"), encoding="utf-8")
    return read_chains([SHIPPED, folder], rules=["paid_after_death", *shipped_rules()], kinds=["person", "tender", "enterprise"])


def shipped_rules() -> set[str]:
    said = [pattern.rule for chain in read_chains([SHIPPED]).values() for pattern in chain.when.values() if pattern.rule]
    return {str(value) for condition in said for value in condition.literals}


def routes(folder: Path, text: str) -> dict[str, Route]:
    (folder / "routes").mkdir(exist_ok=True)
    (folder / "routes" / "to_somebody.yml").write_text(text, encoding="utf-8")
    return read_routes([SHIPPED, folder])


@pytest.mark.parametrize("chain", read_chains([SHIPPED]).values(), ids=lambda chain: chain.id)
def test_the_shipped_chains_pass_their_own_tests(chain: Chain) -> None:
    assert not [result for result in try_chain(chain) if not result.passed]


@pytest.mark.parametrize("route", read_routes([SHIPPED]).values(), ids=lambda route: route.id)
def test_the_shipped_routes_pass_their_own_tests(route: Route) -> None:
    assert not [result for result in try_route(route) if not result.passed]


def test_an_office_s_own_chain_is_laid_over_the_shipped_ones(tmp_path: Path) -> None:
    found = chains(tmp_path, CHAIN)
    assert {"two_signs", "signal_alone"} <= set(found)
    assert not [result for result in try_chain(found["two_signs"]) if not result.passed]
    replaced = chains(
        tmp_path,
        (SHIPPED / "chains" / "signal_alone.yml").read_text("utf-8").replace("[low, medium, high, critical]", "[critical]"),
        "signal_alone",
    )
    assert replaced["signal_alone"].when["one"].severity != read_chains([SHIPPED])["signal_alone"].when["one"].severity
    assert [result for result in try_chain(replaced["signal_alone"]) if not result.passed]


@pytest.mark.parametrize(
    ("right", "wrong", "line", "message"),
    [
        ("topic: subsidy", "topic: subsidi", 5, "unknown topic 'subsidi'; did you mean subsidy?"),
        ("topic: subsidy", "topik: subsidy", 5, "unknown key 'topik'; did you mean topic?"),
        ("topic: subsidy", "rule: paid_after_deth", 5, "unknown rule 'paid_after_deth'; did you mean paid_after_death?"),
        ("topic: subsidy", "subject_kind: persn", 5, "unknown subject_kind 'persn'; did you mean person?"),
        ("topic: subsidy", "topic: {one_off: [subsidy]}", 5, "unknown word 'one_off'; did you mean one_of?"),
        ("topic: subsidy", "topic: {one_of: []}", 5, "one_of has a list of words"),
        ("topic: subsidy", "amount: {at_least: lots}", 5, "at_least has a number"),
        ("topic: subsidy", "amount: 5", 5, "amount is a number: at_least, at_most, present or absent"),
        ("topic: subsidy", "party_kind: person", 5, "a signal has no party_kind"),
        ("money.unit_id", "mony.unit_id", 6, "'mony' is no fact of this chain; did you mean money?"),
        ("money.unit_id", "money.unit", 6, "a signal has no unit; did you mean unit_id?"),
        ("unit_id: money.unit_id, within: {of: money, days: 180}", "unit_id: present", 6, "nothing ties 'complaint' to the facts before it"),
        ("of: money", "of: mony", 6, "no fact 'mony' before it; did you mean money?"),
        ("days: 180", "days: -1", 6, "greater than or equal to 0"),
        ("merge: [money, complaint]", "merge: [money, complain]", 11, "no fact 'complain'; did you mean complaint?"),
        ("outranks: [ELSE]", "outranks: [signal_alon]", 3, "outranks names 'signal_alon', which is not there; did you mean signal_alone?"),
        ("outranks: [ELSE]", "outranks: [two_signs]", 3, "outranks itself in a circle"),
        ("severity: critical", "severity: crtical", 9, "'crtical' is none of low, medium, high, critical"),
        ('zh: "{rule}"', 'zh: "{rul}"', 10, "a title may hold {rule}, {count}"),
        ("id: two_signs", "id: two_sings", 1, "id must be the file's name 'two_signs'"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_chain_is_said_at_its_line(tmp_path: Path, right: str, wrong: str, line: int, message: str) -> None:
    assert right in CHAIN
    with pytest.raises(Mistakes) as error:
        chains(tmp_path, CHAIN.replace(right, wrong))
    assert any(message in str(one) and one.line == line and one.path.endswith("two_signs.yml") for one in error.value.mistakes), (
        str(error.value)
    )


def test_a_chain_needs_a_test_that_fires_and_a_silent_one(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match="needs a test that makes an alert and one that makes none"):
        chains(tmp_path, CHAIN.replace("alerts: []", "alerts: [{signals: [A]}]"))


def test_all_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains" / "other.yaml").write_text("id: other", encoding="utf-8")
    with pytest.raises(Mistakes) as error:
        chains(tmp_path, CHAIN.replace("topic: subsidy", "topic: subsidi").replace("merge: [money", "merge: [mony"))
    assert {Path(one.path).name for one in error.value.mistakes} == {"other.yaml", "two_signs.yml"}
    assert len(error.value.mistakes) == 3


def test_more_than_the_engine_bears_is_refused_when_read(tmp_path: Path) -> None:
    for number in range(70):
        (tmp_path / "chains").mkdir(exist_ok=True)
        text = CHAIN.replace("two_signs", f"two_signs_{number}").replace(
            "topic: subsidy", f"topic: {{none_of: [cross]}}, amount: {{at_least: {number}}}"
        )
        (tmp_path / "chains" / f"two_signs_{number}.yml").write_text(text.replace("ELSE", "signal_alone"), encoding="utf-8")
    with pytest.raises(Mistakes, match="durable-rules bears 64"):
        read_chains([SHIPPED, tmp_path])


def test_an_office_s_own_route_finds_its_place_among_the_shipped_ones(tmp_path: Path) -> None:
    found = routes(tmp_path, ROUTE)
    assert not [result for result in try_route(found["to_somebody"]) if not result.passed]


@pytest.mark.parametrize(
    ("right", "wrong", "line", "message"),
    [
        ("alert.severity: high", "alert.severity: hihg", 3, "unknown alert.severity 'hihg'; did you mean high?"),
        ("alert.severity: high", "alert.severty: high", 3, "unknown field 'alert.severty'; did you mean alert.severity?"),
        ("alert.severity: high", "official.is_subject: high", 3, "official.is_subject is a flag, not 'high'"),
        ("alert.severity: high", "alert.amount: high", 3, "alert.amount is a number: at_least or at_most"),
        ("alert.severity: high", "unit.unit_id: official.unit", 3, "unknown field 'official.unit'; did you mean official.unit_id?"),
        ("stream: stationed", "stream: statoned", 4, "did you mean stationed?"),
        ("office: unit.stationed_group", "office: unit.stationed_grop", 4, "holds no office; did you mean unit.stationed_group?"),
        ("office: unit.stationed_group", "office: unit.unit_id", 4, "'unit.unit_id' holds no office"),
        ("role: lead", "role: leads", 4, "did you mean lead?"),
        ("[official_duty_to_supervisory", "[official_duty_to_supervisor", 8, "did you mean official_duty_to_supervisory?"),
        ("takes: []}", "takes: []}\n  - {name: x, given: {unit: {statoned_group: OF1}}, takes: []}", 13, "unit has no statoned_group; did you mean stationed_group?"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_route_is_said_at_its_line(tmp_path: Path, right: str, wrong: str, line: int, message: str) -> None:
    assert right in ROUTE
    with pytest.raises(Mistakes) as error:
        routes(tmp_path, ROUTE.replace(right, wrong))
    assert any(message in str(one) and one.line == line for one in error.value.mistakes), str(error.value)


def test_a_kind_of_alert_that_no_chain_makes_is_a_mistake(tmp_path: Path) -> None:
    kinds = alert_kinds(read_chains([SHIPPED]))
    assert "民生资金疑点" in kinds
    (tmp_path / "routes").mkdir()
    for kind in ("民生资金疑点", "民生资金凝点"):
        (tmp_path / "routes" / "to_somebody.yml").write_text(
            ROUTE.replace("alert.severity: high}", f"alert.kind: {kind}}}", 1), encoding="utf-8"
        )
        if kind in kinds:
            assert "to_somebody" in read_routes([SHIPPED, tmp_path], kinds=kinds)
        else:
            with pytest.raises(Mistakes, match="did you mean 民生资金疑点"):
                read_routes([SHIPPED, tmp_path], kinds=kinds)


def test_two_leading_routes_that_may_meet_must_say_which_is_higher(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match="may both take an alert, and neither outranks the other"):
        routes(tmp_path, ROUTE.replace(", stationed_group_covers_unit, discipline_office_covers_unit", ""))


def test_two_leading_routes_that_never_meet_need_no_order(tmp_path: Path) -> None:
    shipped = (SHIPPED / "routes" / "stationed_group_covers_unit.yml").read_text("utf-8")
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "stationed_group_covers_unit.yml").write_text(
        shipped.replace("then:\n", "when: {alert.severity: low}\nthen:\n").replace(
            "unit: {stationed_group", "alert: {severity: low}, unit: {stationed_group"
        ),
        encoding="utf-8",
    )
    assert routes(
        tmp_path, ROUTE.replace(" stationed_group_covers_unit, discipline_office_covers_unit", " discipline_office_covers_unit")
    )["to_somebody"]


def test_exactly_one_route_is_the_default(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match="exactly one leading route is the default"):
        routes(tmp_path, ROUTE.replace("when: {", "default: true\nwhen: {"))
