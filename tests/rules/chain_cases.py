"""Random signals and random chains over a small vocabulary, so that they often meet."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from rules.chain import Chain, GivenSignal
from rules.chain_trial import signal_of
from rules.patterns import QUERIES, Bodies, Unit, Verified
from rules.signal import Signal

RULES = ("one_rule", "other_rule", "complaint_names_flagged_village", "bidders_share_machine")
TOPICS = ("subsidy", "procurement", "hotline", "cross")
SEVERITIES = ("low", "medium", "high", "critical")
DAY = date(2024, 1, 1)
# texts that C code could stumble over, beside ordinary ones
IDS = ("P1", "V1", 'é"\\{}$', "~0")

days = st.one_of(st.none(), st.integers(0, 30).map(lambda number: DAY + timedelta(days=number)))
parties = st.lists(st.tuples(st.sampled_from(("enterprise", "person")), st.sampled_from(IDS)), max_size=2, unique=True)


@st.composite
def signal(draw: st.DrawFn, number: int) -> Signal:
    """One signal with a given number."""
    amount = draw(st.one_of(st.none(), st.integers(0, 5).map(lambda yuan: Decimal(yuan * 100) + Decimal("0.07"))))
    given = GivenSignal(
        signal_id=f"S{number:02d}", rule=draw(st.sampled_from(RULES)), topic=draw(st.sampled_from(TOPICS)),
        severity=draw(st.sampled_from(SEVERITIES)), subject_kind=draw(st.sampled_from(("person", "village", "cluster", "tender"))),
        subject_id=draw(st.sampled_from(IDS)), unit_id=draw(st.sampled_from((None, "U1", "U2"))),
        area_id=draw(st.sampled_from((None, *IDS))), amount=amount, first_on=draw(days), last_on=draw(days),
        officials=tuple(draw(st.lists(st.sampled_from(IDS), max_size=2, unique=True))), parties=tuple(draw(parties)),
    )  # fmt: skip
    return signal_of(given)


@st.composite
def signals(draw: st.DrawFn, most: int = 6) -> list[Signal]:
    """Some signals in any order."""
    count = draw(st.integers(most // 2, most))
    return draw(st.permutations([draw(signal(number)) for number in range(count)]))


WORDS = {"rule": RULES, "topic": TOPICS, "severity": SEVERITIES, "subject_kind": ("person", "village"), "unit_id": ("U1", "U2"),
         "subject_id": IDS[:3], "area_id": IDS[:3], "party_kind": ("enterprise", "person"), "party_id": IDS[:3]}  # fmt: skip
NUMBERS = {"amount": st.sampled_from((0, 100.07, 200)), "officials": st.integers(1, 2), "rules_on_subject": st.integers(1, 3)}


@st.composite
def condition(draw: st.DrawFn, field: str) -> Any:
    """A literal test of a field, as it stands in a file."""
    word = draw(st.sampled_from(("is", "one_of", "none_of", "present", "absent")))
    if field in NUMBERS:
        return (
            {draw(st.sampled_from(("at_least", "at_most"))): draw(NUMBERS[field])}
            if word in ("is", "one_of", "none_of")
            else word
        )
    if word == "is":
        return draw(st.sampled_from(WORDS[field]))
    if word in ("one_of", "none_of"):
        return {word: draw(st.lists(st.sampled_from(WORDS[field]), min_size=1, max_size=3))}
    return word


SIGNAL_WORDS = [name for name in (*WORDS, *NUMBERS) if not name.startswith("party")]
PARTY_WORDS = ["party_kind", "party_id", "unit_id"]
JOINS = {"signal": ("subject_id", "unit_id", "area_id", "rule"), "party": ("party_id", "signal_id", "unit_id")}


@st.composite
def pattern(draw: st.DrawFn, earlier: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One pattern, tied to those before it."""
    fact = draw(st.sampled_from(("signal", "signal", "party"))) if earlier else "signal"
    said: dict[str, Any] = {"fact": fact}
    fields = SIGNAL_WORDS if fact == "signal" else PARTY_WORDS
    for field in draw(st.lists(st.sampled_from(fields), max_size=2, unique=True)):
        said[field] = draw(condition(field))
    if draw(st.booleans()):  # alternatives that often hold, beside whatever else is said
        wide = "severity" if fact == "signal" else "party_kind"
        said[wide] = {"one_of": list(WORDS[wide][-3:])}
    if earlier:
        other = draw(st.sampled_from(sorted(earlier)))
        theirs = draw(st.sampled_from(JOINS[earlier[other]["fact"]]))
        said[draw(st.sampled_from(JOINS[fact]))] = f"{other}.{theirs}"
        if fact == earlier[other]["fact"] == "signal" and draw(st.booleans()):
            said["within"] = {"of": other, "days": draw(st.integers(0, 12))}
    return said


