"""The tender of one OCDS release: its row, lots and items."""

from collections import Counter
from datetime import date

from datasets.ocds_found import Found, Part, Row, objects, section
from datasets.ocds_parties import Parties
from datasets.ocds_values import Unfit, day, moment, money, quantity, text, whole
from datasets.ocds_words import OcdsWords, ours


def put_tender(found: Found, release: Part, parties: Parties, words: OcdsWords) -> str | None:
    """Put the rows of the tender section; returns the buyer's id."""
    tender = section(release, "tender")
    buyer_id = parties.unit_meant(section(release, "buyer"), "buyer")
    entity_id = parties.unit_meant(section(tender, "procuringEntity"), "procuringEntity")
    # the Dominican Republic names only the body that runs the procurement
    buyer_id = buyer_id or entity_id
    found.put("tender", release, _tender, found, release, words, buyer_id, entity_id)
    for _, lot, lot_id in found.keyed("lot", "lot_id", tender, "lots"):
        found.put("lot", lot, _lot, lot_id, found.ocid, lot)
    put_items(found, "tender", found.ocid, tender)
    return buyer_id


def put_items(found: Found, part: str, part_id: str, holder: Part) -> None:
    """Put the items of a tender or of an award."""
    for position, item in found.parts("tender_item", "position", holder, "items"):
        found.put("tender_item", item, _item, found, part, part_id, position, item)


def _tender(found: Found, release: Part, words: OcdsWords, buyer_id: str | None, entity_id: str | None) -> Row:
    tender, method = section(release, "tender"), text(section(release, "tender").get("procurementMethod"))
    return {
        "tender_id": found.ocid,
        "title": text(tender.get("title")) or text(tender.get("description")),
        "buyer_id": buyer_id,
        "procuring_entity_id": entity_id,
        "method": (ours(words.method, method) or "other") if method else None,
        "method_details": text(tender.get("procurementMethodDetails")) or method,
        "category": ours(words.category, text(tender.get("mainProcurementCategory"))),
        "item_class": _item_class(tender, words),
        "status": _status(release, tender, words),
        "status_details": text(tender.get("status")),
        "awarded_on": _awarded_on(release),
        "bidders_stated": whole("bidders_stated", tender.get("numberOfTenderers")),
        "line_no": found.line,
        **_amounts(release, tender),
        **_times(tender),
    }


def _amounts(release: Part, tender: Part) -> Row:
    planned, value = section(section(release, "planning"), "budget"), section(tender, "value")
    budget = section(planned, "amount")
    currency = text(value.get("currency")) or text(budget.get("currency"))
    same = text(budget.get("currency")) in (currency, None)
    return {
        "budget_item": text(planned.get("id")),
        "budget": money("budget", budget.get("amount")) if same else None,
        "estimate": money("estimate", value.get("amount")),
        "currency": currency,
    }


def _times(tender: Part) -> Row:
    period = section(tender, "tenderPeriod")
    starts_at, starts_zone = moment(period.get("startDate"))
    if starts_at is None:
        starts_at, starts_zone = moment(tender.get("datePublished"))
    closes_at, closes_zone = moment(period.get("endDate"))
    zones = [zone for zone in (starts_zone, closes_zone) if zone is not None]
    return {
        "noticed_at": starts_at,
        "closes_at": closes_at,
        "opened_at": moment(section(tender, "bidOpening").get("date"))[0],
        "zone_known": all(zones) if zones else None,
        "starts_raw": text(period.get("startDate")),
        "closes_raw": text(period.get("endDate")),
    }


def _status(release: Part, tender: Part, words: OcdsWords) -> str | None:
    if not tender and not release.get("awards") and not release.get("contracts"):
        return "planning"  # Armenia publishes plans as releases without a tender section
    return ours(words.tender_status, text(tender.get("status")))


def _awarded_on(release: Part) -> date | None:
    days = []
    for award in objects(release, "awards"):
        try:
            days.append(day("awarded_on", award.get("date")))
        except Unfit:
            continue  # the award's own row is refused for it
    return min((one for one in days if one), default=None)


def _item_class(tender: Part, words: OcdsWords) -> str | None:
    """The class of most items; among equals the smallest, so that order does not matter."""
    classes: Counter[str] = Counter()
    for item in objects(tender, "items"):
        classification = section(item, "classification")
        if class_id := text(classification.get("id")):
            classes[words.class_of(class_id, text(classification.get("scheme")))] += 1
    return min(classes, key=lambda name: (-classes[name], name)) if classes else None


def _lot(lot_id: str, tender_id: str, lot: Part) -> Row:
    return {
        "lot_id": lot_id,
        "tender_id": tender_id,
        "title": text(lot.get("title")) or text(lot.get("description")),
        "budget": money("budget", section(lot, "value").get("amount")),
        "status": text(lot.get("status")),
    }


def _item(found: Found, part: str, part_id: str, position: int, item: Part) -> Row:
    classification, lots = section(item, "classification"), found.lot_ids(item)
    return {
        "tender_id": found.ocid,
        "part": part,
        "part_id": part_id,
        "position": position,
        "class_id": text(classification.get("id")),
        "class_scheme": text(classification.get("scheme")),
        "lot_id": lots[0] if lots else None,
        "quantity": quantity("quantity", item.get("quantity")),
        "unit_price": money("unit_price", section(section(item, "unit"), "value").get("amount")),
        "description": text(item.get("description")),
    }
