"""several_persons_one_account in pandas."""

from datetime import date

import pandas as pd

from benchmarks.parquet import Read

PAIR = ["account_id", "person_id"]
TIE = ["account_id", "centre_id", "person_id"]


def find(read: Read, params: dict[str, float], as_of: date) -> pd.DataFrame:
    """One row for each account, paying unit and programme, as the rule's SELECT gives them."""
    paid = shared_payments(read)
    person = read("person", ["person_id", "household_id", "name", "area_id"]).rename(columns={"area_id": "home_id"})
    payee = payees(paid, person)
    family = families(payee, kin_of(payee, read), person)
    suspect = suspects(payee, family, read, params)
    seen = paid.merge(suspect, on="account_id")
    at_home = family.assign(at_home=True)
    seen = seen.merge(at_home, on=TIE, how="left")
    # without a known holder nobody's money is certainly at home on the account
    seen["foreign_money"] = seen["at_home"].ne(True) | ~seen["is_holder"]
    return findings(seen, params)


def shared_payments(read: Read) -> pd.DataFrame:
    columns = ["payment_id", "account_id", "account_name", "person_id", "programme_id", "unit_id", "amount", "paid_on", "area_id"]
    payment = read("subsidy_payment", columns).dropna(subset=PAIR)
    pairs = payment[PAIR].drop_duplicates()
    shared = pairs.loc[pairs["account_id"].duplicated(keep=False), "account_id"].drop_duplicates()
    paid = payment[payment["account_id"].isin(shared)]
    programme = read("programme", ["programme_id", "unit_id"]).rename(columns={"unit_id": "department"})
    paid = paid.merge(programme, on="programme_id", how="left")
    paid["unit_id"] = paid["unit_id"].fillna(paid["department"])
    status = read("status_period", ["person_id", "status", "starts_on", "ends_on"])
    ward = paid[["payment_id", "person_id", "paid_on"]].merge(status[status["status"].eq("guardian")], on="person_id")
    in_force = (ward["starts_on"] <= ward["paid_on"]) & (ward["ends_on"].isna() | (ward["ends_on"] >= ward["paid_on"]))
    return paid[~paid["payment_id"].isin(ward.loc[in_force, "payment_id"])]


def payees(paid: pd.DataFrame, person: pd.DataFrame) -> pd.DataFrame:
    known = paid.merge(person, on="person_id", how="left")
    known["is_holder"] = known["account_name"].eq(known["name"]) & known["name"].notna()
    grouped = known.groupby([*PAIR, "household_id", "home_id"], dropna=False, sort=False)
    return grouped.agg(is_holder=("is_holder", "any"), first_on=("paid_on", "min"), last_on=("paid_on", "max")).reset_index()


def kin_of(payee: pd.DataFrame, read: Read) -> pd.DataFrame:
    kinship = read("kinship", ["person_id", "relative_id"])
    back = kinship.rename(columns={"person_id": "relative_id", "relative_id": "person_id"})
    sides = [side[side["person_id"].isin(payee["person_id"])] for side in (kinship, back)]
    return pd.concat(sides, ignore_index=True).drop_duplicates()


def families(payee: pd.DataFrame, kin: pd.DataFrame, person: pd.DataFrame) -> pd.DataFrame:
    """(account, centre, person): for each recipient taken as the centre, whom a family would collect for."""
    housed = payee.dropna(subset="household_id")[["account_id", "person_id", "household_id"]]
    centre = payee[PAIR].rename(columns={"person_id": "centre_id"})
    own = payee[PAIR].assign(centre_id=payee["person_id"])
    home = housed.rename(columns={"person_id": "centre_id"}).merge(housed, on=["account_id", "household_id"])
    tied = centre.merge(kin.rename(columns={"person_id": "centre_id"}), on="centre_id")
    relative = tied.rename(columns={"relative_id": "person_id"}).merge(payee[PAIR], on=PAIR)
    homes = person[["person_id", "household_id"]].dropna().rename(columns={"person_id": "relative_id"})
    near = tied.merge(homes, on="relative_id").merge(housed, on=["account_id", "household_id"])
    return pd.concat([part[TIE] for part in (own, home, relative, near)], ignore_index=True).drop_duplicates()


def suspects(payee: pd.DataFrame, family: pd.DataFrame, read: Read, params: dict[str, float]) -> pd.DataFrame:
    account = payee.groupby("account_id", sort=False).agg(persons=("person_id", "size"), households=("household_id", "nunique"))
    tied = family.groupby(["account_id", "centre_id"], sort=False).size().rename("relatives").reset_index()
    centre = tied.merge(payee.rename(columns={"person_id": "centre_id"}), on=["account_id", "centre_id"]).merge(
        account, on="account_id"
    )
    order = centre.sort_values(["is_holder", "relatives", "centre_id"], ascending=[False, False, True])
    centre = order.drop_duplicates("account_id").assign(outsiders=lambda found: found["persons"] - found["relatives"])
    many = (centre["households"] > params["max_households"]) | (centre["persons"] > params["max_persons"])
    centre = centre[(centre["outsiders"] >= 1) & many]
    employee = read("public_employee", ["person_id", "starts_on", "ends_on"]).rename(columns={"person_id": "centre_id"})
    post = centre[["centre_id", "account_id", "first_on", "last_on"]].merge(employee, on="centre_id")
    held = (post["starts_on"] <= post["last_on"]) & (post["ends_on"].isna() | (post["ends_on"] >= post["first_on"]))
    centre["holder_official"] = centre["account_id"].isin(post.loc[held, "account_id"]) & centre["is_holder"]
    centre["home_id"] = centre["home_id"].where(centre["is_holder"])
    return centre[["account_id", "centre_id", "is_holder", "home_id", "persons", "households", "outsiders", "holder_official"]]


def findings(seen: pd.DataFrame, params: dict[str, float]) -> pd.DataFrame:
    keys = [
        "account_id",
        "unit_id",
        "programme_id",
        "persons",
        "recipients",
        "households",
        "outsiders",
        "is_holder",
        "home_id",
        "holder_official",
        "centre_id",
    ]
    seen = seen.sort_values("payment_id")
    seen["recipients"] = seen.groupby(["account_id", "programme_id"])["person_id"].transform("nunique")
    all_money = seen.groupby(keys, dropna=False, sort=False)
    foreign = seen[seen["foreign_money"]]
    foreign_money = foreign.groupby(keys, dropna=False, sort=False)
    people = foreign[[*keys, "person_id"]].drop_duplicates().sort_values("person_id").groupby(keys, dropna=False, sort=False)
    found = foreign_money.agg(amount=("amount", "sum"), first_on=("paid_on", "min"), last_on=("paid_on", "max"))
    found = found[found["amount"] > 0]
    found = found.join(
        all_money.agg(area_id=("area_id", "min"), other_area=("area_id", "max"), evidence_subsidy_payment=("payment_id", list))
    )
    found = found.join(people.agg(parties_person=("person_id", list))).reset_index()
    found["amount"] /= 100
    found["severity"] = (found["recipients"] > params["max_persons"]).map({True: "medium", False: "low"})
    found.loc[found["holder_official"], "severity"] = "high"
    found["officials"] = found["centre_id"].to_frame().values.tolist()
    found.loc[~found["holder_official"], "officials"] = None
    # the holder's village; without a holder the recipients' own when it is one
    one_village = found["area_id"].where(found["area_id"].eq(found["other_area"]))
    found["area_id"] = found["home_id"].fillna(one_village)
    return found.drop(columns=["centre_id", "home_id", "other_area"]).rename(
        columns={"account_id": "subject_id", "is_holder": "holder_known"}
    )
