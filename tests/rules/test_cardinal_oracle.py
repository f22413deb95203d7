"""Property: whatever the releases and the settings, the profile's SELECTs and the plain Python oracle say the same, to the last digit."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rules.cardinal_oracle import Oracle
from tests.rules.published import cardinal, says

ORACLE_KNOWS = ("R024", "R025", "R028", "R030", "R035", "R036", "R038", "R048", "R058")
people = st.lists(st.sampled_from("VWXYZ"), min_size=0, max_size=2)
one_person = st.sampled_from("VWXYZ").map(lambda name: [name])
named = st.one_of(one_person, one_person, one_person, people).map(lambda ids: [{"id": one} for one in ids])
amounts = st.sampled_from([1, 1.1, 2, 2.2, 3, 5, 7.7, 10, 0.1, 100])
dates = st.sampled_from(["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "2024-01-02T00:00:00+05:00", "2024-01-03"])


@st.composite
def bids(draw: st.DrawFn) -> dict[str, Any]:
    status = draw(st.sampled_from(["valid", "valid", "valid", "disqualified", "pending", "invited", "withdrawn", None]))
    made: dict[str, Any] = {"status": status, "tenderers": draw(named)}
    if draw(st.integers(0, 6)):
        made["value"] = {"amount": draw(amounts), "currency": draw(st.sampled_from(["USD", "USD", "USD", "DOP"]))}
    if draw(st.booleans()):
        made["date"] = draw(dates)
    return made


@st.composite
def awards(draw: st.DrawFn) -> dict[str, Any]:
    items = [
        {"classification": {"id": one}} for one in draw(st.lists(st.sampled_from(["10", "1100", "20", "2", ""]), max_size=3))
    ]
    status = draw(st.sampled_from(["active", "active", "active", "cancelled", "unsuccessful", "pending", None]))
    return {"status": status, "suppliers": draw(named), "items": items}


@st.composite
def releases(draw: st.DrawFn) -> dict[str, Any]:
    tender: dict[str, Any] = {"status": draw(st.sampled_from(["complete", "complete", "complete", "cancelled"]))}
    if draw(st.booleans()):
        tender["procurementMethodDetails"] = draw(st.sampled_from(["NPC", "PC", "EXC", ""]))
    if draw(st.booleans()):
        tender["tenderPeriod"] = {"endDate": draw(dates)}
    if draw(st.booleans()):
        tender["procuringEntity"] = {"id": draw(st.sampled_from("PQ"))}
    made = {
        "ocid": draw(st.sampled_from([f"o{number}" for number in range(12)])),
        "tender": tender,
        "bids": {"details": draw(st.lists(bids(), max_size=4))},
    }
    if draw(st.integers(0, 8)):
        made["awards"] = draw(st.lists(awards(), max_size=2)) if draw(st.booleans()) else [draw(awards())]
    if draw(st.booleans()):
        made["buyer"] = {"id": draw(st.sampled_from("BC"))}
    return made


maybe = st.one_of(st.none(), st.sampled_from([0.0, 0.25, 0.5, 1.0]))
asked = st.fixed_dictionaries(
    {"R048.processes": st.sampled_from([1, 2])},
    optional={
        "currency": st.sampled_from(["USD", "DOP"]), "no": st.just(("NPC",)), "yes": st.just(("PC", "NPC")), "excluded": st.just(("EXC", "")),
        "R024": maybe, "R025": maybe, "R038": maybe, "R058": maybe, "R048": st.sampled_from([None, 0, 2]), "R035": st.integers(0, 2),
        "R025.percentile": st.sampled_from([0, 50, 75, 100]), "R048.digits": st.integers(0, 3), "R038.bids": st.integers(0, 3),
        "R038.processes": st.integers(0, 3),
    },
)  # fmt: skip
NAMES = {
    "no": "no_price_comparison_procurement_methods", "yes": "price_comparison_procurement_methods", "excluded": "exclusions.procurement_method_details",
    "R038.bids": "R038.minimum_submitted_bids", "R038.processes": "R038.minimum_contracting_processes", "R048.processes": "R048.minimum_contracting_processes",
}  # fmt: skip


def as_words(chosen: dict[str, Any]) -> list[str]:
    """The same settings as a person types them."""
    said = []
    for name, value in chosen.items():
        if value is not None:
            plain = f"{name}.threshold" if name in cardinal().codes else NAMES.get(name, name)
            said.append(f"{plain}={'|'.join(value) + '|' if isinstance(value, tuple) else value}")
    return said


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(releases(), max_size=14), asked, st.sets(st.sampled_from(ORACLE_KNOWS), min_size=1))
def test_the_selects_say_what_the_oracle_says(lines: list[dict[str, Any]], chosen: dict[str, Any], codes: set[str]) -> None:
    assert says(lines, ",".join(sorted(codes)), *as_words(chosen)) == Oracle(codes, **chosen).judge(lines)
