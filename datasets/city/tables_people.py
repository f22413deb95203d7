"""Tables of places, bodies, offices, people and firms in their contracts' columns."""

import numpy as np
import pyarrow as pa

from datasets.city.arrays import NONE, Ints, among, texts
from datasets.city.cadre import LEVELS, POSTS, RANKS
from datasets.city.city import City
from datasets.city.columns import Column, constant, days, flags, money, numbered, quantity, texts_of, whole, words_at
from datasets.city.firm import DEBAR_REASONS, KINDS, ROLES
from datasets.city.folk import DEATH_SOURCES, RELATIONS
from datasets.city.keys import Keys, at

Tables = dict[str, dict[str, Column]]


def people_tables(city: City, _keys: Keys) -> Tables:
    return _places(city) | _offices(city) | _people(city) | _listed(city, _firms(city))


def _listed(city: City, tables: Tables) -> Tables:
    """The register without the firms it does not know."""
    firms = city.firms
    of = {"enterprise": np.arange(len(firms)), "shareholding": firms.shares["firm"], "enterprise_role": firms.roles["firm"]}
    keep = {table: pa.array(~among(rows, city.unlisted)) for table, rows in of.items()}
    return {
        table: {name: column.filter(keep[table]) for name, column in columns.items()} if table in keep else columns
        for table, columns in tables.items()
    }


def households(numbers: Ints) -> Column:
    return numbered("HH", np.where(numbers == NONE, NONE, numbers + 1), 6)


def _places(city: City) -> Tables:
    places, bodies = city.places, city.bodies
    level = np.full(len(places.code), "village", dtype="U7")
    level[0], level[places.towns] = "county", "town"
    parent = places.parent()
    parent[0] = NONE
    offices = [office.code for office in city.offices.all]
    return {
        "area": {"area_id": texts_of(places.code), "name": texts_of(places.name), "level": texts_of(level), "parent_id": words_at(places.code, parent)},
        "unit": {
            "unit_id": texts_of(bodies.code), "name": texts_of(bodies.name), "kind": texts_of(bodies.kind), "parent_id": words_at(bodies.code, bodies.parent),
            "area_id": words_at(places.code, bodies.area), "admin_level": texts_of(bodies.level), "stationed_office_id": words_at(offices, bodies.group),
            "supervising_unit_id": words_at(bodies.code, bodies.supervisor), "name_former": texts_of(bodies.former),
            "contact_phone": texts_of(bodies.phone), "address": texts_of(bodies.address),
        },
    }  # fmt: skip


def _offices(city: City) -> Tables:
    offices, units, areas = city.offices.all, city.bodies.code, city.places.code
    covers = [(office, cover) for office in offices for cover in office.covers]
    ids = [
        str(units[cover.number]) if cover.kind == "unit" else str(areas[cover.number]) if cover.kind == "area" else "*"
        for _, cover in covers
    ]
    rounds = city.offices.rounds
    ends = np.array([visit.ends for visit in rounds])
    return {
        "office": {
            "office_id": pa.array([office.code for office in offices]), "name": pa.array([office.name for office in offices]),
            "stream": pa.array([office.stream for office in offices]), "unit_id": words_at(units, np.array([office.unit for office in offices])),
            "head_id": words_at(city.folk.ident, np.array([office.head for office in offices])), "admin_level": constant("county", len(offices)),
        },
        "office_coverage": {
            "office_id": pa.array([office.code for office, _ in covers]), "covers_kind": pa.array([cover.kind for _, cover in covers]), "covers_id": pa.array(ids),
            "starts_on": days(np.array([cover.starts for _, cover in covers])), "ends_on": days(np.array([cover.ends for _, cover in covers])),
        },
        "inspection_round": {
            "round_id": pa.array([visit.code for visit in rounds]), "unit_id": words_at(units, np.array([visit.unit for visit in rounds])),
            "office_id": words_at([office.code for office in offices], np.array([visit.office for visit in rounds])),
            "starts_on": days(np.array([visit.starts for visit in rounds])), "ends_on": days(ends), "report_due_on": days(ends + 60),
        },
    }  # fmt: skip


