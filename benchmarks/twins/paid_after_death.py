"""paid_after_death in pandas."""

from datetime import date

import pandas as pd

from benchmarks.parquet import Read


def find(read: Read, params: dict[str, float], as_of: date) -> pd.DataFrame:
    """One row for each person, paying unit and programme, as the rule's SELECT gives them."""
    person = read("person", ["person_id", "died_on"])
    dead = person[person["died_on"].notna()]
    programme = read("programme", ["programme_id", "unit_id", "lump_sum", "grace_months"]).rename(
        columns={"unit_id": "department"}
    )
    programme = programme[programme["lump_sum"].eq(False)]
    columns = ["payment_id", "person_id", "programme_id", "unit_id", "area_id", "amount", "paid_on", "period", "kind"]
    payment = read("subsidy_payment", columns)
    late = payment[payment["person_id"].isin(dead["person_id"]) & payment["kind"].ne("funeral")].merge(dead, on="person_id")
    late = late.merge(programme, on="programme_id")
    late["months_after"] = months(late["paid_on"]) - months(late["died_on"])
    grace = late["grace_months"] + params["max_lag_months"]
    owed = (period_months(late["period"]) - months(late["died_on"])).fillna(late["months_after"])
    late = late[(late["months_after"] > grace) & (owed > grace)].sort_values("payment_id")
    late["unit_id"] = late["unit_id"].fillna(late["department"])
    late["paid"] = late["amount"] > 0
    keys = ["person_id", "unit_id", "programme_id", "died_on"]
    found = late.groupby(keys, dropna=False, sort=False).agg(
        area_id=("area_id", "min"),
        payments=("paid", "sum"),
        amount=("amount", "sum"),
        months_after=("months_after", "max"),
        first_on=("paid_on", "min"),
        last_on=("paid_on", "max"),
        evidence_subsidy_payment=("payment_id", list),
    )
    found = found[found["amount"] > 0].reset_index().rename(columns={"person_id": "subject_id"})
    found["amount"] /= 100
    critical = (found["months_after"] >= params["min_months_critical"]) | (found["amount"] >= params["min_amount_critical"])
    found["severity"] = critical.map({True: "critical", False: "high"})
    found["evidence_person"] = found["subject_id"].to_frame().values.tolist()
    return found


def months(day: pd.Series) -> pd.Series:
    return day.dt.year * 12 + day.dt.month


def period_months(period: pd.Series) -> pd.Series:
    """Months of YYYY-MM, and of the December of YYYY; missing for anything else."""
    size = period.str.len()
    text = (period + "-01").where(size.eq(7), (period + "-12-01").where(size.eq(4)))
    return months(pd.to_datetime(text, format="%Y-%m-%d", errors="coerce"))
