"""Who covers a place: the SQL finds what a walk through every row of coverage finds."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from datasets.contract import read_contracts
from rules.empty_tables import create, known_tables
from rules.offices import offices_of
from rules.officials import NO_POST, post_at, posts_of

AS_OF = date(2025, 6, 30)
AREAS = {"C": None, "T1": "C", "T2": "C", "V1": "T1", "V2": "T2"}
OFFICES = {
    "O1": "discipline",
    "O2": "discipline",
    "O3": "supervisory",
    "O4": "stationed",
    "O5": "inspection",
    "O6": "coordination",
}
UNITS = ("U1", "U2")
TABLES = ("unit", "area", "office", "office_coverage", "inspection_round", "public_employee")

near_day = st.integers(-2, 2).map(lambda days: AS_OF + timedelta(days=days))
coverage = st.fixed_dictionaries({
    "office_id": st.sampled_from(sorted(OFFICES)), "covers": st.sampled_from([("unit", "U1"), ("unit", "U2"), *(("area", area) for area in AREAS), ("all", "*")]),
    "starts_on": near_day, "ends_on": st.one_of(st.none(), near_day),
})  # fmt: skip
unit = st.fixed_dictionaries(
    {"area_id": st.sampled_from((None, *AREAS)), "stationed_office_id": st.sampled_from((None, None, "O4"))}
)
visit = st.fixed_dictionaries({"unit_id": st.sampled_from(UNITS), "starts_on": near_day, "ends_on": near_day})
place = st.tuples(st.sampled_from((None, "U1", "U2", "U9")), st.sampled_from((None, "V1", "T2")))


@pytest.fixture(scope="module")
def tables() -> Iterator[Backend]:
    backend = ibis.duckdb.connect()
    for table in TABLES:
        create(backend.con, table, known_tables(read_contracts())[table])
    yield backend
    backend.disconnect()


def fill(tables: Backend, table: str, rows: list[dict[str, Any]]) -> None:
    tables.con.execute(f"DELETE FROM {table}")
    for row in rows:
        tables.con.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def walked(
    where: tuple[str | None, str | None], units: dict[str, Any], covers: list[Any], visits: list[Any]
) -> dict[str, list[str]]:
    """The offices of a place by stream, found by looking at every row."""
    here = units.get(where[0] or "", {}).get("area_id") or where[1]
    chain = []
    while here is not None:
        chain.append(here)
        here = AREAS[here]
    found: dict[tuple[str, str], int] = {}

    def take(stream: str, office: str, far: int) -> None:
        found[(stream, office)] = min(far, found.get((stream, office), 1000))

    if where[0] in units and units[where[0]]["stationed_office_id"]:
        take("stationed", units[where[0]]["stationed_office_id"], -1)
    for one in visits:
        if where[0] in units and one["unit_id"] == where[0] and one["starts_on"] <= AS_OF <= one["ends_on"]:
            take("inspection", "O5", -1)
    for one in covers:
        kind, what = one["covers"]
        if one["starts_on"] > AS_OF or (one["ends_on"] is not None and one["ends_on"] < AS_OF):
            continue
        if kind == "unit" and what == where[0]:
            take(OFFICES[one["office_id"]], one["office_id"], 0)
        if kind == "area" and what in chain:
            take(OFFICES[one["office_id"]], one["office_id"], 1 + chain.index(what))
        if kind == "all":
            take(OFFICES[one["office_id"]], one["office_id"], 99)
    streams: dict[str, list[str]] = {}
    for (stream, office), _ in sorted(found.items(), key=lambda item: (item[0][0], item[1], item[0][1])):
        streams.setdefault(stream, []).append(office)
    return streams


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.tuples(unit, unit),
    covers=st.lists(coverage, max_size=8, unique_by=lambda one: (one["office_id"], one["covers"], one["starts_on"])),
    visits=st.lists(visit, max_size=3),
    places=st.lists(place, min_size=1, max_size=5),
)
def test_the_offices_of_a_place_are_those_of_a_walk_through_every_row(
    tables: Backend, said: tuple[Any, Any], covers: list[Any], visits: list[Any], places: list[tuple[str | None, str | None]]
) -> None:
    units = dict(zip(UNITS, said, strict=True))
    fill(tables, "area", [{"area_id": area, "name": area, "level": "town", "parent_id": above} for area, above in AREAS.items()])
    fill(tables, "office", [{"office_id": office, "name": office, "stream": stream} for office, stream in OFFICES.items()])
    fill(tables, "unit", [{"unit_id": name, "name": name, "kind": "agency", **one} for name, one in units.items()])
    fill(tables, "office_coverage", [
        {"office_id": one["office_id"], "covers_kind": one["covers"][0], "covers_id": one["covers"][1], "starts_on": one["starts_on"], "ends_on": one["ends_on"]}
        for one in covers
    ])  # fmt: skip
    fill(tables, "inspection_round", [{"round_id": f"R{number}", "office_id": "O5", **one} for number, one in enumerate(visits)])
    found = offices_of(places, tables, AS_OF)
    for where in places:
        assert dict(found.covering[where]) == walked(where, units, covers, visits)


def test_the_post_on_the_day_counts_and_else_the_last_one(tables: Backend) -> None:
    post = {"village_cadre": False, "paid_by_finance": True, "post": "科员"}
    fill(tables, "public_employee", [
        {"person_id": "moved", "unit_id": "U1", "starts_on": date(2020, 1, 1), "ends_on": date(2023, 1, 1), "party_member": True, **post},
        {"person_id": "moved", "unit_id": "U2", "starts_on": date(2023, 1, 2), **post},
        {"person_id": "left", "unit_id": "U1", "starts_on": date(2018, 1, 1), "ends_on": date(2019, 1, 1), **post},
        {"person_id": "left", "unit_id": "U2", "starts_on": date(2019, 1, 2), "ends_on": date(2020, 1, 1), **post},
        {"person_id": "both", "unit_id": "U1", "starts_on": date(2020, 1, 1), **post},
        {"person_id": "both", "unit_id": "U2", "starts_on": date(2021, 1, 1), **post},
    ])  # fmt: skip
    posts = posts_of(["moved", "left", "both", "nobody"], tables, AS_OF)
    assert [(one.unit_id, one.party_member) for one in posts["moved"]] == [("U2", "yes")]
    assert [(one.unit_id, one.party_member) for one in posts["left"]] == [("U2", "unknown")]
    assert post_at(posts["both"], "U1").unit_id == "U1"
    assert post_at(posts["both"], "U9").unit_id == "U2"
    assert post_at(posts.get("nobody", ()), "U1") == NO_POST
