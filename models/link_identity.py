"""Which records are one and the same (同一对象): surest pairs first, never two checked numbers in one, a person's word above all.

An anchor is a record whose number is checked: in the register, with a fitting check digit. Another record joins the anchor it
is most like, when it is like no other nearly as much; what a person judged the same is joined first, and what a person
judged different is kept apart however alike.
"""

import pandas as pd
from duckdb import DuckDBPyConnection

SURE = 0.92
"""Probability from which two records are taken for one."""
AHEAD = 2.0
"""Bits by which the best candidate must lead the next: with two equally alike nobody knows which."""
SIDES = ("one_id", "other_id")
WANTED = (*SIDES, "judgement", "weight", "probability", "because")
_CANDIDATES = f"""
WITH decided AS (SELECT * FROM judgement WHERE kind = $kind),
paired AS (
  SELECT p.*, a.anchor AS one_anchor, b.anchor AS other_anchor, a.numbered AND b.numbered AS both_numbered, d.judgement
  FROM pair p JOIN record a ON a.record_id = p.one_id JOIN record b ON b.record_id = p.other_id
  LEFT JOIN decided d ON d.one_id = p.one_id AND d.other_id = p.other_id
),
side AS (SELECT one_id AS loose_id, * FROM paired WHERE NOT one_anchor UNION ALL SELECT other_id, * FROM paired WHERE NOT other_anchor),
best AS (
  SELECT * FROM side WHERE proven AND NOT both_numbered AND judgement IS NULL
  QUALIFY weight - coalesce(lead(weight) OVER (PARTITION BY loose_id, one_anchor OR other_anchor ORDER BY weight DESC, one_id, other_id), -99) >= {AHEAD}
      AND row_number() OVER (PARTITION BY loose_id, one_anchor OR other_anchor ORDER BY weight DESC, one_id, other_id) = 1
)
SELECT one_id, other_id, judgement, NULL AS weight, 1.0 AS probability, '人工认定为同一' AS because, true AS joins FROM decided WHERE judgement = 'same'
UNION ALL
SELECT one_id, other_id, judgement, NULL, 1.0, '人工认定为不同', false FROM decided WHERE judgement = 'different'
UNION ALL
SELECT DISTINCT one_id, other_id, judgement, weight, probability, because, true FROM best WHERE probability >= {SURE}
ORDER BY ALL
"""  # noqa: S608 a constant


_JUDGEMENT = """
CREATE OR REPLACE TEMP TABLE judgement AS
SELECT kind, least(one, other) AS one_id, greatest(one, other) AS other_id, judgement
FROM (SELECT *, coalesce(one_person_id, one_firm_id) AS one, coalesce(other_person_id, other_firm_id) AS other FROM link_judgement)
WHERE one <> other
QUALIFY row_number() OVER (PARTITION BY kind, least(one, other), greatest(one, other) ORDER BY judged_on DESC, judgement_id DESC) = 1
"""


def read_judgements(con: DuckDBPyConnection) -> None:
    """Write table `judgement` (kind, one_id, other_id, judgement): the newest word about each pair."""
    con.execute(_JUDGEMENT)


def join_records(con: DuckDBPyConnection, kind: str, records: str, pairs: str) -> None:
    """Write table `<kind>_identity`: record_id, entity_id, weight, certainty, because, of records that stand for another's entity.

    `records`: table with record_id, anchor, numbered (its number is good, whoever's it is); `pairs`: as link_likeness writes them. read_judgements goes before.
    """
    con.execute(f"CREATE OR REPLACE TEMP VIEW record AS SELECT record_id, anchor, numbered FROM {records}")  # noqa: S608 our own names
    con.execute(f"CREATE OR REPLACE TEMP VIEW pair AS SELECT * FROM {pairs}")  # noqa: S608
    found = con.execute(_CANDIDATES, {"kind": kind}).df()
    anchors = {row[0] for row in con.execute("SELECT record_id FROM record WHERE anchor").fetchall()} if len(found) else set()
    con.register("joined", joined(found, anchors))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {kind}_identity AS SELECT * FROM joined")  # noqa: S608
    con.unregister("joined")


def joined(candidates: pd.DataFrame, anchors: set[str]) -> pd.DataFrame:
    """Records that belong to another's entity, from candidate pairs: one_id, other_id, judgement, weight, probability, because, joins.

    Kruskal's way, surest first, refusing whatever would bring together two anchors or two that a person holds different. An
    entity is called after its anchor, else after the first of its records by id.
    """
    head: dict[str, str] = {}
    members: dict[str, set[str]] = {}
    reason: dict[str, tuple[float | None, float, str]] = {}

    def of(record: str) -> str:
        return head.setdefault(record, record)

    apart = {(one, other) for one, other in zip(*(candidates.loc[~candidates["joins"], side] for side in SIDES), strict=True)}
    apart |= {(other, one) for one, other in apart}
    wanted = candidates[candidates["joins"]].sort_values(
        ["weight", "one_id", "other_id"], ascending=[False, True, True], na_position="first"
    )
    for one, other, judgement, bits, chance, because in wanted[list(WANTED)].to_numpy(object).tolist():
        judged = judgement == "same"
        left, right = (members.get(of(side), {of(side)}) for side in (one, other))
        if left is right or any((a, b) in apart for a in left for b in right):
            continue
        if not judged and anchors & left and anchors & right:
            continue
        both = left | right
        name = min(both & anchors or both)
        for member in both:
            head[member] = name
        members[name] = both
        weight = None if judged else float(bits)
        for record in (one, other):
            reason.setdefault(record, (weight, float(chance), str(because)))
    rows = [(record, name, *reason[record]) for record, name in sorted(head.items()) if record != name]
    made = pd.DataFrame(rows, columns=["record_id", "entity_id", "weight", "certainty", "because"])
    return made.astype({"record_id": object, "entity_id": object, "weight": float, "certainty": float, "because": object})
