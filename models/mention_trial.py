"""How well mentions are found (提及评测): on a city's clean tables, in tickets that name its entities rightly, short, damaged or misspelled.

Each ticket of the trial is a ticket of the city that names no place, with a sentence put before it that speaks of one entity; which one
is known. Its area is what a hotline knows: mostly where the entity is. Not used by the finder: how names are misspelled here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection
from ibis import duckdb as ibis_duckdb
from ibis.backends.duckdb import Backend
from sklearn.base import BaseEstimator

from models.learned import SEED, Progress
from models.mention import find_mentions

TABLES = ("area", "unit", "enterprise", "programme", "warehouse", "ticket")
MOST = 4_000
"""Tickets of the trial."""
AREA_KNOWN = 0.8
"""Share of tickets whose town or village the hotline noted."""
SENTENCES = ("反映{}的事情，", "来电人说{}有问题。", "我要投诉{}，", "去{}问过几次，", "想问{}怎么处理？")
_SOUND = str.maketrans("东建国明华英达宏安兴江金新红石海泰永福林长平桥", "冬健过名花应大洪按星将进心洪时还太勇富临常坪乔")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
Spell = Callable[[np.random.Generator, str, str], str]
NAMED = """
SELECT 'village' AS kind, area_id AS entity, name, area_id AS area FROM area WHERE level = 'village'
UNION ALL SELECT 'town', area_id, name, area_id FROM area WHERE level = 'town'
UNION ALL SELECT 'unit', unit_id, name, area_id FROM unit
UNION ALL SELECT 'enterprise', enterprise_id, name, area_id FROM enterprise
UNION ALL SELECT 'programme', programme_id, name, NULL FROM programme
UNION ALL SELECT 'warehouse', warehouse_id, name, area_id FROM warehouse
"""


def short(rng: np.random.Generator, kind: str, name: str) -> str:
    """As people shorten it: no county, no legal form, 村委会 for 村民委员会."""
    if kind == "unit":
        name = name.replace("村民委员会", "村委会").replace("社区居民委员会", "社区居委会")
        return name.replace("人民政府", "政府").replace("街道办事处", "街道办")
    return name.replace("有限责任公司", "").replace("有限公司", "") if kind in ("enterprise", "warehouse") else name


def misspelled(rng: np.random.Generator, kind: str, name: str) -> str:
    """One character as it sounds; a name without such characters stays right."""
    places = [at for at, sign in enumerate(name) if sign.translate(_SOUND) != sign]
    if not places:
        return name
    at = int(rng.choice(places))
    return name[:at] + name[at].translate(_SOUND) + name[at + 1 :]


WAYS: dict[str, Spell] = {
    "right": lambda rng, kind, name: name,
    "short": short,
    "wide": lambda rng, kind, name: name.translate(_WIDE),
    "broken": lambda rng, kind, name: name[: len(name) // 2] + " " + name[len(name) // 2 :],
    "misspelled": misspelled,
    "character left out": lambda rng, kind, name: name[:1] + name[2:],
}
"""The last cannot be found yet; it is here so that the figures say so."""

SHARES = (0.35, 0.22, 0.1, 0.1, 0.2, 0.03)


@dataclass(frozen=True)
class MentionTrial:
    """Not a model that learns: judged like one."""

    name: str = "mentions"

    def read(self, paths: Sequence[Path], labelled: bool = True) -> pd.DataFrame:
        """table, path of the clean city's Parquet files. Raises ValueError naming the tables that are missing."""
        found = {path.stem: str(path) for path in paths if path.suffix == ".parquet"}
        if missing := [name for name in TABLES if name not in found]:
            raise ValueError(f"mentions are judged on the clean tables of a city (guantong city --form clean): missing {missing}")
        return pd.DataFrame({"table": list(TABLES), "path": [found[name] for name in TABLES]})

    def fit(self, rows: pd.DataFrame) -> BaseEstimator:
        """Nothing is learned."""
        return BaseEstimator()

    def evaluate(self, rows: pd.DataFrame, progress: Progress) -> dict[str, object]:
        """Precision of what is found, recall of what was named, by way of writing and by kind; names that nobody could tell are left out.

        A name that two entities of a kind share, with no town named and none known, has no right answer: finding nothing is right.
        """
        tables = ibis_duckdb.connect()
        for table, path in zip(rows["table"], rows["path"], strict=True):
            tables.con.execute(f'CREATE TABLE "{table}" AS SELECT * FROM read_parquet(?)', [path])  # noqa: S608  # of TABLES
        progress(self.name, 0, 1)
        return judged(tables, plant(tables.con, SEED))

    def predict(self, fitted: BaseEstimator | None, rows: pd.DataFrame) -> pd.DataFrame:
        """Mentions are written by `guantong run` as the table `mention`; here nothing is told."""
        return rows.assign(abstained=True, because="提及由 guantong run 写入 mention 表")


