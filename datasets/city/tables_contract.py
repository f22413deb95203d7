"""Tables of awards, contracts and what became of them, in their contracts' columns."""

import numpy as np
import pyarrow as pa

from datasets.city.arrays import NONE, Ints, kept, texts
from datasets.city.city import City
from datasets.city.columns import Column, as_column, chosen, constant, days, flags, joined, money, quantity, whole, words_at
from datasets.city.contract_papers import AMENDMENT_REASONS, EVENT_NOTES
from datasets.city.dossier import AMENDED, AWARD_STATUSES, EVENT_KINDS
from datasets.city.goods import trades
from datasets.city.keys import Keys, at
from datasets.city.tables_market import lot_ids, titles
from datasets.city.tables_people import Tables
from datasets.city.vocabulary import words


def contract_tables(city: City, keys: Keys) -> Tables:
    return _awards(city, keys) | _contracts(city, keys) | _changes(city, keys) | _events(city, keys) | _items(city, keys)


def _ordered(keys: Keys, table: str) -> Ints:
    """Rows that have a key, in its order."""
    number = keys.paper[table]
    rows = np.flatnonzero(number != NONE)
    return rows[np.argsort(number[rows])]


def _awards(city: City, keys: Keys) -> Tables:
    book = city.dossier.awards
    rows = _ordered(keys, "award")
    award_id, supplier = keys.papers("award", rows), words_at(city.firms.code, book["firm"][rows])
    count = len(rows)
    return {
        "award": {
            "award_id": award_id, "tender_id": keys.tenders(book["tender"][rows]), "lot_id": lot_ids(city, keys, book["tender"][rows], book["lot"][rows]),
            "supplier_id": supplier, "suppliers": constant(1, count, pa.int64()), "bid_id": keys.bids(book["bid"][rows]), "amount": money(book["amount"][rows]),
            "currency": constant("CNY", count), "awarded_on": days(book["awarded"][rows]), "status": words_at(AWARD_STATUSES, book["status"][rows]),
            "term_days": whole(book["term"][rows]),
        },
        "award_supplier": {
            "award_id": award_id, "enterprise_id": supplier, "name": words_at(city.firms.name, book["firm"][rows]), "position": constant(0, count, pa.int64()),
        },
    }  # fmt: skip


def _contracts(city: City, keys: Keys) -> Tables:
    book = city.dossier.contracts
    rows = _ordered(keys, "contract")
    col = {name: book[name][rows] for name in book.names}
    buyer = city.market.tenders["buyer"][col["tender"]]
    return {
        "contract": {
            "contract_id": keys.papers("contract", rows), "tender_id": keys.tenders(col["tender"]), "award_id": keys.papers("award", col["award"]),
            "buyer_id": words_at(city.bodies.code, buyer), "supplier_id": words_at(city.firms.code, col["firm"]), "title": joined(titles(city, col["tender"]), "合同"),
            "amount": money(col["amount"]), "currency": constant("CNY", len(rows)), "signed_on": days(col["signed"]), "starts_on": days(col["starts"]),
            "ends_on": days(col["starts"] + col["term"]), "status": constant("active", len(rows)), "area_id": words_at(city.places.code, city.bodies.area[buyer]),
            "published_on": days(col["published"]), "recorded_on": days(col["recorded"]), "term_days": whole(col["term"]), "performance_bond": money(col["bond"]),
            "framework": flags(col["framework"]),
        }
    }  # fmt: skip


def _said(city: City, said: Ints, ordinary: Column) -> Column:
    """A text in its own words, or an ordinary one."""
    own = as_column(texts([*city.dossier.said, ""])).take(pa.array(np.where(said == NONE, len(city.dossier.said), said)))
    return chosen(said != NONE, own, ordinary)


def _changes(city: City, keys: Keys) -> Tables:
    changed, handed = city.dossier.amendments, city.dossier.subcontracts
    a, s = _ordered(keys, "amendment"), _ordered(keys, "subcontract")
    kinds, reason = changed["kind"][a], changed["reason"][a]
    every = [text for kind in range(len(AMENDED)) for text in AMENDMENT_REASONS.get(kind, ("价格调整",))]
    sizes = np.array([len(AMENDMENT_REASONS.get(kind, ("",))) for kind in range(len(AMENDED))])
    place = (np.cumsum(sizes) - sizes)[kinds] + np.where(reason == NONE, 0, reason) % sizes[kinds]
    return {
        "amendment": {
            "amendment_id": keys.papers("amendment", a), "contract_id": keys.papers("contract", changed["contract"][a]), "amount_change": money(changed["cents"][a]),
            "signed_on": days(changed["signed"][a]), "reason": _said(city, changed["said"][a], words_at(every, place)), "kind": words_at(AMENDED, kinds),
        },
        "subcontract": {
            "subcontract_id": keys.papers("subcontract", s), "contract_id": keys.papers("contract", handed["contract"][s]),
            "supplier_id": words_at(city.firms.code, handed["firm"][s]), "amount": money(handed["cents"][s]), "signed_on": days(handed["signed"][s]),
        },
    }  # fmt: skip


def _events(city: City, keys: Keys) -> Tables:
    book = city.dossier.events
    rows = _ordered(keys, "contract_event")
    col = {name: book[name][rows] for name in book.names}
    return {
        "contract_event": {
            "event_id": keys.papers("contract_event", rows), "contract_id": keys.papers("contract", col["contract"]), "kind": words_at(EVENT_KINDS, col["kind"]),
            "amount": money(col["amount"]), "done_on": days(col["done"]), "due_on": days(col["due"]), "conform": flags(col["conform"]),
            "note": _said(city, col["said"], words_at(EVENT_NOTES, col["note"])),
        }
    }  # fmt: skip


def _items(city: City, keys: Keys) -> Tables:
    """Lines of what was asked for, and of what was awarded."""
    book, tenders = city.dossier.items, city.market.tenders
    award = at(keys.paper["award"], book["award"])
    rows = book.living()
    rows = kept(rows, (keys.tender[book["tender"][rows]] != NONE) & ((book["award"][rows] == NONE) | (award[rows] != NONE)))
    rows = rows[np.lexsort([book["position"][rows], award[rows], keys.tender[book["tender"][rows]]])]
    tender, bought = book["tender"][rows], book["award"][rows] != NONE
    industry = tenders["industry"][tender]
    lines = [line for trade in trades() for line in trade.lines]
    sizes = np.array([len(trade.lines) for trade in trades()])
    text = (np.cumsum(sizes) - sizes)[industry] + book["text"][rows] % sizes[industry]
    classes = [trade.item_class for trade in words().industries.values()]
    return {
        "tender_item": {
            "tender_id": keys.tenders(tender), "part": words_at(("tender", "award"), bought.astype(np.int64)),
            "part_id": chosen(bought, keys.papers("award", book["award"][rows]), keys.tenders(tender)), "position": whole(book["position"][rows]),
            "class_id": words_at(classes, industry), "class_scheme": constant("政府采购品目分类目录", len(rows)),
            "lot_id": lot_ids(city, keys, tender, book["position"][rows]), "quantity": quantity(book["quantity"][rows] * 10_000), "unit_price": money(book["price"][rows]),
            "description": words_at(lines, text),
        }
    }  # fmt: skip
