"""How well linking finds who is who (关联评测): on a city's clean tables, damaged in a known way.

Precision and recall are of pairs of records: of those joined, how many are one; of those that are one, how many are joined. Numbers and
names are sealed nowhere here, but persons are compared by equality only, as in the lake.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from duckdb import DuckDBPyConnection
from ibis import duckdb as ibis_duckdb
from sklearn.base import BaseEstimator

from datasets.contract import read_contracts
from models.learned import Progress
from models.link import READS, link_entities
from models.link_cluster import CAP
from models.link_damage import damage
from models.link_text import make_macros

SEED = 42
NAME_ONLY = "name only"


@dataclass(frozen=True)
class Linking:
    """Linking among the learned models, so that it is judged by the same command; its weights are declared, nothing is learned."""

    name: str = "linking"

    def read(self, paths: Sequence[Path], labelled: bool = True) -> pd.DataFrame:
        """table, path of the clean city's Parquet files. Raises ValueError naming the tables that are missing."""
        return read(paths)

    def fit(self, rows: pd.DataFrame) -> BaseEstimator:
        """Raises ValueError: there is nothing to learn."""
        raise ValueError(
            "linking learns nothing: its match weights are declared in models/link_person.py and models/link_firm.py"
        )

    def evaluate(self, rows: pd.DataFrame, progress: Progress) -> dict[str, object]:
        """See `evaluate` below."""
        return evaluate(rows, progress)

    def predict(self, fitted: BaseEstimator | None, rows: pd.DataFrame) -> pd.DataFrame:
        """Abstains: records are linked by a run, over all tables at once."""
        return rows.assign(abstained=True, because="关联由 guantong run 对全部数据表一并进行，不对单个文件预测")


def read(paths: Sequence[Path]) -> pd.DataFrame:
    """table, path of the clean city's Parquet files. Raises ValueError naming the tables that are missing."""
    found = {path.stem: path for path in paths if path.suffix == ".parquet"}
    needed = {
        "person",
        "household",
        "enterprise",
        "subsidy_payment",
        "bid",
        "merchant",
        "debarment",
        "area",
        "kinship",
        "shareholding",
    }
    if missing := sorted(needed - found.keys()):
        raise ValueError(
            f"linking is judged on the clean tables of a city (guantong city --form clean): missing {', '.join(missing)}.parquet"
        )
    return pd.DataFrame({"table": list(found), "path": [str(path) for path in found.values()]})


def evaluate(rows: pd.DataFrame, progress: Progress, seed: int = SEED) -> dict[str, object]:
    """Pair precision and recall for persons and firms, recall by kind of damage, and the largest cluster."""
    tables = ibis_duckdb.connect()
    con = tables.con
    progress("linking", 0, 3)
    _load(con, dict(zip(rows["table"], rows["path"], strict=True)))
    make_macros(con)
    truth = damage(con, seed)
    progress("linking", 1, 3)
    made = link_entities(tables)
    progress("linking", 2, 3)
    sizes = made["cluster"].to_pandas().groupby("cluster_id").size()
    entity = made["entity"].to_pandas()
    figures: dict[str, object] = {
        kind: _judged(entity[entity["kind"] == kind], truth[truth["kind"] == kind]) for kind in ("person", "enterprise")
    }
    tables.disconnect()
    return figures | {
        "clusters": {"cap": CAP, "found": len(sizes), "largest": int(sizes.max()) if len(sizes) else 0},
        "seed": seed,
    }


def _load(con: DuckDBPyConnection, paths: dict[str, str]) -> None:
    """Every table that linking reads, on its contract; one that has no file is empty."""
    contracts = read_contracts()
    for name in (*READS, "cluster"):
        columns = ", ".join(f'"{column}" {spec.duckdb_type}' for column, spec in contracts[name].columns.items())
        con.execute(f"CREATE TABLE {name} ({columns}, batch_id VARCHAR, sheet VARCHAR, row_no BIGINT)")
        if name in paths:
            rows = f"SELECT *, '{name}' AS batch_id, row_number() OVER () AS row_no FROM read_parquet(?)"  # noqa: S608 names of contracts
            con.execute(f"INSERT INTO {name} BY NAME {rows}", [paths[name]])


def _judged(entity: pd.DataFrame, truth: pd.DataFrame) -> dict[str, object]:
    owner = dict(zip(truth["record_id"], truth["entity_id"], strict=True))
    said = dict(zip(entity["record_id"], entity["entity_id"], strict=True))
    alone = set(truth.loc[truth["how"] == NAME_ONLY, "record_id"])
    found = _pairs(
        {record: name for record, name in said.items() if name != record} | {name: name for name in set(said.values())}
    )
    real = _pairs(
        {record: name for record, name in owner.items() if record not in alone and record in said}
        | {name: name for name in owner.values()}
    )
    # the city has slips of its own: two numbers that differ by a slip, joined, are right
    right = found & real | {pair for pair in found - real if _a_slip(*pair)}
    damaged = truth[truth["record_id"].isin(said)]
    hit = [said[record] == said.get(name, name) for record, name in zip(damaged["record_id"], damaged["entity_id"], strict=True)]
    by_how = pd.Series(hit, index=damaged["how"]).groupby(level=0).agg(["sum", "size"])
    return {
        "precision": len(right) / len(found) if found else None, "recall": len(found & real) / len(real) if real else None,
        "joined": len(found), "wrong": len(found) - len(right), "to_find": len(real),
        "joined_of": {str(how): f"{int(row['sum'])}/{int(row['size'])}" for how, row in by_how.iterrows()},
    }  # fmt: skip


def _pairs(entity_of: dict[str, str]) -> set[tuple[str, str]]:
    groups = pd.Series(entity_of).groupby(lambda record: entity_of[record]).groups
    return {(one, other) for group in groups.values() for one in group for other in group if one < other}


def _a_slip(one: str, other: str) -> bool:
    """Whether two numbers of one length differ in at most two neighbouring characters."""
    apart = [place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right]
    return len(one) == len(other) and (len(apart) <= 1 or len(apart) == 2 and apart[1] == apart[0] + 1)


LEARNER = Linking()
