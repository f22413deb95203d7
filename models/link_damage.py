"""Damage (破损) for judging the linking: a city's records with numbers mistyped, names and addresses written otherwise, cells left empty.

What was damaged is known, so that what linking finds can be compared with it. The city's tables stand in a DuckDB connection under
their contracts' names; they are replaced there by damaged ones. Same seed, same damage.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

PAID_UNDER, TWICE_REGISTERED, FIRM_AGAIN, SHOP_UNNUMBERED, NAME_ONLY = 0.03, 0.015, 0.1, 0.3, 0.02
"""Shares of persons paid under a mistyped number, of persons and firms entered again, of shops without a code, of bans with a name only."""
SLIP = 0.05
"""Share of damaged records in which, beside the number, the name is misspelled; and so for village, birth date and move."""
NEW_ACCOUNT = 0.02
_NEAR = str.maketrans("建国明华文英达宏安兴江海金瑞", "健囯朋桦纹瑛逹弘按新姜晦全端")
"""Characters that are mistaken for others."""
Spell = Callable[[np.random.Generator, str], str]


def mistyped(rng: np.random.Generator, number: str) -> str:
    """The number with two neighbours swapped, or one character struck wrong."""
    places = [place for place in range(6, len(number) - 1) if number[place] != number[place + 1]]
    if places and rng.random() < 0.5:
        at = int(rng.choice(places))
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    at = int(rng.integers(6, len(number) - 1))
    return number[:at] + str((int(number[at]) if number[at].isdigit() else 4) + int(rng.integers(1, 10)))[-1] + number[at + 1 :]


def misspelled(rng: np.random.Generator, name: str) -> str:
    """One character of the name mistaken; in a name without such characters the second is not legible."""
    places = [place for place, sign in enumerate(name) if sign.translate(_NEAR) != sign]
    if not places:
        return name[:1] + "某" + name[2:]
    at = int(rng.choice(places))
    return name[:at] + name[at].translate(_NEAR) + name[at + 1 :]


def _other_form(rng: np.random.Generator, name: str) -> str:
    if "有限责任公司" in name:
        return name.replace("有限责任公司", "有限公司")
    return name if "股份" in name else name.replace("有限公司", "有限责任公司")


_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
NAMES: tuple[tuple[float, Spell], ...] = (
    (0.25, lambda rng, name: name),
    (0.25, _other_form),
    (0.15, lambda rng, name: name[:2] + "县" + name[2:]),
    (0.1, lambda rng, name: f"　{name[:4]} {name[4:]}"),
    (0.1, lambda rng, name: f"{name[:2]}昌顺商贸有限公司（原：{name}）"),
    (0.15, misspelled),
)
SHOP_NAMES = ((0.7, NAMES[0][1]), (0.2, NAMES[2][1]), (0.1, NAMES[3][1]))
ADDRESSES: tuple[tuple[float, Spell], ...] = (
    (0.4, lambda rng, address: address),
    (0.2, lambda rng, address: f"江临县{address}"),
    (0.2, lambda rng, address: address.translate(_WIDE)),
    (0.1, lambda rng, address: address.replace("号", "号院")),
    (0.1, lambda rng, address: f"迁建路{int(rng.integers(1, 900))}号"),
)
"""Ways of writing, each with its share."""


def _spelled(rng: np.random.Generator, ways: tuple[tuple[float, Spell], ...], texts: "pd.Series[str]") -> list[str]:
    picked = rng.choice(len(ways), len(texts), p=[share for share, _ in ways])
    return [ways[way][1](rng, text) for way, text in zip(picked, texts, strict=True)]


def damage(con: DuckDBPyConnection, seed: int) -> pd.DataFrame:
    """Damage the tables in place; returns record_id, entity_id, kind, how, of every damaged record (entity_id: whose it is)."""
    rng = np.random.default_rng(seed)
    done = [
        _paid_under_another_number(con, rng),
        _registered_twice(con, rng),
        _firms_again(con, rng),
        _shops(con, rng),
        _bans(con, rng),
    ]
    return pd.concat(done, ignore_index=True)


def _picked(rng: np.random.Generator, frame: pd.DataFrame, share: float) -> pd.DataFrame:
    return frame.iloc[np.flatnonzero(rng.random(len(frame)) < share)].reset_index(drop=True).copy()


def _paid_under_another_number(con: DuckDBPyConnection, rng: np.random.Generator) -> pd.DataFrame:
    """A year's list of one programme has a mistyped number, or one payment has; some misspell the name, leave out the village, pay to a new account."""
    lists = con.execute(
        "SELECT person_id, min((s.programme_id, year(s.paid_on))) AS list, min_by(s.account_name, (s.programme_id, year(s.paid_on))) AS name, min(s.payment_id) AS payment, list[1] AS programme_id, list[2] AS year"
        " FROM subsidy_payment s JOIN person p USING (person_id) WHERE s.account_name IS NOT NULL GROUP BY person_id ORDER BY person_id"
    ).df()
    hit = _picked(rng, lists, PAID_UNDER)
    hit["typed"] = [mistyped(rng, number) for number in hit["person_id"]]
    draw = rng.random((4, len(hit)))
    hit["once"] = draw[3] < 0.5
    hit["spelled"] = [misspelled(rng, name) if low else name for name, low in zip(hit["name"], draw[0] < SLIP, strict=True)]
    hit["no_village"], hit["account"] = (
        draw[1] < SLIP,
        [f"62299{number:014d}" if low else None for number, low in enumerate(draw[2] < NEW_ACCOUNT)],
    )
    con.register("hit", hit)
    con.execute(
        "CREATE OR REPLACE TABLE subsidy_payment AS SELECT s.* REPLACE (coalesce(h.typed, s.person_id) AS person_id,"
        " CASE WHEN h.typed IS NULL THEN s.account_name ELSE h.spelled END AS account_name, coalesce(h.account, s.account_id) AS account_id,"
        " CASE WHEN h.no_village THEN NULL ELSE s.area_id END AS area_id)"
        " FROM subsidy_payment s LEFT JOIN hit h ON h.person_id = s.person_id AND CASE WHEN h.once THEN h.payment = s.payment_id ELSE h.programme_id = s.programme_id AND h.year = year(s.paid_on) END"
    )
    con.unregister("hit")
    how = np.select(
        [draw[2] < NEW_ACCOUNT, draw[0] < SLIP, draw[1] < SLIP],
        ["paid, new account", "paid, name misspelled", "paid, no village"],
        np.where(draw[3] < 0.5, "paid, once", "paid, a year's list"),
    )
    return _truth("person", hit["typed"], hit["person_id"], how)


