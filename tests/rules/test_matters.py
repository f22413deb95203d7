"""Alerts gathered into matters: by ties, within bounds, in any order."""

from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from rules.alert import Alert
from rules.matters import matters_of
from rules.terms import read_terms

TERMS = read_terms([Path(__file__).parents[2] / "rules"]).matters


def alert(name: str, *firms: str, officials: tuple[str, ...] = (), area: str | None = None) -> Alert:
    return Alert(
        fingerprint=name, kind="疑点", title={}, severity="high", subject_kind="tender", subject_id=name, unit_id="U1", area_id=area,
        amount=None, signals=(name,), chains=(), officials=officials, parties=tuple(("enterprise", firm) for firm in firms), why={},
    )  # fmt: skip


def test_alerts_that_touch_one_firm_or_one_official_are_one_matter() -> None:
    alerts = [alert("a", "E1"), alert("b", "E1", officials=("C1",)), alert("c", officials=("C1",)), alert("d", "E9")]
    assert matters_of(alerts, TERMS) == [("a", "b", "c")]


def test_a_firm_that_is_everywhere_joins_nothing() -> None:
    alerts = [alert(f"a{number:02}", "E1") for number in range(TERMS.hub + 1)]
    assert matters_of(alerts, TERMS) == []
    assert len(matters_of(alerts[1:], TERMS)) == 1


def test_a_closer_tie_is_taken_up_before_a_looser_one_that_would_make_it_too_large() -> None:
    by_village = [alert(f"v{number:02}", area="320612001001") for number in range(11)]
    by_firm = [alert(f"f{number:02}", "E1") for number in range(11)]
    both = alert("x", "E1", area="320612001001")
    found = matters_of([*by_village, *by_firm, both], TERMS)
    assert found == [tuple(sorted([*(one.fingerprint for one in by_firm), "x"]))], "23 would be too many: the firm comes first"


some = st.lists(
    st.tuples(st.lists(st.sampled_from("EFGHIJ"), max_size=2), st.lists(st.sampled_from("CD"), max_size=1)), max_size=30
)


@given(some, st.randoms())
def test_matters_are_bounded_apart_and_the_same_in_every_order(said: list[tuple[list[str], list[str]]], random: Random) -> None:
    alerts = [alert(f"a{index:02}", *firms, officials=tuple(officials)) for index, (firms, officials) in enumerate(said)]
    found = matters_of(alerts, TERMS)
    flat = [one for matter in found for one in matter]
    assert len(flat) == len(set(flat)) and all(1 < len(matter) <= TERMS.most for matter in found)
    shuffled = list(alerts)
    random.shuffle(shuffled)
    assert matters_of(shuffled, TERMS) == found


@given(some)
def test_whoever_shares_a_rare_tie_shares_the_matter_unless_it_would_be_too_large(
    said: list[tuple[list[str], list[str]]],
) -> None:
    """The naive way: everything reachable over rare ties; where that is small enough, it is the matter."""
    alerts = {f"a{index:02}": (set(firms), set(officials)) for index, (firms, officials) in enumerate(said)}
    made = [alert(name, *firms, officials=tuple(officials)) for name, (firms, officials) in alerts.items()]
    found = {one: set(matter) for matter in matters_of(made, TERMS) for one in matter}
    ties = {tie: {name for name, both in alerts.items() if tie in both[0] | both[1]} for tie in "EFGHIJCD"}
    for name in alerts:
        reached, ahead = {name}, [name]
        while ahead:
            here = ahead.pop()
            for members in ties.values():
                if here in members and len(members) <= TERMS.hub:
                    ahead += members - reached
                    reached |= members
        if len(reached) <= TERMS.most:
            assert found.get(name, {name}) == reached