def _people(city: City) -> Tables:
    folk, areas = city.folk, city.places.code
    n, book = len(folk), city.cadres
    heads = np.where(among(np.arange(len(folk.head_of)), city.lost_households), NONE, folk.head_of)
    known = folk.died != NONE
    person, relative, relation = folk.kin
    unknown_home = city.blank_homes
    return {
        "person": {
            "person_id": texts_of(folk.ident), "name": texts_of(folk.name), "sex": words_at(("F", "M"), folk.male), "born_on": days(folk.born),
            "died_on": days(folk.died), "death_known": flags(folk.death_known), "death_source": words_at(DEATH_SOURCES, np.where(known, folk.death_source, NONE)),
            "household_id": households(np.where(among(np.arange(n), unknown_home), NONE, folk.household)), "area_id": words_at(areas, folk.village),
        },
        "household": {
            "household_id": households(np.arange(len(heads))), "head_id": words_at(folk.ident, heads), "area_id": words_at(areas, folk.home),
            "address": texts_of(folk.address), "members": whole(np.bincount(folk.household, minlength=len(heads))),
        },
        "kinship": {
            "person_id": words_at(folk.ident, person), "relative_id": words_at(folk.ident, relative), "relation": words_at(RELATIONS, relation),
            "origin": words_at(("household", "civil_affairs"), (folk.household[person] != folk.household[relative]).astype(np.int64)),
        },
        "public_employee": {
            "person_id": words_at(folk.ident, book["person"]), "unit_id": words_at(city.bodies.code, book["unit"]), "post": words_at(POSTS, book["post"]),
            "rank": words_at(RANKS, book["rank"]), "party_member": flags(book["party"]), "managed_at": words_at(LEVELS, book["managed"]),
            "village_cadre": flags(book["village_cadre"]), "paid_by_finance": flags(book["paid"]), "starts_on": days(book["starts"]), "ends_on": days(book["ends"]),
            "phone": words_at(folk.phone, np.where(np.arange(len(book)) % 7 == 3, NONE, book["person"])),
        },
    }  # fmt: skip


def _firms(city: City) -> Tables:
    firms, folk = city.firms, city.folk
    shares, roles, bans = firms.shares, firms.roles, firms.debarments
    holder = np.where(shares["person"] != NONE, at_text(folk.ident, shares["person"]), at_text(firms.code, shares["firm_holder"]))
    names = [
        firms.alias.get(row, (str(firms.name[firm]), True))[0] for row, firm in enumerate(np.maximum(bans["firm"], 0).tolist())
    ]
    unlinked = among(np.arange(len(bans)), [row for row, (_, coded) in firms.alias.items() if not coded])
    return {
        "enterprise": {
            "enterprise_id": texts_of(firms.code), "name": texts_of(firms.name), "kind": words_at(KINDS, firms.kind), "founded_on": days(firms.founded),
            "cancelled_on": days(firms.cancelled), "capital": money(firms.capital), "address": texts_of(firms.address), "phone": texts_of(firms.phone),
            "legal_rep_id": words_at(folk.ident, firms.owner), "insured_staff": whole(firms.staff), "area_id": words_at(city.places.code, firms.area),
            "tax_paid": money(firms.tax),
        },
        "shareholding": {
            "enterprise_id": words_at(firms.code, shares["firm"]), "holder_id": texts_of(holder),
            "holder_kind": words_at(("person", "enterprise"), (shares["person"] == NONE).astype(np.int64)), "share": quantity(shares["share"]),
            "starts_on": days(shares["starts"]), "ends_on": days(shares["ends"]),
        },
        "enterprise_role": {
            "enterprise_id": words_at(firms.code, roles["firm"]), "person_id": words_at(folk.ident, roles["person"]), "role": words_at(ROLES, roles["role"]),
            "starts_on": days(roles["starts"]), "ends_on": days(roles["ends"]),
        },
        "debarment": {
            "debarment_id": numbered("DB", np.arange(len(bans)) + 1, 5), "enterprise_id": words_at(firms.code, np.where(unlinked, NONE, bans["firm"])),
            "name": pa.array(names, pa.string()), "starts_on": days(bans["starts"]), "ends_on": days(bans["ends"]), "lifted_on": days(bans["lifted"]),
            "authority": constant("江临县财政局", len(bans)), "reason": words_at(DEBAR_REASONS, at(np.arange(4), bans["reason"] % 4)),
        },
    }  # fmt: skip


def at_text(
    words: np.ndarray[tuple[int, ...], np.dtype[np.str_]], numbers: Ints
) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
    """Texts at numbers, the empty text at NONE."""
    return np.where(numbers == NONE, texts([""])[0], words[np.maximum(numbers, 0)])
