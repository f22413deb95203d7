"""Tables of property, limits of wealth, posts and machines in their contracts' columns."""

import numpy as np
import pyarrow as pa

from datasets.city.arrays import NONE, Ints, day
from datasets.city.city import City
from datasets.city.columns import Column, constant, days, joined, money, numbered, quantity, whole, words_at
from datasets.city.keys import Keys
from datasets.city.machine import CATEGORIES, NO_NUMBER
from datasets.city.post import KINDS
from datasets.city.programme import codes, number
from datasets.city.property import HOUSES, LIMITS, VEHICLES
from datasets.city.register_keys import posts, purchases, vehicles
from datasets.city.tables_people import Tables


def register_tables(city: City, _keys: Keys) -> Tables:
    return _property(city) | _posts(city) | _machines(city)


def months(values: Ints) -> Column:
    """YYYY-MM of months since 1970."""
    return joined(whole(values // 12 + 1970).cast(pa.string()), "-", numbered("", values % 12 + 1, 2))


def _property(city: City) -> Tables:
    folk, areas, houses, cars = city.folk, city.places.code, city.sundry.houses, city.sundry.vehicles
    rows = houses.living()
    rows = rows[np.lexsort([houses["owner"][rows], houses["house"][rows]])]
    driven = cars.living()
    limits = list(LIMITS)
    return {
        "house": {
            "house_id": numbered("HS", (houses["house"][rows] + 1) * 7_919 % 1_000_003, 7), "owner_id": words_at(folk.ident, houses["owner"][rows]),
            "area_id": words_at(areas, houses["area"][rows]), "floor_area": quantity(houses["floor"][rows]),
            "registered_on": days(houses["registered"][rows]), "kind": words_at(HOUSES, houses["kind"][rows]),
        },
        "vehicle": {
            "vehicle_id": vehicles(city, driven), "owner_id": words_at(folk.ident, cars["owner"][driven]), "kind": words_at(VEHICLES, cars["kind"][driven]),
            "price": money(cars["price"][driven]), "registered_on": days(cars["registered"][driven]),
        },
        "asset_limit": {
            "area_id": constant("*", len(limits)), "kind": pa.array(limits), "amount": quantity(np.array([LIMITS[kind] * 10_000 for kind in limits])),
            "starts_on": days(np.full(len(limits), day(2018))),
        },
    }  # fmt: skip


def _posts(city: City) -> Tables:
    book, sheets = city.posts.book, city.posts.attendance
    rows = book.living()
    rows = rows[np.argsort(posts(city, rows).to_numpy(zero_copy_only=False))]
    worked = np.flatnonzero((sheets["alive"] == 1) & (book["alive"][sheets["post"]] == 1) & (sheets["month"] <= _month(city)))
    return {
        "welfare_post": {
            "post_id": posts(city, rows), "person_id": words_at(city.folk.ident, book["person"][rows]), "unit_id": words_at(city.bodies.code, book["unit"][rows]),
            "area_id": words_at(city.places.code, book["area"][rows]), "post": words_at(KINDS, book["kind"][rows]), "starts_on": days(book["starts"][rows]),
            "ends_on": days(book["ends"][rows]),
        },
        "post_attendance": {
            "post_id": posts(city, sheets["post"][worked]), "month": months(sheets["month"][worked]), "days_worked": whole(sheets["days"][worked]),
        },
    }  # fmt: skip


def _month(city: City) -> int:
    """The last whole month of the records."""
    return (city.years[-1] - 1970) * 12 + 11


def _machines(city: City) -> Tables:
    bought, work = city.purse.purchases, city.machine_work
    rows = bought.living()
    rows = rows[np.argsort(purchases(city, rows).to_numpy(zero_copy_only=False))]
    col = {name: bought[name][rows] for name in bought.names}
    seen = np.flatnonzero((work["alive"] == 1) & (bought["alive"][work["machine"]] == 1))
    return {
        "machine_purchase": {
            "purchase_id": purchases(city, rows), "buyer_id": words_at(city.folk.ident, col["buyer"]), "dealer_id": words_at(city.firms.code, col["dealer"]),
            "factory_no": numbered("FN", col["factory"], 9), "engine_no": _engines(col["engine"]), "invoice_no": numbered("", col["invoice"], 8),
            "price": money(col["price"]), "subsidy": money(col["subsidy"]), "bought_on": days(col["bought"]), "buyer_phone": words_at(city.folk.phone, col["phone"]),
            "unit_id": words_at(city.bodies.code, col["unit"]), "area_id": words_at(city.places.code, col["area"]),
            "programme_id": words_at(codes(), np.full(len(rows), number("PG13"))), "category": words_at(CATEGORIES, col["category"]),
        },
        "machine_activity": {
            "factory_no": numbered("FN", bought["factory"][work["machine"][seen]], 9), "month": months(work["month"][seen]),
            "hours": quantity(work["hours"][seen]), "hours_outside": quantity(work["outside"][seen]),
        },
    }  # fmt: skip


def _engines(numbers: Ints) -> Column:
    """Engine numbers; what has no engine has none, or 无 written in its place."""
    there = np.where(numbers == NO_NUMBER, NONE, numbers)
    column = numbered("EN", there, 9)
    return pa.array(
        ["无" if none else text for text, none in zip(column.to_pylist(), (numbers == NO_NUMBER).tolist(), strict=True)],
        pa.string(),
    )
