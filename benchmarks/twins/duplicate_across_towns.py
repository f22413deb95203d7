"""duplicate_across_towns in pandas."""

from datetime import date

import pandas as pd

from benchmarks.parquet import Read

GROUP = ["person_id", "programme_id", "period"]


def find(read: Read, params: dict[str, float], as_of: date) -> pd.DataFrame:
    """One row for each person, programme, period and paying unit, as the rule's SELECT gives them."""
    payment = read("subsidy_payment", ["payment_id", *GROUP, "unit_id", "area_id", "amount", "paid_on"])
    payment = payment.dropna(subset=[*GROUP, "unit_id"])
    pairs = payment[[*GROUP, "unit_id"]].drop_duplicates()
    several = pairs.loc[pairs.duplicated(GROUP, keep=False), GROUP].drop_duplicates()
    payment = payment.merge(several, on=GROUP)
    programme = read("programme", ["programme_id", "target"])
    paid = payment.merge(programme, on="programme_id").groupby([*GROUP, "unit_id", "target"], sort=False, dropna=False)
    counted = paid.agg(
        area_id=("area_id", "min"), amount=("amount", "sum"), first_on=("paid_on", "min"), last_on=("paid_on", "max")
    ).reset_index()
    counted = counted[counted["amount"] > 0]
    counted = counted[counted["amount"] >= params["min_share"] * counted.groupby(GROUP)["amount"].transform("max")]
    counted = on_own_land(counted, read)
    counted["plot"] = counted["target"].eq("plot")
    double = counted.groupby(GROUP, sort=False).agg(
        towns=("unit_id", "size"),
        total=("amount", "sum"),
        least=("amount", "min"),
        most=("amount", "max"),
        plot=("plot", "all"),
        own=("own", "all"),
    )
    double = double[(double["towns"] >= params["min_towns"]) & ~(double["plot"] & double["own"])]
    double["same_amount"] = double["least"] == double["most"]
    proving = payment.merge(counted[[*GROUP, "unit_id"]], on=[*GROUP, "unit_id"]).sort_values("payment_id")
    proof = proving.groupby(GROUP, sort=False).agg(evidence_subsidy_payment=("payment_id", list))
    found = counted.drop(columns=["plot", "own", "target"]).merge(double[["towns", "total", "same_amount"]], on=GROUP)
    found[["amount", "total"]] /= 100
    return found.merge(proof, on=GROUP).rename(columns={"person_id": "subject_id"})


def on_own_land(counted: pd.DataFrame, read: Read) -> pd.DataFrame:
    """Say in column `own` whether the unit alone received the claim for a plot of that person, programme and year."""
    claim = read("land_claim", ["person_id", "programme_id", "year", "plot_id", "unit_id"])
    wanted = counted.loc[counted["target"].eq("plot"), ["person_id", "programme_id"]].drop_duplicates()
    claim = claim.merge(wanted, on=["person_id", "programme_id"]).dropna(subset=["plot_id", "unit_id"])
    plots = claim.groupby(["person_id", "programme_id", "year", "plot_id"], sort=False)["unit_id"].agg(["min", "max"])
    own = plots[plots["min"] == plots["max"]].reset_index().rename(columns={"min": "unit_id"})
    own = own[["person_id", "programme_id", "year", "unit_id"]].drop_duplicates()
    own["own"] = True
    own["year"] = own["year"].astype(str)
    marked = counted.assign(year=counted["period"].str[:4]).merge(
        own, on=["person_id", "programme_id", "year", "unit_id"], how="left"
    )
    return marked.assign(own=marked["own"].eq(True)).drop(columns="year")
