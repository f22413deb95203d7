"""The sharp edges of durable-rules 2.0.28 that the fence keeps away from: each shown on the library itself, and avoided."""

import subprocess
import sys
import textwrap
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import rules
from rules.chain import GivenSignal
from rules.chain_check import read_chains
from rules.chain_trial import signal_of
from rules.compiled import chain_ruleset
from rules.condition import Condition
from rules.limits import excess
from rules.reasoner import Fact, Reasoner
from rules.ruleset import KEY, Ruleset, pattern
from rules.signal_facts import facts_of, party_facts
from rules.states import conclude

QUIET = """
from durable.engine import Host, MessageNotHandledException
class Quiet(Host):
    def _run(self): pass
fired = []
def action(c): fired.append(1)
"""


def raw(program: str, seconds: float = 10) -> tuple[int, str]:
    """Run a program on the library itself, in a process of its own: its return code (124: it hung) and what it printed."""
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", QUIET + textwrap.dedent(program)],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 124, ""
    return done.returncode, done.stdout.strip()


def one_rule(tests: list[dict[str, object]]) -> Ruleset:
    made = Ruleset()
    made.rules["r"] = [{"f0": {"$and": [{"fact": "signal"}, *tests]}}]
    made.words.update({"subsidy", "cross", "high"})
    made.read("signal", ("topic", "severity", "officials", KEY))
    return made


def test_a_state_in_which_nothing_fired_can_be_deleted() -> None:
    # the library frees an uninitialised pointer; every state of ours begins with a fact that fires
    states: list[list[Fact]] = [
        [{"fact": "signal", KEY: str(number), "topic": "hotline", "officials": number}] for number in range(3_000)
    ]
    with Reasoner({"r": one_rule([{"topic": "subsidy"}])}) as reasoner:
        assert conclude(reasoner, "r", states) == [[]] * 3_000
        assert reasoner.restarts == 0


def test_no_chain_joins_on_the_library_s_own_id() -> None:
    # tried: such a join reads memory that nobody set; it finds nothing, or ends the process
    joins = [
        (field, theirs)
        for patterns in chain_ruleset(read_chains([Path(rules.__path__[0])]).values()).rules.values()
        for one in patterns
        for said in one.values()
        for test in said["$and"]
        for field, value in test.items()
        if field[0] != "$" and isinstance(value, dict)
        for theirs in value.values()
    ]
    assert (KEY in [theirs for _, theirs in joins]) and joins
    assert not [one for one in joins if {"id", "sid"} & set(one)]


def test_a_join_counts_beside_alternatives() -> None:
    # tried: the library ignores a join that stands after an $or in one pattern, so that ours stand before
    program = """
    any_of, join = {"$or": [{"t": "a"}, {"t": "b"}]}, {"u": {"x": "u"}}
    for name, tests in (("after", [any_of, join]), ("before", [join, any_of])):
        host = Quiet({name: {"r": {"all": [{"x": {"k": "one"}}, {"y": {"$and": [{"k": "two"}, *tests]}}], "run": action}}})
        for fact in ({"id": "p", "k": "one", "u": "1"}, {"id": "q", "k": "two", "t": "a", "u": "2"}):
            host.assert_fact(name, {**fact, "sid": "1"})
        print(len(fired))
    """
    assert raw(program) == (0, "1\n1")
    conditions = [("topic", Condition.of("one_of", "subsidy", "cross")), ("rule", Condition.of("is", "r"))]
    [tests] = pattern("f1", "signal", conditions, [("unit_id", "f0", "unit_id")]).values()
    assert [next(iter(test)) for test in tests["$and"]] == ["fact", "rule", "unit_id", "$or"]


def test_one_fact_never_meets_two_patterns_of_a_rule() -> None:
    made = Ruleset()
    patterns = [{"f0": {"$and": [{"fact": "signal"}]}}, {"f1": {"$and": [{"fact": "signal"}, {"topic": {"f0": "topic"}}]}}]
    made.rules["r"] = patterns
    made.read("signal", ("topic", KEY))
    one: Fact = {"fact": "signal", KEY: "a", "topic": "x"}
    other: Fact = {"fact": "signal", KEY: "b", "topic": "x"}
    with Reasoner({"r": made}) as reasoner:
        assert conclude(reasoner, "r", [[one], [one, other]]) == [[], [("r", (0, 1)), ("r", (1, 0))]]


@pytest.mark.parametrize(("matching", "borne"), [(63, True), (64, True), (65, False)])
def test_a_fact_may_meet_so_many_conditions_and_no_more(matching: int, borne: bool) -> None:
    made = Ruleset()
    for number in range(matching):
        made.rules[f"r{number}"] = [{"f0": {"$and": [{"fact": "signal"}, {"$gte": {"officials": -number}}]}}]
    made.read("signal", ("officials",))
    fact: Fact = {"fact": "signal", "officials": 1, "id": "f0"}
    assert (excess(made.rules) is None) == borne
    with Reasoner({"r": made}) as reasoner:
        if borne:
            assert len(reasoner.conclude("r", [[fact]])[0]) == matching
        else:
            with pytest.raises(Exception, match="303"):
                reasoner.conclude("r", [[fact]])


