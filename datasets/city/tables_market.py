"""Tables of tenders, bids, awards and contracts in their contracts' columns."""

import numpy as np
import pyarrow as pa

from datasets.city.arrays import NONE, Ints, Texts, day, nth_of
from datasets.city.bid_papers import REASONS, SHORT_REASONS, TOO_LATE
from datasets.city.city import City
from datasets.city.columns import (
    Column,
    chosen,
    constant,
    days,
    flags,
    joined,
    money,
    numbered,
    seconds,
    whole,
    words_at,
)
from datasets.city.dossier import GROUND_WORDS
from datasets.city.keys import Keys
from datasets.city.tables_people import Tables
from datasets.city.tender import (
    BID_STATUSES,
    BUDGET_ITEMS,
    CATEGORIES,
    COMPLETE,
    METHOD_WORDS,
    METHODS,
    OPEN_LIMIT,
    STATUSES,
    UNSUCCESSFUL,
    VALID,
    WINNING,
)
from datasets.city.vocabulary import words

NO_MAC = -7
"""The network card that virtual machines report: all zeros."""
_SUFFIXES = ("", "", "", "（二次）", "（第二批）", "（一期）", "项目", "项目（2标段）", "采购包")


def market_tables(city: City, keys: Keys) -> Tables:
    return _tenders(city, keys) | _bids(city, keys) | _limits()


def phones(city: City) -> Texts:
    """The county's phone book: firms, people, units, in this order."""
    return np.concatenate([city.firms.phone, city.folk.phone, city.bodies.phone])


def titles(city: City, rows: Ints) -> Column:
    book, trades = city.market.tenders, list(words().industries.values())
    phrases = [title for trade in trades for title in trade.titles]
    count = np.array([len(trade.titles) for trade in trades])
    first = np.cumsum(count) - count
    industry = book["industry"][rows]
    phrase = words_at(phrases, first[industry] + book["title"][rows] % count[industry])
    year = whole(book["year"][rows]).cast(pa.string())
    return joined(
        words_at(city.bodies.name, book["buyer"][rows]),
        year,
        "年",
        phrase,
        words_at(_SUFFIXES, book["place"][rows] % len(_SUFFIXES)).fill_null(""),
    )


