"""Linking (关联): who is who in the records, what ties them together, and which groups that makes.

Exact keys first, then likeness where keys are missing or mistyped (link_likeness), a person's judgement above both. Writes
`entity` (which number stands for whom), `link` (ties, each with kind, reason and rows) and `cluster` (groups under a cap).
"""

import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection
from ibis.backends.duckdb import Backend

from models.link_cluster import SCHEMA, clusters
from models.link_firm import firm_pairs
from models.link_identity import SURE, join_records, read_judgements
from models.link_person import person_pairs
from models.link_text import make_macros
from models.link_tie import ties

READS = (
    "person", "household", "enterprise", "unit", "area", "debarment", "award_supplier", "merchant", "subsidy_payment", "bid",
    "land_claim", "land_right", "machine_purchase", "voucher_redemption", "public_employee", "shareholding", "enterprise_role",
    "kinship", "link_judgement",
)  # fmt: skip
_MEMBER = pa.schema([(name, pa.string()) for name in SCHEMA])
_ENTITY = """
WITH known AS (
  SELECT 'person' AS kind, record_id, CASE WHEN registered THEN '人口登记' ELSE '登记中没有的证件号' END AS because FROM person_record
  UNION ALL
  SELECT 'enterprise', record_id, CASE WHEN source = 'enterprise' THEN '企业登记' WHEN code IS NULL THEN '只有名称' ELSE '登记中没有的代码' END FROM firm_record
)
SELECT k.kind, k.record_id, coalesce(i.entity_id, k.record_id) AS entity_id, NULL::BIGINT AS holders, i.weight,
       coalesce(i.certainty, 1)::DECIMAL(18,4) AS certainty, coalesce(i.because, k.because) AS because
FROM known k LEFT JOIN identity i ON i.kind = k.kind AND i.record_id = k.record_id
UNION ALL
SELECT 'household', household_id, household_id, NULL, NULL, 1, '户籍登记' FROM household
UNION ALL
SELECT 'unit', unit_id, unit_id, NULL, NULL, 1, '单位登记' FROM unit
UNION ALL
SELECT kind, key_id, key_id, holders, NULL, 1, '共' || holders || '方使用' FROM shared_key
ORDER BY 1, 2
"""
_ALIKE = f"""
WITH pair AS (SELECT 'person' AS kind, * FROM person_pair UNION ALL SELECT 'enterprise', * FROM firm_pair),
record AS (SELECT 'person' AS kind, record_id, anchor, row_place FROM person_record UNION ALL SELECT 'enterprise', record_id, anchor, row_place FROM firm_record)
SELECT p.kind AS from_kind, p.one_id AS from_id, p.kind AS to_kind, p.other_id AS to_id, 'possible_same' AS kind, NULL AS through,
       CASE WHEN d.judgement = 'unsure' THEN '人工认定存疑；' ELSE '' END || p.because AS because, p.weight,
       p.probability::DECIMAL(18,4) AS certainty, a.row_place AS from_row, b.row_place AS to_row
FROM pair p
JOIN record a ON a.kind = p.kind AND a.record_id = p.one_id JOIN record b ON b.kind = p.kind AND b.record_id = p.other_id
LEFT JOIN judgement d ON d.kind = p.kind AND d.one_id = p.one_id AND d.other_id = p.other_id
LEFT JOIN identity i ON i.kind = p.kind AND i.record_id = p.one_id LEFT JOIN identity j ON j.kind = p.kind AND j.record_id = p.other_id
WHERE coalesce(i.entity_id, p.one_id) <> coalesce(j.entity_id, p.other_id) AND d.judgement IS DISTINCT FROM 'different'
  AND (NOT (a.anchor AND b.anchor) OR p.proven AND p.probability >= {SURE})
UNION ALL
SELECT 'enterprise', b.record_id, 'enterprise', min(p.record_id), 'branch', NULL, '名称为其分支机构', NULL, 1, min(b.row_place), min(p.row_place)
FROM firm_record b JOIN firm_record p ON p.full_name = b.parent AND p.record_id <> b.record_id GROUP BY b.record_id
"""  # noqa: S608 a constant
_LINK = "SELECT * FROM tie UNION ALL BY NAME SELECT * FROM alike ORDER BY from_kind, from_id, to_kind, to_id, kind"


def link_entities(tables: Backend) -> dict[str, pa.Table]:
    """The tables `entity`, `link` and `cluster`. Reads the tables of READS, and of `cluster` the ids given last time.

    Deterministic but for those ids: the order of rows does not matter.
    """
    con = tables.con
    make_macros(con)
    person_pairs(con)
    firm_pairs(con)
    read_judgements(con)
    join_records(con, "person", "person_record", "person_pair")
    join_records(con, "enterprise", "firm_record", "firm_pair")
    ties(con)
    con.execute(f"CREATE OR REPLACE TEMP TABLE alike AS {_ALIKE}")
    found = clusters(con, _before(con))
    return {
        "entity": con.sql(_ENTITY).to_arrow_table(),
        "link": con.sql(_LINK).to_arrow_table(),
        "cluster": pa.Table.from_pandas(found, schema=_MEMBER, preserve_index=False),
    }


def _before(con: DuckDBPyConnection) -> pd.DataFrame:
    return con.execute("SELECT cluster_id, member_kind, member_id FROM cluster WHERE cluster_id LIKE 'LC%' ORDER BY ALL").df()
