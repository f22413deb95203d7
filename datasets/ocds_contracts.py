"""The contracts of one OCDS release and their amendments."""

from datasets.ocds_bids import AwardSuppliers
from datasets.ocds_found import Found, Part, Row, objects, section
from datasets.ocds_parties import Parties
from datasets.ocds_values import day, money, text


def put_contracts(found: Found, release: Part, parties: Parties, buyer_id: str | None, awarded: AwardSuppliers) -> None:
    """Put the rows of every contract and amendment."""
    project_id = text(section(section(release, "planning"), "budget").get("projectID"))
    for _, contract, contract_id in found.keyed("contract", "contract_id", release, "contracts"):
        award = text(contract.get("awardID"))
        award_id = f"{found.ocid}#{award}" if award else None
        suppliers = _stated_suppliers(contract, parties) or awarded.get(award_id or "", [])
        row = {
            "contract_id": contract_id,
            "tender_id": found.ocid,
            "award_id": award_id,
            "buyer_id": buyer_id,
            # an award to several firms does not say which of them signed this contract
            "supplier_id": suppliers[0] if len(suppliers) == 1 else None,
            "project_id": project_id,
        }
        if found.put("contract", contract, _contract, row, contract):
            _put_amendments(found, contract_id, contract)


def _stated_suppliers(contract: Part, parties: Parties) -> list[str]:
    """The suppliers that some publishers repeat in the contract."""
    named = {parties.meant(one, "supplier"): one for one in objects(contract, "suppliers")}
    return [supplier for supplier in named if supplier]


def _contract(row: Row, contract: Part) -> Row:
    value, period = section(contract, "value"), section(contract, "period")
    return row | {
        "title": text(contract.get("title")) or text(contract.get("description")),
        "amount": money("amount", value.get("amount")),
        "currency": text(value.get("currency")),
        "signed_on": day("signed_on", contract.get("dateSigned")),
        "starts_on": day("starts_on", period.get("startDate")),
        "ends_on": day("ends_on", period.get("endDate")),
        "status": text(contract.get("status")),
    }


def _put_amendments(found: Found, contract_id: str, contract: Part) -> None:
    for position, one in found.parts("amendment", "amendment_id", contract, "amendments"):
        amendment_id = f"{contract_id}#{text(one.get('id')) or f'[{position}]'}"
        if found.is_new("amendment", amendment_id):
            found.put("amendment", one, _amendment, amendment_id, contract_id, one)
        else:
            found.refuse("amendment", one, "amendment_id", "duplicate_key", amendment_id)


def _amendment(amendment_id: str, contract_id: str, one: Part) -> Row:
    return {
        "amendment_id": amendment_id,
        "contract_id": contract_id,
        "signed_on": day("signed_on", one.get("date")),
        "reason": text(one.get("rationale")) or text(one.get("description")),
    }
