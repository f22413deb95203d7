"""Tables of the lesser registers in their contracts' columns."""

import numpy as np
import pyarrow as pa

from datasets.city.arrays import NONE
from datasets.city.city import City
from datasets.city.columns import constant, days, joined, money, numbered, quantity, seconds, texts_of, whole, words_at
from datasets.city.keys import Keys
from datasets.city.sundry import COMMODITIES, LEAD_ORIGINS, MATTERS, ORIGINS, PROJECTS, STATES
from datasets.city.tables_people import Tables, at_text
from datasets.city.vocabulary import words


def sundry_tables(city: City, _keys: Keys) -> Tables:
    return _registers(city) | _grain(city) | _vouchers(city) | _projects(city)


def _registers(city: City) -> Tables:
    folk, areas, kept = city.folk, city.places.code, city.sundry
    jobs, states, villages = kept.jobs, kept.states, kept.village_areas
    rows, listed = jobs.living(), villages.living()
    employer = np.where(
        jobs["unit"][rows] != NONE, at_text(city.bodies.code, jobs["unit"][rows]), at_text(city.firms.code, jobs["firm"][rows])
    )
    return {
        "employment": {
            "person_id": words_at(folk.ident, jobs["person"][rows]), "employer_id": texts_of(employer), "starts_on": days(jobs["starts"][rows]),
            "ends_on": days(jobs["ends"][rows]), "monthly_wage": money(jobs["wage"][rows]),
        },
        "status_period": {
            "person_id": words_at(folk.ident, states["person"]), "status": words_at(STATES, states["state"]), "starts_on": days(states["starts"]), "ends_on": days(states["ends"]),
        },
        "village_area": {
            "area_id": words_at(areas, villages["area"][listed]), "year": whole(villages["year"][listed]), "origin": words_at(ORIGINS, villages["origin"][listed]),
            "mu": quantity(villages["mu"][listed]),
        },
    }  # fmt: skip


def _grain(city: City) -> Tables:
    grain, prices, folk = city.sundry.grain, city.sundry.prices, city.folk
    count = len(grain)
    firm = city.bodies.agency("粮食购销有限公司")
    party = np.where(grain["seller"] == NONE, at_text(city.firms.code, grain["firm"]), "")
    return {
        "grain_txn": {
            "txn_id": numbered("GT", np.arange(count) + 1, 6), "warehouse_id": numbered("WH", grain["warehouse"] + 1, 2), "counterparty_id": texts_of(party),
            "direction": words_at(("out", "in"), grain["direction"]), "tonnes": quantity(grain["tonnes"]), "unit_price": money(grain["price"]), "done_on": days(grain["done"]),
            "weighed_at": seconds(grain["weighed"]), "truck_no": numbered("苏F", grain["truck"], 5), "weigh_ticket": numbered("WT", np.arange(count) * 3 + 1, 6),
            "harvest_year": whole(grain["year"]), "grade": words_at(("一等", "二等", "三等"), grain["grade"]), "seller_id": words_at(folk.ident, grain["seller"]),
            "account_id": words_at(folk.account, grain["seller"]), "unit_id": constant(str(city.bodies.code[firm]), count),
        },
        "market_price": {"commodity": words_at(COMMODITIES, prices["commodity"]), "priced_on": days(prices["priced"]), "price": money(prices["price"])},
    }  # fmt: skip


def _vouchers(city: City) -> Tables:
    shops, used = city.sundry.merchants, city.sundry.vouchers
    number = np.arange(len(used)) + 1
    return {
        "merchant": {
            "merchant_id": numbered("MC", np.arange(len(shops)) + 1, 4), "name": words_at(city.firms.name, shops["firm"]), "enterprise_id": words_at(city.firms.code, shops["firm"]),
            "area_id": words_at(city.places.code, shops["area"]),
        },
        "voucher_redemption": {
            "redemption_id": numbered("VR", number, 6), "voucher_id": numbered("VC", number * 3, 7), "person_id": words_at(city.folk.ident, used["person"]),
            "merchant_id": numbered("MC", used["merchant"] + 1, 4), "device_id": numbered("DV", used["device"] * 31 % 10**9, 9), "account_id": words_at(city.folk.account, used["person"]),
            "order_amount": money(used["amount"]), "discount": money(used["discount"]), "redeemed_at": seconds(used["redeemed"]),
        },
    }  # fmt: skip


def _projects(city: City) -> Tables:
    grants, leads, firms = city.sundry.projects, city.sundry.leads, city.firms
    number = np.arange(len(grants)) + 1
    units = np.array([city.bodies.agency(name) for name in ("农业农村局", "发展和改革委员会", "商务局")])
    roads = words().roads
    address = joined(words_at(roads, grants["road"] % len(roads)), whole(grants["road"]).cast(pa.string()), "号")
    return {
        "project_subsidy": {
            "grant_id": numbered("GR", number, 5), "project_id": numbered("PJ", number, 5), "project_name": words_at(PROJECTS, grants["project"]),
            "enterprise_id": words_at(firms.code, grants["firm"]), "enterprise_name": words_at(firms.name, grants["firm"]), "unit_id": words_at(city.bodies.code, units[grants["unit"]]),
            "amount": money(grants["amount"]), "currency": constant("CNY", len(grants)), "approved_on": days(np.minimum(grants["approved"], city.last)), "address": address,
        },
        "external_lead": {
            "lead_id": numbered("EL", np.arange(len(leads)) + 1, 4), "origin": words_at(LEAD_ORIGINS, leads["origin"]), "subject_kind": constant("enterprise", len(leads)),
            "subject_id": words_at(firms.code, leads["firm"]), "matter": words_at(MATTERS, leads["matter"]), "amount": money(leads["amount"]), "sent_on": days(leads["sent"]),
            "answered_on": days(np.where(leads["answered"] > city.last, NONE, leads["answered"])),
        },
    }  # fmt: skip