def _registered_twice(con: DuckDBPyConnection, rng: np.random.Generator) -> pd.DataFrame:
    """Persons entered again under a number whose check digit does not fit."""
    folk = con.execute("SELECT * FROM person WHERE died_on IS NULL AND born_on IS NOT NULL ORDER BY person_id").df()
    again = _picked(rng, folk, TWICE_REGISTERED)
    owner = again["person_id"].copy()
    draw = rng.random((4, len(again)))
    again["person_id"] = [mistyped(rng, number) for number in owner]
    again["name"] = [misspelled(rng, name) if low else name for name, low in zip(again["name"], draw[0] < SLIP, strict=True)]
    moved = draw[1] < SLIP
    again.loc[moved, "area_id"] = rng.permutation(folk["area_id"].to_numpy())[: int(moved.sum())]
    again.loc[draw[1] > 1 - SLIP, "area_id"] = None
    wrong = draw[2] < SLIP
    again.loc[wrong, "born_on"] = again.loc[wrong, "born_on"].map(lambda day: day.replace(day=day.day % 28 + 1))
    again.loc[draw[3] < 0.5, "household_id"] = None
    again["id_problem"] = "check_digit"
    _add(con, "person", again)
    how = np.select([draw[0] < SLIP, moved, draw[1] > 1 - SLIP, wrong], ["again, name misspelled", "again, elsewhere", "again, no village", "again, birth mistyped"], "again")  # fmt: skip
    return _truth("person", again["person_id"], owner, how)


