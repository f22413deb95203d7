"""bidders_share_machine in pandas."""

from datetime import date

import pandas as pd

from benchmarks.parquet import Read

UNREAD_MAC = r"[0 :_-]+|[F :_-]+"
UNREAD_CODE = r"[0 :_-]+|UNKNOWN|NULL|NONE|N/A|NA|DEFAULT|未知"
"""What platforms write when they could not read the machine: it identifies nothing."""
SAYS = ["tender_id", "same_mac", "same_machine", "same_ip", "gap_seconds"]


def find(read: Read, params: dict[str, float], as_of: date) -> pd.DataFrame:
    """One row for each tender, as the rule's SELECT gives them."""
    bid = read("bid", ["bid_id", "tender_id", "lot_id", "bidder_id", "submitted_at", "ip", "mac", "machine_code", "status"])
    hit = hits(entries(bid), params["gap_below_minutes"])
    sides = [
        hit[[*SAYS, f"bid_id_{side}", f"bidder_id_{side}"]].set_axis([*SAYS, "bid_id", "bidder_id"], axis=1)
        for side in ("one", "other")
    ]
    side = pd.concat(sides, ignore_index=True).merge(bid[["bid_id", "submitted_at"]], on="bid_id")
    side["day"] = side["submitted_at"].dt.normalize()
    grouped = side.groupby("tender_id", sort=False)
    found = grouped.agg(
        bidders=("bidder_id", "nunique"),
        same_mac=("same_mac", "any"),
        same_machine=("same_machine", "any"),
        same_ip=("same_ip", "any"),
        gap_minutes=("gap_seconds", "min"),
        first_on=("day", "min"),
        last_on=("day", "max"),
    )
    found["gap_minutes"] = found["gap_minutes"] // 60
    found = found.join(listed(side, "bidder_id", "parties_enterprise")).join(listed(side, "bid_id", "evidence_bid")).reset_index()
    tender = read("tender", ["tender_id", "buyer_id", "area_id", "currency", "budget"])
    found = found.merge(tender, on="tender_id", how="left").rename(columns={"tender_id": "subject_id", "buyer_id": "unit_id"})
    found["amount"] = (found["budget"] / 100).where(found["currency"].fillna("CNY").eq("CNY"))
    return found.drop(columns=["currency", "budget"])


def entries(bid: pd.DataFrame) -> pd.DataFrame:
    machine = bid["ip"].notna() | bid["mac"].notna() | bid["machine_code"].notna()
    entry = bid[bid["bidder_id"].notna() & ~bid["status"].isin(["withdrawn", "invited"]) & machine].copy()
    entry["lot"] = entry["lot_id"].fillna("")
    for name, unread in (("mac", UNREAD_MAC), ("machine_code", UNREAD_CODE)):
        upper = entry[name].str.upper()
        entry[name] = upper.mask(upper.str.fullmatch(unread).eq(True))
    return entry.drop(columns=["lot_id", "status"])


def hits(entry: pd.DataFrame, gap_below_minutes: float) -> pd.DataFrame:
    pair = entry.merge(entry, on=["tender_id", "lot"], suffixes=("_one", "_other"))
    pair = pair[pair["bidder_id_other"] > pair["bidder_id_one"]].copy()
    pair["same_mac"] = pair["mac_one"].eq(pair["mac_other"]) & pair["mac_one"].notna()
    pair["same_machine"] = pair["machine_code_one"].eq(pair["machine_code_other"]) & pair["machine_code_one"].notna()
    pair["gap_seconds"] = (pair["submitted_at_one"] - pair["submitted_at_other"]).dt.total_seconds().abs()
    near = pair["gap_seconds"] < 60 * gap_below_minutes
    pair["same_ip"] = pair["ip_one"].eq(pair["ip_other"]) & pair["ip_one"].notna() & near
    return pair[pair["same_mac"] | pair["same_machine"] | pair["same_ip"]]


def listed(side: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    """Each tender's distinct values of a column, in order."""
    values = side[["tender_id", column]].drop_duplicates().sort_values(column)
    return values.groupby("tender_id", sort=False).agg(**{name: (column, list)})