UNITS = ("U1", "U2", "U3", "U4")


@st.composite
def bodies(draw: st.DrawFn) -> Bodies:
    """Units of few kinds below few others, and findings that were right."""
    units = [
        Unit(unit, draw(st.sampled_from(("agency", "township"))), draw(st.sampled_from((None, "U1", "U9"))))
        for unit in draw(st.lists(st.sampled_from(UNITS), unique=True))
    ]
    verified = draw(
        st.lists(st.tuples(st.sampled_from(RULES), st.sampled_from(UNITS), st.integers(0, 30)), max_size=3, unique=True)
    )
    return Bodies(units, [Verified(rule, unit, DAY + timedelta(days=day)) for rule, unit, day in verified])


@st.composite
def regularity(draw: st.DrawFn) -> dict[str, Any]:
    """A pattern in all signals, with a bound on one of its numbers."""
    said: dict[str, Any] = {"fact": "pattern", "pattern": draw(st.sampled_from(tuple(QUERIES)))}
    for field in draw(st.lists(st.sampled_from(("rules", "signals", "subjects", "units", "times", "topics")), max_size=1)):
        said[field] = {"at_least": draw(st.integers(1, 3))}
    for field in draw(st.lists(st.sampled_from(("ahead", "share")), max_size=1)):
        said[field] = draw(st.sampled_from(({"at_most": 0.5}, {"at_least": 0.5}, "present", "absent")))
    return said


@st.composite
def chain(draw: st.DrawFn, name: str) -> Chain:
    """One chain of one to three patterns."""
    when: dict[str, dict[str, Any]] = {}
    if lone := draw(st.integers(0, 3)) == 0:
        when["found"] = draw(regularity())
    for alias in ("first", "second", "third")[: 0 if lone else draw(st.integers(1, 3))]:
        when[alias] = draw(pattern(when))
    of_signals = [alias for alias in when if when[alias]["fact"] != "party"]
    merge = draw(st.permutations(of_signals))[: draw(st.integers(1, len(of_signals)))]
    default = not lone and draw(st.booleans())
    said = {
        "id": name, "title": {"zh": "关联", "en": "chain"}, "default": default, "when": when, "why": {"zh": "因", "en": "why"},
        "then": {
            "alert": "疑点", "severity": draw(st.sampled_from((*SEVERITIES, "same", "raised"))), "title": {"zh": "{rule}", "en": "{rule}"},
            "merge": merge, "keep": [one for one in merge[1:] if draw(st.booleans())],
        },
        "tests": [{"name": "a", "given": [], "alerts": []}, {"name": "b", "given": [], "alerts": [{"signals": []}]}],
    }  # fmt: skip
    return Chain.model_validate(said, strict=False)


@st.composite
def chains(draw: st.DrawFn) -> dict[str, Chain]:
    """One to three chains."""
    made = [draw(chain(f"chain_{number}")) for number in range(draw(st.integers(1, 3)))]
    return {one.id: one for one in made}