def plant(con: DuckDBPyConnection, seed: int) -> pd.DataFrame:
    """Replace the tickets by the trial's; returns ticket_id, kind, entity, way of what each names."""
    rng = np.random.default_rng(seed)
    named: pd.DataFrame = con.execute(f"SELECT * FROM ({NAMED}) ORDER BY kind, entity").fetch_df().astype(object)  # noqa: S608
    named = named[named["name"].notna()].reset_index(drop=True)
    bodies = _bodies_without_names(con)
    named["shared"] = named.groupby(["kind", "name"])["entity"].transform("nunique") > 1
    kinds = named["kind"].unique()
    chosen: pd.DataFrame = pd.concat(
        [named[named["kind"] == kind].sample(MOST // len(kinds), replace=True, random_state=seed) for kind in kinds]
    )
    chosen["way"] = rng.choice(list(WAYS), len(chosen), p=SHARES)
    said = [WAYS[way](rng, kind, name) for way, kind, name in zip(chosen["way"], chosen["kind"], chosen["name"], strict=True)]
    chosen["ticket_id"] = [f"TM{number:05}" for number in range(len(chosen))]
    chosen["body"] = [
        SENTENCES[rng.integers(len(SENTENCES))].format(name) + bodies[rng.integers(len(bodies))] for name in said
    ]  # fmt: skip
    chosen["area_id"] = chosen["area"].where(rng.random(len(chosen)) < AREA_KNOWN, None)
    con.register("trial", chosen)
    con.execute("DELETE FROM ticket")
    con.execute("INSERT INTO ticket (ticket_id, body, area_id) SELECT ticket_id, body, area_id FROM trial")
    return chosen


def _bodies_without_names(con: DuckDBPyConnection) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Texts of the city that name nobody: no whole name stands in them, nor a name without its county, town or legal form."""
    bare = r"^(.{2}县|.{2})(.{2}镇|.{2}乡)?|(股份|有限|责任|公司)+$"
    bodies: np.ndarray[tuple[int], np.dtype[np.object_]] = (
        con.execute(
            f"""
        WITH named AS (SELECT DISTINCT name FROM ({NAMED}) WHERE name IS NOT NULL), part AS (
            SELECT name FROM named UNION SELECT regexp_replace(name, ?, '', 'g') FROM named
        ), said AS (SELECT DISTINCT body FROM ticket WHERE place IS NULL AND body IS NOT NULL)
        SELECT body FROM said WHERE NOT EXISTS (SELECT 1 FROM part WHERE length(name) >= 3 AND contains(body, name))
        ORDER BY body LIMIT 1000""",  # noqa: S608  # a constant
            [bare],
        )
        .fetch_df()["body"]
        .to_numpy(dtype=object)
    )
    return bodies


def judged(tables: Backend, truth: pd.DataFrame) -> dict[str, object]:
    """Precision and recall against what was planted."""
    found = find_mentions(tables).to_pandas()
    found = found[found["entity_kind"].isin(truth["kind"].unique())]  # sums and dates of the carriers are not asked about
    pairs = found[["ticket_id", "entity_kind", "entity_id"]].drop_duplicates()
    met = pairs.merge(truth, on="ticket_id")
    right = (met["entity_kind"] == met["kind"]) & (met["entity_id"] == met["entity"])
    # a unit's or a warehouse's name holds its place's: both are spoken of
    towns = dict(tables.con.execute("SELECT area_id, parent_id FROM area").fetchall())
    home = met["entity_kind"].isin(["village", "town"]) & (
        (met["entity_id"] == met["area"]) | (met["entity_id"] == met["area"].map(towns))
    )
    told = set(met.loc[right, "ticket_id"])
    doubtful = truth["shared"].astype(bool) & truth["area_id"].isna()
    asked = truth[~doubtful]
    hit = asked["ticket_id"].isin(told)
    return {
        "named": len(asked), "told": len(met), "left_out_as_ambiguous": int(doubtful.sum()),
        "precision": float((right | home).mean()), "recall": float(hit.mean()),
        "recall_by_way": {way: float(some.mean()) for way, some in hit.groupby(asked["way"])},
        "recall_by_kind": {kind: float(some.mean()) for kind, some in hit.groupby(asked["kind"])},
        "precision_by_kind": {kind: float(some.mean()) for kind, some in (right | home).groupby(met["entity_kind"])},
    }  # fmt: skip


LEARNER = MentionTrial()
