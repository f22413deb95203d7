"""The bids and awards of one OCDS release, with their consortia and lots."""

from datasets.ocds_found import Found, Part, Row, section
from datasets.ocds_parties import Members, Parties
from datasets.ocds_tender import put_items
from datasets.ocds_values import day, moment, money, text
from datasets.ocds_words import OcdsWords, ours

AwardSuppliers = dict[str, list[str]]


def put_bids(found: Found, release: Part, parties: Parties, words: OcdsWords) -> None:
    """Put the rows of every bid: the bid, its tenderers, its lots."""
    for position, bid, bid_id in found.keyed("bid", "bid_id", section(release, "bids"), "details"):
        members, lots = parties.members("bid_member", bid, "tenderers", "tenderer"), found.lot_ids(bid)
        row = {"bid_id": bid_id, "tender_id": found.ocid, "position": position, **_whose(members, lots, "bidder_id", "members")}
        if found.put("bid", bid, _bid, row, bid, words):
            found.rows["bid"][-1]["contact_phone"] = parties.phone(row["bidder_id"])
            _put_members(found, "bid_member", {"bid_id": bid_id}, members)
            _put_lots(found, "bid", bid_id, lots)


def put_awards(found: Found, release: Part, parties: Parties, words: OcdsWords) -> AwardSuppliers:
    """Put the rows of every award; returns award id -> ids of its suppliers."""
    suppliers: AwardSuppliers = {}
    for position, award, award_id in found.keyed("award", "award_id", release, "awards"):
        members, lots = parties.members("award_supplier", award, "suppliers", "supplier"), found.lot_ids(award)
        suppliers[award_id] = list(members)
        row = {
            "award_id": award_id,
            "tender_id": found.ocid,
            "position": position,
            **_whose(members, lots, "supplier_id", "suppliers"),
        }
        if found.put("award", award, _award, row, award, words):
            _put_members(found, "award_supplier", {"award_id": award_id}, members)
            _put_lots(found, "award", award_id, lots)
            put_items(found, "award", award_id, award)
    return suppliers


def _whose(members: Members, lots: list[str], first: str, count: str) -> Row:
    return {first: next(iter(members), None), count: len(members) or None, "lot_id": lots[0] if len(lots) == 1 else None}


def _bid(row: Row, bid: Part, words: OcdsWords) -> Row:
    value, status = section(bid, "value"), text(bid.get("status"))
    submitted_at, zone_known = moment(bid.get("date"))
    return row | {
        "price": money("price", value.get("amount")),
        "currency": text(value.get("currency")),
        "submitted_at": submitted_at,
        "submitted_raw": text(bid.get("date")),
        "zone_known": zone_known,
        "status": (ours(words.bid_status, status) or "other") if status else None,
        "status_details": status,
    }


def _award(row: Row, award: Part, words: OcdsWords) -> Row:
    value, status, related = section(award, "value"), text(award.get("status")), text(award.get("relatedBid"))
    return row | {
        "bid_id": f"{row['tender_id']}#{related}" if related else None,
        "amount": money("amount", value.get("amount")),
        "currency": text(value.get("currency")),
        "awarded_on": day("awarded_on", award.get("date")),
        "status": (ours(words.award_status, status) or "other") if status else None,
        "status_details": status,
    }


def _put_members(found: Found, table: str, key: Row, members: Members) -> None:
    for member, (position, one) in members.items():
        found.add(table, key | {"enterprise_id": member, "name": text(one.get("name")), "position": position})


def _put_lots(found: Found, part: str, part_id: str, lots: list[str]) -> None:
    for position, lot_id in enumerate(lots):
        found.add("related_lot", {"part": part, "part_id": part_id, "lot_id": lot_id, "position": position})
