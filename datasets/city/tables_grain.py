"""Tables of grain depots, shops with vouchers and grants in their contracts' columns."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datasets.city.arrays import NONE, Ints
from datasets.city.city import City
from datasets.city.columns import Column, constant, days, joined, money, numbered, quantity, seconds, texts_of, whole, words_at
from datasets.city.grain import COMMODITIES, GRADES, TONNE
from datasets.city.grant import DEPARTMENTS
from datasets.city.keys import Keys
from datasets.city.register_keys import grain_loads, grants, merchants, ordered, redemptions, warehouses
from datasets.city.tables_people import Tables, at_text
from datasets.city.tables_registers import months
from datasets.city.vocabulary import words

PLATES = "FEBJGKHN"


def grain_tables(city: City, _keys: Keys) -> Tables:
    return _depots(city) | _loads(city) | _shops(city) | _projects(city)


def plates(truck: Ints) -> Column:
    """Number plates of the trucks of a number."""
    return joined(
        "苏", words_at(list(PLATES), np.where(truck == NONE, NONE, truck // 10**5 % len(PLATES))), numbered("", truck % 10**5, 5)
    )


def _depots(city: City) -> Tables:
    held = city.granary
    stocks, yields, count = held.stocks, held.yields, len(held.names)
    rate = pc.divide(whole(stocks["rate"]).cast(pa.float64()), 1_000_000.0)
    weeks = len(held.weeks)
    return {
        "warehouse": {
            "warehouse_id": warehouses(city, np.arange(count)), "name": texts_of(held.names), "unit_id": constant(str(city.bodies.code[held.unit]), count),
            "area_id": words_at(city.places.code, held.area),
        },
        "grain_stock": {
            "warehouse_id": warehouses(city, stocks["warehouse"]), "commodity": words_at(COMMODITIES, stocks["commodity"]), "year": whole(stocks["year"]),
            "stored_tonnes": quantity(stocks["stored"]), "lost_tonnes": quantity(stocks["lost"]), "allowed_rate": rate,
        },
        "crop_yield": {
            "area_id": constant("*", len(yields)), "commodity": words_at(COMMODITIES, yields["commodity"]), "year": whole(yields["year"]),
            "kg_per_mu": quantity(yields["kilograms"] * TONNE),
        },
        "market_price": {
            "commodity": words_at(COMMODITIES, np.repeat(np.arange(len(COMMODITIES)), weeks)), "priced_on": days(np.tile(held.weeks, len(COMMODITIES))),
            "price": money(held.levels.ravel()),
        },
    }  # fmt: skip


def _loads(city: City) -> Tables:
    book, folk = city.granary.txns, city.folk
    rows = book.living()
    rows = rows[np.argsort(ordered(book, book["done"] * 86_400 + np.maximum(book["weighed"] % 86_400, 0))[rows])]
    kept = {name: book[name][rows] for name in book.names}
    key = grain_loads(city, rows)
    number = pc.utf8_slice_codeunits(key, 2)
    firm = np.where(kept["firm"] == NONE, "", at_text(city.firms.code, kept["firm"]))
    return {
        "grain_txn": {
            "txn_id": key, "warehouse_id": warehouses(city, kept["warehouse"]), "counterparty_id": texts_of(firm),
            "direction": words_at(("out", "in"), kept["direction"]), "tonnes": quantity(kept["tonnes"]), "unit_price": money(kept["price"]), "done_on": days(kept["done"]),
            "weighed_at": seconds(kept["weighed"]), "truck_no": plates(kept["truck"]),
            "weigh_ticket": pc.if_else(pa.array(kept["ticket"] != NONE), joined("WT", number), pa.scalar(None, pa.string())),
            "harvest_year": whole(kept["year"]), "grade": words_at(GRADES, kept["grade"]), "seller_id": words_at(folk.ident, kept["seller"]),
            "account_id": words_at(folk.account, kept["account"]), "unit_id": words_at(city.bodies.code, kept["unit"]), "commodity": words_at(COMMODITIES, kept["commodity"]),
        },
    }  # fmt: skip


def _shops(city: City) -> Tables:
    shops, sales, used = city.shops.merchants, city.shops.sales, city.shops.used
    rows = used.living()
    rows = rows[np.argsort(ordered(used, used["redeemed"])[rows])]
    kept, sold = {name: used[name][rows] for name in used.names}, sales.living()
    device = np.where(kept["device"] == NONE, NONE, kept["device"] * 31 % 10**9)
    return {
        "merchant": {
            "merchant_id": merchants(city, np.arange(len(shops))), "name": words_at(city.firms.name, shops["firm"]), "enterprise_id": words_at(city.firms.code, shops["firm"]),
            "area_id": words_at(city.places.code, shops["area"]), "opens_hour": whole(shops["opens"]), "closes_hour": whole(shops["closes"]),
        },
        "merchant_sales": {
            "merchant_id": merchants(city, sales["merchant"][sold]), "month": months(sales["month"][sold]), "amount": money(sales["cents"][sold]),
        },
        "voucher_redemption": {
            "redemption_id": redemptions(city, rows), "voucher_id": numbered("VC", (rows + 1) * 7_919 % 100_000_007, 9), "person_id": words_at(city.folk.ident, kept["person"]),
            "merchant_id": merchants(city, kept["merchant"]), "device_id": numbered("DV", device, 9), "account_id": words_at(city.folk.account, kept["account"]),
            "order_amount": money(kept["amount"]), "discount": money(kept["discount"]), "redeemed_at": seconds(kept["redeemed"]), "min_spend": money(kept["least"]),
        },
    }  # fmt: skip


def _projects(city: City) -> Tables:
    book, firms = city.grants.book, city.firms
    rows = book.living()
    rows = rows[np.argsort(ordered(book, book["approved"])[rows])]
    units = np.array([city.bodies.agency(name) for name in DEPARTMENTS])
    roads, road = words().roads, book["road"][rows]
    key = grants(city, rows)
    return {
        "project_subsidy": {
            "grant_id": key, "project_id": joined("PJ", pc.utf8_slice_codeunits(key, 2)), "project_name": words_at(city.grants.names, book["project"][rows]),
            "enterprise_id": words_at(firms.code, book["firm"][rows]), "enterprise_name": words_at(firms.name, book["firm"][rows]),
            "unit_id": words_at(city.bodies.code, units[book["unit"][rows]]), "amount": money(book["amount"][rows]), "currency": constant("CNY", len(rows)),
            "approved_on": days(np.minimum(book["approved"][rows], city.last)), "address": joined(words_at(roads, road % len(roads)), whole(road).cast(pa.string()), "号"),
        },
    }  # fmt: skip