def test_rules_that_no_fact_can_meet_together_are_not_counted_together() -> None:
    apart = {
        f"r{number}": [{"f0": {"$and": [{"fact": "signal"}, {"rule": f"rule_{number}"}, {"$ex": {"officials": 1}}]}}]
        for number in range(200)
    }
    assert excess(apart) is None
    together = {
        f"r{number}": [{"f0": {"$and": [{"fact": "signal"}, {"$or": [{"rule": "a"}, {"rule": f"b{number}"}]}]}}]
        for number in range(70)
    }
    assert "one fact could meet" in (excess(together) or "")


def test_too_many_rules_facts_or_tests_are_refused_in_words() -> None:
    pattern = {"f0": {"$and": [{"fact": "signal"}]}}
    assert "501 rules" in (excess({f"r{number}": [pattern] for number in range(501)}) or "")
    assert "17 facts" in (excess({"r": [pattern] * 17}) or "")
    assert "complete after" in (excess({f"r{number}": [pattern] for number in range(251)}) or "")
    many = {
        f"r{number}": [
            {"f0": {"$and": [{"fact": "signal"}, {"rule": f"a{number}"}]}},
            {"f1": {"$and": [{"fact": "signal"}, {"rule": f"b{number}"}]}},
        ]
        for number in range(260)
    }
    assert "different tests follow" in (excess(many) or "")
    absences = {f"r{number}": [{"f0": {"$and": [{"fact": "signal"}, {"$nex": {f"x{number}": 1}}]}}] for number in range(121)}
    assert "absences" in (excess(absences) or "")
    assert "29 times" in (
        excess({"r": [{"f0": {"$and": [{"fact": "signal"}, *({"$neq": {"rule": str(number)}} for number in range(28))]}}]}) or ""
    )


def test_the_library_hangs_where_the_limit_says_so() -> None:
    program = """
    count = {count}
    host = Quiet({{"x": {{f"r{{i}}": {{"all": [{{"a": {{"$and": [{{"k": "s"}}, {{"t": f"t{{i}}"}}]}}}}], "run": action}} for i in range(count)}}}})
    print("ready")
    """
    assert raw(program.format(count=500)) == (0, "ready")
    assert raw(program.format(count=513), seconds=2)[0] == 124


def test_empty_fields_decimals_and_dates_do_not_reach_the_engine() -> None:
    given = GivenSignal(
        signal_id="A", unit_id=None, amount=Decimal("0.10"), first_on=date(2024, 1, 1), parties=(("enterprise", "E1"),)
    )
    signal = signal_of(given)
    fact = facts_of([signal])["A"]
    assert fact["amount"] == 0.1
    assert not {"unit_id", "area_id", "officials", "first_on"} & set(fact)
    assert all(isinstance(value, str | int | float) for one in (fact, *party_facts(signal)) for value in one.values())


def test_absence_stands_beside_a_positive_test() -> None:
    for patterns in chain_ruleset([]).rules.values():
        assert patterns
    with Reasoner({"r": one_rule([{"$nex": {"officials": 1}}])}) as reasoner:
        without: Fact = {"fact": "signal", KEY: "a"}
        assert conclude(reasoner, "r", [[without], [{**without, "officials": 2}]]) == [[("r", (0,))], []]


def test_texts_that_no_rule_names_reach_the_engine_as_tokens() -> None:
    nasty = ['"', "\\", '{"$and":[]}', "\u0000x", "名字\n", "~0", "f0"]
    made = Ruleset()
    made.rules["r"] = [
        {"f0": {"$and": [{"fact": "signal"}]}},
        {"f1": {"$and": [{"fact": "party"}, {"party_id": {"f0": "subject_id"}}]}},
    ]
    made.read("signal", ("subject_id",))
    made.read("party", ("party_id",))
    facts: list[Fact] = [{"fact": "signal", "subject_id": text} for text in nasty]
    facts += [{"fact": "party", "party_id": text} for text in nasty]
    with Reasoner({"r": made}) as reasoner:
        [fired] = conclude(reasoner, "r", [facts])
    assert fired == [("r", (place, place + len(nasty))) for place in range(len(nasty))]


def test_the_ids_of_a_state_s_facts_do_not_collide() -> None:
    # the library keeps only 32 bits of an id
    def fnv(text: str) -> int:
        value = 0x811C9DC5
        for byte in text.encode():
            value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
        return value

    names = ["begin", "sid-s", *(f"f{number}" for number in range(30_000))]
    assert len({fnv(name) for name in names}) == len(names)
    tokens = [f"~{number}" for number in range(30_000)]
    assert len({fnv(token) for token in tokens}) == len(tokens)
