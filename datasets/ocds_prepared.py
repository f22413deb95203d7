"""Corrections of published releases before they are judged (数据预处理): ids as texts, default and translated statuses, placeholders.

The steps and their order are those that Cardinal's users know as its `prepare` command, so that a setting made for it means the same here.
"""

from dataclasses import dataclass, field
from typing import Any

from datasets.ocds_published import Part, number, section, word


@dataclass(frozen=True)
class Corrections:
    """What to correct. Without any setting ids become texts, and a single tenderer or supplier becomes a list of one."""

    currency: str | None = None
    """Of bids that state none."""
    bid_status: str | None = None
    award_status: str | None = None
    """Of those that state none."""
    bid_statuses: dict[str, str] = field(default_factory=dict)
    award_statuses: dict[str, str] = field(default_factory=dict)
    """Published word -> OCDS word; also applied to the defaults."""
    no_amounts: frozenset[float] = frozenset()
    """Amounts of bids that only fill the field."""
    no_organisations: frozenset[str] = frozenset()
    """Ids of organisations that only fill the field."""
    buyer_prefix: str = ""
    tenderer_prefix: str = ""
    """Put before ids of buyers and procuring entities, and of tenderers and suppliers, that do not begin with it."""
    details_separator: str | None = None
    """Of procurementMethodDetails only what stands before it is kept."""
    move_auctions: bool = False
    award_status_by_contract_status: bool = False
    """An award is cancelled when all its contracts are."""

    def apply(self, release: Part) -> None:
        """Correct one release in place."""
        self._organisation(release.get("buyer"), self.buyer_prefix)
        self._tender(section(release, "tender"))
        if self.move_auctions:
            _move_auctions(release)
        for bid in _objects(section(release, "bids").get("details")):
            self._bid(bid)
        cancelled = _cancelled(release) if self.award_status_by_contract_status else set()
        for award in _objects(release.get("awards")):
            self._award(award, cancelled)

    def _tender(self, tender: Part) -> None:
        self._organisation(tender.get("procuringEntity"), self.buyer_prefix)
        details = word(tender, "procurementMethodDetails")
        if self.details_separator and details is not None:
            tender["procurementMethodDetails"] = details.split(self.details_separator, 1)[0].rstrip()

    def _bid(self, bid: Part) -> None:
        value = bid.get("value")
        if isinstance(value, dict):
            amount = number(value.get("amount"))
            if amount is not None and amount in self.no_amounts:
                del value["amount"]
            if self.currency is not None:
                value.setdefault("currency", self.currency)
        _status(bid, self.bid_status, self.bid_statuses)
        self._organisations(bid, "tenderers")

    def _award(self, award: Part, cancelled: set[str]) -> None:
        for item in _objects(award.get("items")):
            _as_text(section(item, "classification"), "id")
        _status(award, self.award_status, self.award_statuses)
        _as_text(award, "id")
        if word(award, "id") in cancelled:
            award["status"] = "cancelled"
        self._organisations(award, "suppliers")

    def _organisations(self, holder: Part, name: str) -> None:
        if isinstance(holder.get(name), dict):
            holder[name] = [holder[name]]
        for one in _objects(holder.get(name)):
            self._organisation(one, self.tenderer_prefix)

    def _organisation(self, one: Any, prefix: str) -> None:
        if not isinstance(one, dict):
            return
        _as_text(one, "id")
        stated = word(one, "id")
        if stated is None:
            return
        if stated in self.no_organisations:
            del one["id"]
        elif not stated.startswith(prefix):
            one["id"] = prefix + stated


def _status(holder: Part, default: str | None, words: dict[str, str]) -> None:
    if default is not None:
        holder.setdefault("status", default)
    status = word(holder, "status")
    if status is not None:
        holder["status"] = words.get(status, status)


def _as_text(holder: Part, name: str) -> None:
    value = holder.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        holder[name] = str(value)


def _objects(value: Any) -> list[Part]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _move_auctions(release: Part) -> None:
    """The bids of auctions' stages become the bids of the release, which must have none of its own."""
    auctions = release.get("auctions")
    if "bids" in release or not isinstance(auctions, list):
        return
    stages = [stage for auction in _objects(auctions) for stage in _objects(auction.get("stages"))]
    release["bids"] = {"details": [bid for stage in stages if isinstance(stage.get("bids"), list) for bid in stage["bids"]]}


def _cancelled(release: Part) -> set[str]:
    """Ids of awards all of whose contracts are cancelled."""
    all_cancelled: dict[str, bool] = {}
    for contract in _objects(release.get("contracts")):
        _as_text(contract, "awardID")
        award_id = word(contract, "awardID")
        if award_id is not None:
            all_cancelled[award_id] = all_cancelled.get(award_id, True) and contract.get("status") == "cancelled"
    return {award_id for award_id, cancelled in all_cancelled.items() if cancelled}