def _firms_again(con: DuckDBPyConnection, rng: np.random.Generator) -> pd.DataFrame:
    """Firms entered again, under a mistyped code or the old registration number, written another way."""
    firms = con.execute("SELECT * FROM enterprise ORDER BY enterprise_id").df()
    again = _picked(rng, firms, FIRM_AGAIN)
    owner, draw = again["enterprise_id"].copy(), rng.random((5, len(again)))
    again["enterprise_id"] = [mistyped(rng, code) if low else f"3206{int(rng.integers(10**10, 10**11)):011d}" for code, low in zip(owner, draw[0] < 0.7, strict=True)]  # fmt: skip
    again["name"] = _spelled(rng, NAMES, again["name"])
    again["address"] = _spelled(rng, ADDRESSES, again["address"])
    for place, (column, blank) in enumerate((("address", 0.15), ("phone", 0.4), ("legal_rep_id", 0.3), ("area_id", 0.2)), 1):
        again.loc[draw[place] < blank, column] = None
    again.loc[draw[2] > 0.9, "phone"] = [f"139{number:08d}" for number in range(int((draw[2] > 0.9).sum()))]
    _add(con, "enterprise", again)
    return _truth("enterprise", again["enterprise_id"], owner, np.where(draw[0] < 0.7, "mistyped code", "old number"))


def _shops(con: DuckDBPyConnection, rng: np.random.Generator) -> pd.DataFrame:
    """Shops of the voucher scheme entered by name and village only."""
    shops = con.execute(
        "SELECT merchant_id, m.enterprise_id, m.name FROM merchant m JOIN enterprise USING (enterprise_id) ORDER BY ALL"
    ).df()
    hit = _picked(rng, shops.drop_duplicates("enterprise_id"), SHOP_UNNUMBERED)
    hit["spelled"] = _spelled(rng, SHOP_NAMES, hit["name"])
    con.register("hit", hit)
    con.execute(
        "CREATE OR REPLACE TABLE merchant AS SELECT m.* REPLACE (CASE WHEN h.merchant_id IS NULL THEN m.enterprise_id END AS enterprise_id,"
        " coalesce(h.spelled, m.name) AS name) FROM merchant m LEFT JOIN hit h USING (merchant_id)"
    )
    con.unregister("hit")
    return _truth(
        "enterprise", "merchant:" + hit["merchant_id"], hit["enterprise_id"], np.full(len(hit), "shop by name and village")
    )


def _bans(con: DuckDBPyConnection, rng: np.random.Generator) -> pd.DataFrame:
    """Bans that give a firm's name and nothing else: these must not be joined, however the name agrees."""
    firms = con.execute(
        "SELECT enterprise_id, name FROM enterprise WHERE good_code(enterprise_id) AND kind = 'firm' ORDER BY 1"
    ).df()
    hit = _picked(rng, firms, NAME_ONLY)
    rows = pd.DataFrame(
        {
            "debarment_id": [f"DBX{number:05d}" for number in range(len(hit))],
            "name": hit["name"],
            "starts_on": pd.Timestamp("2024-01-01"),
        }
    )
    _add(con, "debarment", rows)
    return _truth("enterprise", "debarment:" + rows["debarment_id"], hit["enterprise_id"], np.full(len(hit), "name only"))


def _add(con: DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    con.register("added", rows.drop_duplicates(rows.columns[0]))
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM added")  # noqa: S608 names of contracts
    con.unregister("added")


def _truth(
    kind: str, records: "pd.Series[str]", entities: "pd.Series[str]", how: "np.ndarray[tuple[int], np.dtype[np.str_]]"
) -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, "record_id": records.to_numpy(object), "entity_id": entities.to_numpy(object), "how": how})
