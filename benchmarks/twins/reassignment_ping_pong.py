"""reassignment_ping_pong in pandas."""

from datetime import date

import pandas as pd

from benchmarks.parquet import Read

ARRIVES = ["dispatch", "reassign"]
LEAVES = ["returned", "reassign"]


def find(read: Read, params: dict[str, float], as_of: date) -> pd.DataFrame:
    """One row for each ticket, as the rule's SELECT gives them."""
    flow = read("ticket_flow", ["ticket_id", "seq", "action", "to_unit_id", "acted_at"])
    flow["returned"] = flow["action"].eq("returned")
    flow["passed"] = flow["action"].isin(LEAVES)
    passing = flow.groupby("ticket_id", sort=False).agg(
        returns=("returned", "sum"), passes=("passed", "sum"), first_on=("acted_at", "min"), last_on=("acted_at", "max")
    )
    passing = passing.join(travels(flow))
    passing[["units", "back_again"]] = passing[["units", "back_again"]].fillna(0).astype(int)
    many_units = (passing["units"] >= params["min_units"]) & (passing["passes"] >= params["min_passes"])
    passing = passing[(passing["returns"] >= params["min_returns"]) | many_units | (passing["back_again"] > 0)]
    ticket = read("ticket", ["ticket_id", "unit_id", "area_id", "merged_into", "regime"])
    ticket = ticket[ticket["merged_into"].isna() & ticket["regime"].ne("accusation")].drop(columns=["merged_into", "regime"])
    found = ticket.merge(passing.drop(columns="passes"), on="ticket_id").merge(
        steps(flow, passing.index), on="ticket_id", how="left"
    )
    found["first_on"], found["last_on"] = found["first_on"].dt.normalize(), found["last_on"].dt.normalize()
    found["days"] = (found["last_on"] - found["first_on"]).dt.days
    found["severity"] = (found["returns"] >= params["min_returns_high"]).map({True: "high", False: "medium"})
    found["evidence_ticket"] = found["ticket_id"].to_frame().values.tolist()
    return found.rename(columns={"ticket_id": "subject_id"})


def travels(flow: pd.DataFrame) -> pd.DataFrame:
    """How many units each ticket came to, and how often to one that had had it before."""
    visit = flow[flow["action"].isin(ARRIVES) & flow["to_unit_id"].notna()].sort_values(["ticket_id", "seq"])
    moved = visit["ticket_id"].ne(visit["ticket_id"].shift()) | visit["to_unit_id"].ne(visit["to_unit_id"].shift())
    stays = visit[moved].groupby(["ticket_id", "to_unit_id"], sort=False).size()
    travel = stays.groupby("ticket_id", sort=False).agg(["size", "sum"])
    return pd.DataFrame({"units": travel["size"], "back_again": travel["sum"] - travel["size"]})


def steps(flow: pd.DataFrame, tickets: pd.Index) -> pd.DataFrame:
    step = flow[flow["ticket_id"].isin(tickets) & flow["action"].isin([*ARRIVES, "returned"])]
    keys = pd.DataFrame({"ticket_id": step["ticket_id"], "key": step["ticket_id"] + "|" + step["seq"].astype(str)})
    return keys.sort_values("key").groupby("ticket_id", sort=False).agg(evidence_ticket_flow=("key", list)).reset_index()
