"""Tables of programmes, payments and land in their contracts' columns."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datasets.city.arrays import NONE, Ints, day
from datasets.city.city import City
from datasets.city.columns import Column, chosen, days, joined, money, numbered, quantity, whole, words_at
from datasets.city.keys import Keys
from datasets.city.pay import KINDS
from datasets.city.programme import codes, programmes
from datasets.city.register_keys import plots, requisitions
from datasets.city.tables_people import Tables, households


def money_tables(city: City, keys: Keys) -> Tables:
    return _programmes(city) | _payments(city, keys) | _land(city, keys)


def _programmes(city: City) -> Tables:
    declared = programmes()
    listed = list(declared.programmes.values())
    pairs = declared.exclusions
    owner = np.array([city.bodies.agency(item.owner) for item in listed])
    return {
        "programme": {
            "programme_id": pa.array(codes()), "name": pa.array([item.name for item in listed]), "unit_id": words_at(city.bodies.code, owner),
            "need_based": pa.array([item.need_based for item in listed]), "lump_sum": pa.array([item.lump_sum for item in listed]),
            "target": pa.array([item.target for item in listed]), "rate": quantity(np.array([NONE if item.graded else round(item.rate * 10_000) for item in listed])),
            "rate_unit": pa.array([item.rate_unit for item in listed]), "grace_months": pa.array([item.grace_months for item in listed], pa.int64()),
            "limit_amount": money(_times([item.limit_amount for item in listed], 100)),
            "starts_on": days(np.full(len(listed), day(2018))), "land_use": pa.array([item.land_use for item in listed], pa.string()),
            "limit_quantity": quantity(_times([item.limit_quantity for item in listed], 10_000)),
            "approval_limit": money(_times([item.approval_limit for item in listed], 100)),
            "max_age": pa.array([item.max_age for item in listed], pa.int64()),
        },
        "programme_exclusion": {
            "programme_id": pa.array([left for left, _, _ in pairs]), "other_id": pa.array([right for _, right, _ in pairs]),
            "scope": pa.array([scope for _, _, scope in pairs]),
        },
    }  # fmt: skip


def _times(values: list[int | None], factor: int) -> Ints:
    return np.array([NONE if value is None else value * factor for value in values])


def periods(values: Ints) -> Column:
    """YYYY-MM or YYYY."""
    monthly = values > 9999
    year = whole(np.where(monthly, values // 100, values)).cast(pa.string())
    month = numbered("", np.where(monthly, values % 100, NONE), 2)
    text = chosen(np.asarray(monthly), joined(year, "-", month), year)
    return chosen(np.asarray(values != NONE), text, None)


def _payments(city: City, keys: Keys) -> Tables:
    pay, folk = city.payments, city.folk
    rows = pay.living()
    rows = rows[np.argsort(keys.payment[rows])]
    col = {
        name: pay[name][rows] for name in ("programme", "person", "firm", "account", "holder", "unit", "area", "approver", "kind")
    }
    return {
        "subsidy_payment": {
            "payment_id": keys.payments(rows), "programme_id": words_at(codes(), col["programme"]), "person_id": _ids(city, col["person"], pay["typo"][rows]),
            "enterprise_id": words_at(city.firms.code, col["firm"]), "account_id": words_at(folk.account, col["account"]),
            "account_name": words_at(folk.holder, col["holder"]), "amount": money(pay["amount"][rows]), "paid_on": days(pay["paid"][rows]),
            "period": periods(pay["period"][rows]), "quantity": quantity(pay["quantity"][rows]), "unit_id": words_at(city.bodies.code, col["unit"]),
            "area_id": words_at(city.places.code, col["area"]), "approver_id": words_at(folk.ident, col["approver"]), "kind": words_at(KINDS, col["kind"]),
        }
    }  # fmt: skip


def _ids(city: City, person: Ints, typo: Ints) -> Column:
    """Resident ids as typed: in a few two neighbouring digits changed places."""
    column = words_at(city.folk.ident, person)
    wrong = np.flatnonzero(typo == 1)
    if not len(wrong):
        return column
    texts = [str(text) for text in city.folk.ident[person[wrong]]]
    swapped = [_swapped(text) for text in texts]
    return pc.replace_with_mask(column, pa.array(typo == 1), pa.array(swapped, pa.string()))


def _swapped(text: str) -> str:
    at = next(place for place in (15, 14, 16, 13, 12) if text[place] != text[place - 1])
    return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]


def _land(city: City, keys: Keys) -> Tables:
    land, folk, areas = city.land, city.folk, city.places.code
    rights, leases, gone, claims = land.rights, land.transfers, land.requisitions, land.claims
    rows = claims.living()
    rows = rows[np.argsort(keys.claim[rows])]
    taken = gone.living()
    taken = taken[np.lexsort([gone["plot"][taken], gone["effective"][taken]])]
    return {
        "land_right": {
            "plot_id": plots(city, np.arange(len(rights))), "owner_kind": words_at(("household", "collective"), rights["owner_kind"]),
            "holder_id": words_at(folk.ident, rights["holder"]), "household_id": households(rights["house"]), "area_id": words_at(areas, rights["area"]),
            "registered_mu": quantity(rights["mu"]),
        },
        "land_transfer": {
            "transfer_id": numbered("LT", np.arange(len(leases)) + 1, 6), "plot_id": plots(city, leases["plot"]), "lessor_id": words_at(folk.ident, leases["lessor"]),
            "lessee_id": words_at(folk.ident, leases["lessee"]), "mu": quantity(leases["mu"]), "starts_on": days(leases["starts"]), "ends_on": days(leases["ends"]),
        },
        "requisition": {
            "requisition_id": requisitions(city, taken), "plot_id": plots(city, gone["plot"][taken]), "kind": words_at(("requisition", "set_aside"), gone["kind"][taken]),
            "mu": quantity(gone["mu"][taken]), "effective_on": days(gone["effective"][taken]),
        },
        "land_claim": {
            "claim_id": keys.claims(rows), "plot_id": plots(city, claims["plot"][rows]), "person_id": words_at(folk.ident, claims["person"][rows]),
            "programme_id": words_at(codes(), claims["programme"][rows]), "year": whole(claims["year"][rows]), "claimed_mu": quantity(claims["mu"][rows]),
            "unit_id": words_at(city.bodies.code, claims["unit"][rows]), "area_id": words_at(areas, claims["area"][rows]), "claimed_on": days(claims["claimed"][rows]),
        },
    }  # fmt: skip
