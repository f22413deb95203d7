"""public_employee_on_need_based_list in pandas."""

from datetime import date

import pandas as pd

from benchmarks.parquet import Read

FOUND = ["person_id", "unit_id", "programme_id"]
MONTH_END = pd.offsets.MonthEnd(0)


def find(read: Read, params: dict[str, float], as_of: date) -> pd.DataFrame:
    """One row for each person, paying unit and programme, as the rule's SELECT gives them."""
    employee = read("public_employee", ["person_id", "unit_id", "post", "starts_on", "ends_on", "paid_by_finance"])
    employee = employee[employee["paid_by_finance"].eq(True)].drop(columns="paid_by_finance")
    helped = help_of(set(employee["person_id"]), read)
    paid = helped.merge(employee.rename(columns={"unit_id": "office_unit_id"}), on="person_id")
    whole_month = paid["ends_on"].isna() | (paid["ends_on"] >= paid["month_on"] + MONTH_END)
    paid = paid[(paid["starts_on"] <= paid["month_on"]) & whole_month]
    # two posts at once are one payroll: each payment counts once
    paid = paid.sort_values(["payment_id", "starts_on", "office_unit_id", "post"]).drop_duplicates("payment_id")
    started = paid["starts_on"].dt.strftime("%Y-%m-%d")
    paid["office_key"] = paid["person_id"] + "|" + paid["office_unit_id"] + "|" + paid["post"] + "|" + started
    found = paid.groupby(FOUND, dropna=False, sort=False).agg(
        area_id=("area_id", "min"),
        months=("month_on", "nunique"),
        payments=("payment_id", "size"),
        amount=("amount", "sum"),
        first_on=("paid_on", "min"),
        last_on=("paid_on", "max"),
        evidence_subsidy_payment=("payment_id", list),
    )
    found = found[(found["months"] >= params["min_months"]) & (found["amount"] > 0)]
    found = found.join(listed(paid, "office_unit_id", "parties_unit")).join(
        listed(paid, "office_key", "evidence_public_employee")
    )
    found = found.reset_index()
    found["amount"] /= 100
    found["officials"] = found["person_id"].to_frame().values.tolist()
    return found.rename(columns={"person_id": "subject_id"})


def help_of(employed: set[str], read: Read) -> pd.DataFrame:
    """Need-based payments to these persons, each with the first day of the month it is for."""
    programme = read("programme", ["programme_id", "unit_id", "need_based"]).rename(columns={"unit_id": "department"})
    programme = programme[programme["need_based"].eq(True)].drop(columns="need_based")
    columns = ["payment_id", "person_id", "programme_id", "unit_id", "area_id", "amount", "paid_on", "period"]
    payment = read("subsidy_payment", columns)
    helped = payment[payment["person_id"].isin(employed)].merge(programme, on="programme_id")
    helped["unit_id"] = helped["unit_id"].fillna(helped["department"])
    month = (helped["period"] + "-01").where(helped["period"].str.len().eq(7))
    said = pd.to_datetime(month, format="%Y-%m-%d", errors="coerce")
    helped["month_on"] = said.fillna(helped["paid_on"].dt.to_period("M").dt.to_timestamp())
    return helped


def listed(paid: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    """Each finding's distinct values of a column, in order."""
    values = paid[[*FOUND, column]].drop_duplicates().sort_values(column)
    return values.groupby(FOUND, dropna=False, sort=False).agg(**{name: (column, list)})