def _tenders(city: City, keys: Keys) -> Tables:
    book = city.market.tenders
    rows = book.living()
    rows = rows[np.argsort(keys.tender[rows])]
    col = {name: book[name][rows] for name in book.names}
    awarded, won = np.full(len(book), NONE), city.dossier.awards
    awarded[won["tender"]] = won["awarded"]
    classes = [trade.item_class for trade in words().industries.values()]
    opened = np.where(np.isin(col["status"], [COMPLETE, UNSUCCESSFUL]), col["closes"], NONE)
    two = rows[col["lots"] > 1]
    lots = np.repeat(two, 2)
    half = np.tile([0, 1], len(two))
    return {
        "tender": {
            "tender_id": keys.tenders(rows), "title": titles(city, rows), "buyer_id": words_at(city.bodies.code, col["buyer"]),
            "area_id": words_at(city.places.code, city.bodies.area[col["buyer"]]), "agency_id": words_at(city.firms.code, col["agency"]),
            "method": words_at(METHODS, col["method"]), "method_details": words_at(METHOD_WORDS, col["method"]), "category": words_at(CATEGORIES, col["category"]),
            "item_class": words_at(classes, col["industry"]), "budget_item": words_at(BUDGET_ITEMS, col["item"]), "fiscal_year": whole(col["year"]),
            "budget": money(col["budget"]), "price_limit": money(col["limit"]), "currency": constant("CNY", len(rows)), "status": words_at(STATUSES, col["status"]),
            "budget_adjusted": flags(col["adjusted"]), "method_approved": flags(col["approved"]), "noticed_at": seconds(col["noticed"]),
            "closes_at": seconds(col["closes"]), "opened_at": seconds(opened), "awarded_on": days(awarded[rows]), "zone_known": constant(True, len(rows)),
            "bidders_stated": whole(col["stated"]), "documents_from": days(col["sold_from"]), "documents_until": days(col["sold_until"]),
            "clarified_at": seconds(col["clarified"]), "direct_ground": words_at(GROUND_WORDS, col["ground"]), "publicised_from": days(col["shown_from"]),
            "publicised_until": days(col["shown_until"]), "evaluated_at": seconds(col["evaluated"]), "contact_phone": words_at(phones(city), col["contact"]),
            "document_fee": money(col["fee"]), "bid_bond": money(col["bond"]), "evaluation_method": words_at(("lowest_price", "comprehensive"), col["points"]),
            "plan_id": keys.papers("procurement_plan", col["plan"]), "on_portal": flags(col["portal"]),
        },
        "lot": {
            "lot_id": keys.lots(lots, half), "tender_id": keys.tenders(lots), "title": words_at(("一标段", "二标段"), half), "budget": money(book["budget"][lots] // 2),
            "status": words_at(STATUSES, book["status"][lots]),
        },
    }  # fmt: skip


def lot_ids(city: City, keys: Keys, tender: Ints, lot: Ints) -> Column:
    return chosen(np.asarray(city.market.tenders["lots"][tender] > 1), keys.lots(tender, lot), None)


def _ranks(city: City) -> Ints:
    """Rank by price among the valid bids of a lot once the tender is decided."""
    bids = city.market.bids
    rows = bids.living()
    rows = rows[np.isin(bids["status"][rows], [VALID, WINNING])]
    rows = rows[np.isin(city.market.tenders["status"][bids["tender"][rows]], [COMPLETE])]
    rows = rows[np.lexsort([bids["price"][rows], bids["status"][rows] != WINNING, bids["lot"][rows], bids["tender"][rows]])]
    group = bids["tender"][rows] * 4 + bids["lot"][rows]
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(rows) else np.zeros(0, dtype=np.int64)
    out = np.full(len(bids), NONE)
    out[rows] = np.arange(len(rows)) - np.repeat(first, np.diff(np.r_[first, len(rows)])) + 1
    return out


def _machine(numbers: Ints) -> tuple[Column, Column, Column]:
    """Network address, network card and fingerprint of machines, each machine its own."""
    n = np.where(numbers == NO_MAC, 0, np.where(numbers == NONE, NONE, numbers + 1))
    ip = joined(
        "58.",
        whole(np.where(n == NONE, NONE, 20 + n // 60_000)).cast(pa.string()),
        ".",
        _text(np.where(n == NONE, NONE, n // 240 % 250)),
        ".",
        _text(np.where(n == NONE, NONE, n % 240 + 5)),
    )
    pool = np.unique(n[n != NONE])
    cards = [
        "00:00:00:00:00:00"
        if k == 0
        else ":".join(f"{(k * 2_246_822_519 % 2**40 + (0x1C << 40) >> s) & 255:02X}" for s in (40, 32, 24, 16, 8, 0))
        for k in pool.tolist()
    ]
    codes = [f"MC-{k * 2_654_435_761 % 2**32:08X}" for k in pool.tolist()]
    place = np.where(n == NONE, NONE, np.searchsorted(pool, n))
    return ip, words_at(cards or [""], place), words_at(codes or [""], place)


def _mail(numbers: Ints) -> Column:
    """Mail addresses of firms, each firm its own."""
    hosts = ("163.com", "qq.com", "126.com", "sina.com", "139.com")
    name = whole(np.where(numbers == NONE, NONE, numbers * 104_729 % 10**8 + 10**8)).cast(pa.string())
    return joined("tb", name, "@", words_at(hosts, np.where(numbers == NONE, NONE, numbers % len(hosts))))


def _text(values: Ints) -> Column:
    return whole(values).cast(pa.string())


def _bids(city: City, keys: Keys) -> Tables:
    book, firms, folk = city.market.bids, city.firms, city.folk
    rows = book.living()
    rows = rows[np.lexsort([keys.bid[rows], keys.tender[book["tender"][rows]]])]
    col = {name: book[name][rows] for name in book.names}
    by = np.lexsort([col["submitted"], col["tender"]])
    prints = np.where(col["print"] == NONE, rows, col["print"])
    return {
        "bid": {
            "bid_id": keys.bids(rows), "tender_id": keys.tenders(col["tender"]), "lot_id": lot_ids(city, keys, col["tender"], col["lot"]),
            "bidder_id": words_at(firms.code, col["firm"]), "members": constant(1, len(rows), pa.int64()), "price": money(col["price"]), "currency": constant("CNY", len(rows)),
            "submitted_at": seconds(col["submitted"]), "zone_known": constant(True, len(rows)), "ip": _machine(col["ip"])[0], "mac": _machine(col["mac"])[1], "machine_code": _machine(col["machine"])[2],
            "contact_phone": words_at(phones(city), col["phone"]), "agent_id": words_at(folk.ident, col["agent"]), "manager_id": words_at(folk.ident, col["manager"]),
            "deposit_account_id": words_at(folk.account, col["account"]), "fingerprint": numbered("fp", prints * 7_919 % 10**10, 10),
            "status": words_at(BID_STATUSES, col["status"]), "rank": whole(_ranks(city)[rows]), "rejected_because": words_at((*REASONS, *SHORT_REASONS, TOO_LATE), col["because"]),
            "contact_email": _mail(col["email"]), "certificate_no": numbered("苏建资字", np.where(col["certificate"] == NONE, NONE, col["certificate"] * 7_919 % 10**6), 6),
            "received_no": whole(np.where(col["submitted"] == NONE, NONE, nth_of(col["tender"][by])[np.argsort(by)] + 1)),
        },
        "bid_member": {"bid_id": keys.bids(rows), "enterprise_id": words_at(firms.code, col["firm"]), "name": words_at(firms.name, col["firm"]), "position": constant(0, len(rows), pa.int64())},
    }  # fmt: skip


def _limits() -> Tables:
    kinds = [(category, limit) for category in range(3) for limit in ("open_tender", "threshold")]
    amount = np.array([int(OPEN_LIMIT[category]) if limit == "open_tender" else 500_000_00 for category, limit in kinds])
    return {
        "procurement_limit": {
            "area_id": constant("*", 6), "category": pa.array([CATEGORIES[category] for category, _ in kinds]), "limit_kind": pa.array([limit for _, limit in kinds]),
            "amount": money(amount), "starts_on": days(np.full(6, day(2018))),
        }
    }  # fmt: skip
