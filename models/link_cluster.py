"""Groups of tied firms and persons (团组): connected by strong ties, or by two weak ones; never larger than a cap.

A strong tie is control or a purse: shares, the legal representative, one account, one device. A phone, an address, an agent or
kin between those behind two firms is weak: one of them ties nobody, two different ones do. What is still too large is looked at
again without the weak ties, then without the shares, and left out when it stays too large: a courier's phone never joins a county.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

CAP = 30
"""Members of a cluster at most: nobody can look through more ties than those of thirty."""
WORDS = {
    "legal_rep": "法定代表人", "shared_account": "共用账户", "shared_device": "共用设备", "shareholding": "股权", "shared_phone": "共用电话",
    "shared_address": "同一地址", "kinship": "实际控制人为亲属", "agent": "同一投标委托人",
}  # fmt: skip
_EDGES = """
WITH behind AS (
  SELECT DISTINCT from_id AS person_id, to_id AS firm_id FROM tie WHERE from_kind = 'person' AND kind IN ('legal_rep', 'shareholding')
),
weak AS (
  SELECT from_id AS one, to_id AS other, kind FROM tie WHERE from_kind = 'enterprise' AND to_kind = 'enterprise' AND kind IN ('shared_phone', 'shared_address')
  UNION
  SELECT least(a.firm_id, b.firm_id), greatest(a.firm_id, b.firm_id), 'kinship'
  FROM tie t JOIN behind a ON a.person_id = t.from_id JOIN behind b ON b.person_id = t.to_id
  WHERE t.kind = 'kinship' AND a.firm_id <> b.firm_id
  UNION
  SELECT a.to_id, b.to_id, 'agent' FROM tie a JOIN tie b ON b.from_id = a.from_id AND b.to_id > a.to_id AND b.kind = 'agent' WHERE a.kind = 'agent'
)
SELECT 'enterprise ' || one AS one, 'enterprise ' || other AS other, 3 AS grade, list_sort(list(kind)) AS kinds
FROM weak GROUP BY one, other HAVING count(*) > 1
UNION ALL
SELECT from_kind || ' ' || from_id, to_kind || ' ' || to_id, CASE WHEN kind = 'shareholding' THEN 2 ELSE 1 END, [kind]
FROM tie WHERE kind IN ('legal_rep', 'shareholding', 'shared_account', 'shared_device')
ORDER BY ALL
"""
"""Ties as edges: the two sides as `kind id`, the grade from 1 (strong) to 3 (two weak ones), the kinds of tie."""
SCHEMA = ("cluster_id", "member_kind", "member_id", "because")


def clusters(con: DuckDBPyConnection, before: pd.DataFrame) -> pd.DataFrame:
    """Members of every cluster: cluster_id, member_kind, member_id, because. Reads table `tie`.

    `before`: the clusters of the last run (cluster_id, member_kind, member_id), whose ids live on.
    """
    edges = con.execute(_EDGES).df()
    found = [group for group in components(edges) if _says_something(group)]
    known = dict(zip(before["member_kind"] + " " + before["member_id"], before["cluster_id"], strict=True))
    ends = pd.concat([edges[[side, "kinds"]].set_axis(["member", "kinds"], axis=1) for side in ("one", "other")]).explode("kinds")
    told = ends.drop_duplicates().sort_values(["member", "kinds"]).groupby("member")["kinds"].agg(list).to_dict()
    rows = [
        (name, *member.split(" ", 1), "、".join(WORDS[kind] for kind in told[member])) for name, group in named(found, known) for member in group
    ]  # fmt: skip
    return pd.DataFrame(sorted(rows), columns=list(SCHEMA))


def _says_something(group: Sequence[str]) -> bool:
    """A firm with its owner alone is no group: two firms, or two persons with one purse, are."""
    firms = sum(member.startswith("enterprise") for member in group)
    return firms > 1 or firms == 0


def components(edges: pd.DataFrame, grade: int = 3) -> list[tuple[str, ...]]:
    """Connected sets of up to CAP members over ties (one, other, grade) of this grade or stronger; too large ones tightened."""
    tied = edges[edges["grade"] <= grade]
    if tied.empty:
        return []
    codes, nodes = pd.factorize(np.concatenate([tied["one"].to_numpy(object), tied["other"].to_numpy(object)]), sort=True)
    one, other = codes[: len(tied)], codes[len(tied) :]
    graph = coo_matrix((np.ones(len(tied)), (one, other)), shape=(len(nodes), len(nodes)))
    _, part = connected_components(graph, directed=False)
    sizes = np.bincount(part)
    fits = np.flatnonzero(sizes[part] <= CAP)
    order = fits[np.argsort(part[fits], kind="stable")]
    cuts = np.flatnonzero(np.diff(part[order])) + 1
    found = [tuple(nodes[group]) for group in np.split(order, cuts) if len(group)]
    large = sizes[part[one]] > CAP
    if large.any() and grade > 1:
        found += components(tied[large], grade - 1)
    return sorted(found)


def named(groups: Sequence[tuple[str, ...]], known: dict[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    """Groups with their ids: that of the old cluster most members come from, each old id once; else one made of the first member."""
    claims = []
    for place, group in enumerate(groups):
        shared = pd.Series([known[member] for member in group if member in known], dtype=object).value_counts()
        claims += [(-int(count), str(name), place) for name, count in shared.items()]
    taken: dict[int, str] = {}
    for _, name, place in sorted(claims):
        if place not in taken and name not in taken.values():
            taken[place] = name
    used = set(taken.values())
    return [(taken.get(place) or _fresh(group, used), group) for place, group in enumerate(groups)]


def _fresh(group: tuple[str, ...], used: set[str]) -> str:
    """An id made of the first member, or of the next ones where an old cluster still bears it."""
    for end in range(1, len(group) + 1):
        name = "LC" + hashlib.sha256("|".join(group[:end]).encode()).hexdigest()[:14]
        if name not in used:
            used.add(name)
            return name
    raise ValueError(f"two clusters of the same members: {', '.join(group)}")
