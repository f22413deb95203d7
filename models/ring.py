"""Firms that bid together (陪标、轮流中标): pairs that meet more often than chance has it, and groups that win by turns.

What chance has it is said in models/company.py, market by market (class of item and area). A group is what takes turns, three
to six firms, of a set that bids together (models/group.py); its chance is that of models/rotation.py.
"""

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

from models.bidding import bids
from models.company import chance_of_company
from models.group import groups
from models.rotation import expected_meetings, ring_chance, turn_chance

LEAST_COMMON = 4
"""Common tenders from which a pair or group is written: three are met everywhere."""
MOST_CHANCE = 0.05
"""Pairs above it are everyday company and are not written."""
SMALLEST, LARGEST = 3, 6
"""Firms of a group: more than six can hardly agree whose turn it is."""
EVEN_PART = 0.4
"""Who takes turns has won four tenths as often as an even share would be, one turn of three missed; others of the set are honest company."""
MEETS = 3
"""Members who must bid for a tender to make it a common one of a group."""
RING_SCHEMA = pa.schema([
    ("cluster_id", pa.string()), ("kind", pa.string()), ("unit_id", pa.string()), ("firms", pa.int64()), ("tenders", pa.int64()),
    ("expected", pa.float64()), ("lift", pa.float64()), ("wins", pa.int64()), ("top_wins", pa.int64()), ("alternations", pa.int64()),
    ("p_value", pa.float64()), ("first_on", pa.date32()), ("last_on", pa.date32()), ("because", pa.string()),
])  # fmt: skip
MEMBER_SCHEMA = pa.schema(
    [("cluster_id", pa.string()), ("member_kind", pa.string()), ("member_id", pa.string()), ("because", pa.string())]
)
TENDER_SCHEMA = pa.schema([("cluster_id", pa.string()), ("tender_id", pa.string()), ("winner_id", pa.string())])
SCHEMAS = {"cluster": MEMBER_SCHEMA, "score_ring": RING_SCHEMA, "ring_tender": TENDER_SCHEMA}


def find_rings(tables: Backend) -> dict[str, pa.Table]:
    """The tables `cluster`, `score_ring` and `ring_tender`: pairs and rotating groups, ids from their members.

    Reads bid, tender, award and award_supplier. Deterministic: the order of rows does not matter.
    """
    bid = bids(tables)
    pair = _pairs(bid)
    if pair.empty:
        return {name: schema.empty_table() for name, schema in SCHEMAS.items()}
    members = pd.concat([_pair_members(pair[pair["p_value"] < MOST_CHANCE]), _group_members(bid, pair)], ignore_index=True)
    met = _meetings(bid, members)
    score = _scores(bid, members, met, pair)
    kept = members[members["cluster_id"].isin(score["cluster_id"])].assign(member_kind="enterprise", because="一同投标")
    met = met[met["cluster_id"].isin(score["cluster_id"])]
    frames = {"cluster": kept, "score_ring": score, "ring_tender": met}
    return {name: _table(frames[name], schema) for name, schema in SCHEMAS.items()}


