"""One OCDS 1.1 compiled release turned into rows of the procurement tables."""

from datasets.ocds_bids import put_awards, put_bids
from datasets.ocds_contracts import put_contracts
from datasets.ocds_found import Found, Part, section
from datasets.ocds_parties import Parties
from datasets.ocds_tender import put_tender
from datasets.ocds_values import text
from datasets.ocds_words import OcdsWords

TABLES = (
    "unit", "enterprise", "tender", "lot", "tender_item", "bid", "bid_member", "related_lot",
    "award", "award_supplier", "contract", "amendment",
)  # fmt: skip


def rows_of(release: Part, line: int, words: OcdsWords) -> Found:
    """All rows of one release, keyed by table; what cannot be a row is refused beside them.

    `release` is one line of the file, whose ocid is a text; `line` its 1-based number.
    """
    found = Found(text(release["ocid"]) or "", line)
    parties = Parties(found, release)
    buyer_id = put_tender(found, release, parties, words)
    put_bids(found, release, parties, words)
    awarded = put_awards(found, release, parties, words)
    put_contracts(found, release, parties, buyer_id, awarded)
    parties.members("enterprise", section(release, "tender"), "tenderers", "tenderer")
    parties.put_rows()
    return found
