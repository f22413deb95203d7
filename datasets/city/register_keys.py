"""Keys of the lesser registers' rows (登记簿编号), in the order of time where offices number that way."""

from collections.abc import Callable

import numpy as np

from datasets.city.arrays import NONE, Ints
from datasets.city.city import City
from datasets.city.columns import Column, joined, numbered, whole, words_at
from datasets.city.grain import COMMODITIES
from datasets.city.ledger import Ledger


def ordered(book: Ledger, by: Ints) -> Ints:
    """Number from 1 of every living row in the order of `by`; NONE for rows taken back. Ties are settled by a mixed row number."""
    rows = book.living()
    order = rows[np.lexsort([(rows * 2_654_435_761) % 2**32, by[rows]])]
    out = np.full(len(book), NONE)
    out[order] = np.arange(1, len(order) + 1)
    return out


def at(numbers: Ints, rows: Ints) -> Ints:
    return np.where(rows == NONE, NONE, numbers[np.maximum(rows, 0)]) if len(numbers) else np.full(len(rows), NONE)


def plots(_city: City, rows: Ints) -> Column:
    return numbered("PL", np.where(rows == NONE, NONE, rows + 1), 6)


def purchases(city: City, rows: Ints) -> Column:
    book = city.purse.purchases
    return numbered("MP", at(ordered(book, book["bought"]), rows), 5)


def requisitions(city: City, rows: Ints) -> Column:
    book = city.land.requisitions
    return numbered("RQ", at(ordered(book, book["effective"]), rows), 5)


def posts(city: City, rows: Ints) -> Column:
    book = city.posts.book
    return numbered("WP", at(ordered(book, book["starts"]), rows), 5)


def vehicles(city: City, rows: Ints) -> Column:
    book = city.sundry.vehicles
    return numbered("LSV", at(ordered(book, book["registered"]), rows) * 7, 8)


def warehouses(_city: City, rows: Ints) -> Column:
    return numbered("WH", np.where(rows == NONE, NONE, rows + 1), 3)


def merchants(_city: City, rows: Ints) -> Column:
    return numbered("MC", np.where(rows == NONE, NONE, rows + 1), 4)


def grain_loads(city: City, rows: Ints) -> Column:
    book = city.granary.txns
    when = book["done"] * 86_400 + np.maximum(book["weighed"] % 86_400, 0)
    return numbered("GT", at(ordered(book, when), rows), 7)


def remedies(city: City, rows: Ints) -> Column:
    return numbered("ZG", at(ordered(city.remedies, city.remedies["due"]), rows), 5)


def grain_stocks(city: City, rows: Ints) -> Column:
    book = city.granary.stocks
    year = whole(book["year"][rows]).cast("string")
    return joined(warehouses(city, book["warehouse"][rows]), "+", words_at(COMMODITIES, book["commodity"][rows]), "+", year)


def redemptions(city: City, rows: Ints) -> Column:
    book = city.shops.used
    return numbered("VR", at(ordered(book, book["redeemed"]), rows), 7)


def sales(city: City, rows: Ints) -> Column:
    book = city.shops.sales
    month = book["month"][rows]
    return joined(
        merchants(city, book["merchant"][rows]),
        "+",
        whole(month // 12 + 1970).cast("string"),
        "-",
        numbered("", month % 12 + 1, 2),
    )


def grants(city: City, rows: Ints) -> Column:
    book = city.grants.book
    return numbered("GR", at(ordered(book, book["approved"]), rows), 5)


def penalties(city: City, rows: Ints) -> Column:
    book = city.penalties
    return numbered("PN", at(ordered(book, book["decided"]), rows), 5)


REGISTER_KEYS: dict[str, Callable[[City, Ints], Column]] = {
    "land_right": plots, "plot": plots, "machine_purchase": purchases, "requisition": requisitions, "welfare_post": posts, "vehicle": vehicles,
    "penalty": penalties,
    "rectification": remedies,
    "warehouse": warehouses, "merchant": merchants, "grain_txn": grain_loads, "grain_stock": grain_stocks, "voucher_redemption": redemptions,
    "merchant_sales": sales, "project_subsidy": grants,
}  # fmt: skip
"""Table, or kind of subject -> the keys of its rows as they stand in the files."""