def _table(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    ordered = frame[schema.names].sort_values(schema.names[:3], kind="stable")
    return pa.Table.from_pandas(ordered.astype(object).where(ordered.notna(), None), schema=schema, preserve_index=False)


def cluster_id(kind: str, firms: "pd.Series[Any] | list[str]") -> str:
    """The id of a pair (P) or rotating group (R): the same firms, the same id."""
    return ("RP" if kind == "pair" else "RR") + hashlib.sha256("|".join(sorted(firms)).encode()).hexdigest()[:14]


def _pairs(bid: pd.DataFrame) -> pd.DataFrame:
    """Pairs with enough common tenders, by the id of their cluster: one, other (one < other), tenders, expected, lift, p_value, strength, overlap."""
    codes, firms = pd.factorize(bid["firm"], sort=True)
    coded = bid.assign(code=codes)[["tender_id", "market", "code"]]
    both = coded.merge(coded[["tender_id", "code"]], on="tender_id", suffixes=("", "_other"))
    both = both[both["code"] < both["code_other"]]
    pair = both.groupby(["code", "code_other"], as_index=False).agg(tenders=("tender_id", "size"))
    pair = pair[pair["tenders"] >= LEAST_COMMON].reset_index(drop=True)
    held = coded.groupby(["market", "code"], as_index=False).agg(n=("tender_id", "size"))
    meet = pair.reset_index(names="pair").merge(held, on="code")
    meet = meet.merge(held.rename(columns={"code": "code_other", "n": "n_other"}), on=["code_other", "market"])
    meet["size"] = coded.groupby("market")["tender_id"].nunique().reindex(meet["market"]).to_numpy()
    pair[["expected", "lift", "p_value"]] = chance_of_company(pair, meet)
    pair["strength"] = -np.log10(pair["p_value"])
    total = coded.groupby("code")["tender_id"].nunique()
    least = np.minimum(pair["code"].map(total), pair["code_other"].map(total))
    pair = pair.assign(one=firms[pair["code"]], other=firms[pair["code_other"]], overlap=pair["tenders"] / least)
    ids = [cluster_id("pair", [one, other]) for one, other in zip(pair["one"], pair["other"], strict=True)]
    return pair.set_index(pd.Index(ids, name="cluster_id", dtype=object))


def _pair_members(pair: pd.DataFrame) -> pd.DataFrame:
    long = [pd.DataFrame({"cluster_id": pair.index, "kind": "pair", "member_id": pair[side].array}) for side in ("one", "other")]
    return pd.concat(long, ignore_index=True)


def _group_members(bid: pd.DataFrame, pair: pd.DataFrame) -> pd.DataFrame:
    """Those of each set that take turns; a group that two sets lead to stands once."""
    found = [(f"{number}", "rotation", firm) for number, firms in enumerate(groups(pair)) for firm in firms]
    sets = pd.DataFrame(found, columns=["cluster_id", "kind", "member_id"])
    wins = _meetings(bid, sets).groupby(["cluster_id", "winner_id"]).size().rename("wins").reset_index()
    even = wins.groupby("cluster_id")["wins"].transform("sum") / wins["cluster_id"].map(sets.groupby("cluster_id").size())
    core = wins[wins["wins"] >= EVEN_PART * even]
    named = [
        (cluster_id("rotation", list(firms)), firm)
        for _, firms in core.groupby("cluster_id")["winner_id"]
        if SMALLEST <= len(firms) <= LARGEST
        for firm in firms
    ]
    return pd.DataFrame(sorted(set(named)), columns=["cluster_id", "member_id"]).assign(kind="rotation")


def _meetings(bid: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Common tenders of every cluster: cluster_id, kind, tender_id, day, buyer_id, winner_id (the member that won, the first by id)."""
    firms = members.groupby("cluster_id")["member_id"].transform("size")
    long = (
        members.assign(firms=firms)
        .merge(bid, left_on="member_id", right_on="firm")
        .sort_values(["cluster_id", "tender_id", "firm"])
    )
    long["winner_id"] = long["firm"].where(long["won"])
    met = long.groupby(["cluster_id", "kind", "firms", "tender_id"], as_index=False).agg(
        bidders=("firm", "size"), day=("day", "first"), buyer_id=("buyer_id", "first"), winner_id=("winner_id", "first")
    )
    return met[met["bidders"] >= np.minimum(met["firms"], MEETS)].sort_values(["cluster_id", "day", "tender_id"])


def _scores(bid: pd.DataFrame, members: pd.DataFrame, met: pd.DataFrame, pair: pd.DataFrame) -> pd.DataFrame:
    """One row for each cluster with enough common tenders, as the contract has it."""
    score = met.groupby(["cluster_id", "kind", "firms"], as_index=False).agg(
        tenders=("tender_id", "size"), wins=("winner_id", "count"), first_on=("day", "min"), last_on=("day", "max")
    )
    score = score[score["tenders"] >= LEAST_COMMON].set_index("cluster_id")
    won = met[met["winner_id"].notna()]
    changed = won["winner_id"] != won.groupby("cluster_id")["winner_id"].shift()
    score["alternations"] = changed.groupby(won["cluster_id"]).sum() - 1
    score["top_wins"] = won.groupby(["cluster_id", "winner_id"]).size().groupby("cluster_id").max()
    score[["alternations", "top_wins"]] = score[["alternations", "top_wins"]].fillna(0).astype(int)
    score["unit_id"] = _main_buyer(met)
    score[["expected", "p_value"]] = pair[["expected", "p_value"]].reindex(score.index)
    for name in score.index[score["kind"] == "rotation"]:
        firms = members.loc[members["cluster_id"] == name, "member_id"]
        winners = won.loc[won["cluster_id"] == name, "winner_id"]
        expected = expected_meetings(bid, firms, MEETS)
        chance = ring_chance(turn_chance(list(winners), len(firms)), int(score.loc[name, "tenders"]), expected)
        score.loc[name, ["expected", "p_value"]] = expected, chance
    score = score.assign(lift=score["tenders"] / score["expected"]).reset_index()
    return score.assign(because=_because(score))


def _main_buyer(met: pd.DataFrame) -> "pd.Series[Any]":
    """The buyer of more than half of a cluster's common tenders."""
    counts = met.groupby(["cluster_id", "buyer_id"]).size().rename("n").reset_index()
    total = met.groupby("cluster_id").size().reindex(counts["cluster_id"]).to_numpy()
    return counts[counts["n"] * 2 > total].set_index("cluster_id")["buyer_id"]


def _because(score: pd.DataFrame) -> list[str]:
    columns = ("kind", "firms", "tenders", "expected", "wins", "top_wins", "alternations", "p_value")
    return [
        f"{firms}家企业共同投标{tenders}次（偶然预期{expected:.1f}次），其中{wins}次由其中一家中标，最多的一家{top}次"
        + (f"；偶然同投这么多次的概率{chance:.2g}" if kind == "pair" else
           f"，中标人轮换{turns}次；偶然结伴而又轮得这样整齐的概率{chance:.2g}")
        for kind, firms, tenders, expected, wins, top, turns, chance in zip(*(score[column] for column in columns), strict=True)
    ]  # fmt: skip
