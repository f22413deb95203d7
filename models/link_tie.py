"""Ties (关联) that exact keys show: a shared account, phone, address, device or plot, shares, offices and kin, each with its rows.

A key that many use (a courier's phone, a service window's account) ties nobody: it is listed with the number of its users, and
that is all. Ties stand between entities, so a mistyped id number does not make a stranger of its owner.
"""

from duckdb import DuckDBPyConnection

MOST = {"account": 12, "phone": 6, "address": 6, "device": 8, "plot": 6}
"""Users of one key beyond which it ties nobody."""
SAID = {
    "account": "共用一个银行账户", "phone": "共用一个联系电话", "address": "同一地址", "device": "共用一台设备", "plot": "同一地块",
}  # fmt: skip
_USES = (
    ("account", "person", "person_id", "account_id", "subsidy_payment"),
    ("account", "enterprise", "enterprise_id", "account_id", "subsidy_payment"),
    ("account", "enterprise", "bidder_id", "deposit_account_id", "bid"),
    ("account", "person", "person_id", "account_id", "voucher_redemption"),
    ("phone", "enterprise", "enterprise_id", "phone", "enterprise"),
    ("phone", "enterprise", "bidder_id", "contact_phone", "bid"),
    ("phone", "person", "person_id", "phone", "public_employee"),
    ("phone", "person", "buyer_id", "buyer_phone", "machine_purchase"),
    ("phone", "unit", "unit_id", "contact_phone", "unit"),
    ("address", "enterprise", "enterprise_id", "plain_address(address)", "enterprise"),
    ("address", "unit", "unit_id", "plain_address(address)", "unit"),
    ("address", "household", "household_id", "area_id || plain_address(address)", "household"),
    ("device", "enterprise", "bidder_id", "mac", "bid"),
    ("device", "enterprise", "bidder_id", "machine_code", "bid"),
    ("device", "person", "person_id", "device_id", "voucher_redemption"),
    ("plot", "person", "holder_id", "plot_id", "land_right"),
    ("plot", "person", "person_id", "plot_id", "land_claim"),
)
"""Key kind, kind of user, the user's column, the key's column, table."""
_STATED = (
    ("legal_rep", "person", "legal_rep_id", "'担任法定代表人'", "enterprise", "true"),
    ("shareholding", None, "holder_id", "'持股' || coalesce(printf('%.6g%%', share), '比例不详') || CASE WHEN ends_on IS NOT NULL THEN '，已退出' ELSE '' END",
     "shareholding", "true"),
    ("role", "person", "person_id",
     "'任' || CASE role WHEN 'director' THEN '董事' WHEN 'supervisor' THEN '监事' WHEN 'manager' THEN '经理' WHEN 'finance' THEN '财务负责人' ELSE '联络员' END",
     "enterprise_role", "true"),
)  # fmt: skip
"""Kind of tie, kind of holder (NULL: the row says), the holder's column, what is said, table."""


def ties(con: DuckDBPyConnection) -> None:
    """Write tables `shared_key` (kind, key_id, holders) and `tie` (the contract's columns of `link`).

    Tables person_identity and enterprise_identity and the macros of link_text must be there.
    """
    con.execute(
        "CREATE OR REPLACE TEMP TABLE identity AS SELECT 'person' AS kind, * FROM person_identity"
        " UNION ALL SELECT 'enterprise', * FROM enterprise_identity"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE use AS {' UNION ALL '.join(_use(*use) for use in _USES)}")
    con.execute(_HOLDING)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE shared_key AS"
        " SELECT key_kind AS kind, key_id, count(*) AS holders FROM holding GROUP BY key_kind, key_id HAVING count(*) > 1"
    )
    con.execute(_SHARED)
    for part in (*(_stated(*stated) for stated in _STATED), _AGENT, _KIN):
        con.execute(f"INSERT INTO tie BY NAME {part}")
    for table in ("use", "holding"):
        con.execute(f"DROP TABLE {table}")


def _use(key_kind: str, kind: str, holder: str, key: str, table: str) -> str:
    return (
        f"SELECT '{key_kind}' AS key_kind, '{kind}' AS kind, {holder} AS record_id, {key} AS key_id, '{table}' AS source,"  # noqa: S608
        f" min((batch_id, sheet, row_no)) AS place FROM {table} WHERE {holder} IS NOT NULL AND {key} IS NOT NULL GROUP BY ALL"
    )


_HOLDING = """
CREATE OR REPLACE TEMP TABLE holding AS
SELECT u.key_kind, u.key_id, u.kind, coalesce(i.entity_id, u.record_id) AS entity_id, min((source, place)) AS place
FROM use u LEFT JOIN identity i ON i.kind = u.kind AND i.record_id = u.record_id
GROUP BY ALL
"""
_WHENS = " ".join(f"WHEN '{kind}' THEN '{words}'" for kind, words in SAID.items())
_LIMITS = " OR ".join(f"(kind = '{kind}' AND holders <= {most})" for kind, most in MOST.items())
_ROW = "source_row({0}.place[1], {0}.place[2][1], {0}.place[2][2], {0}.place[2][3])"
_SHARED = f"""
CREATE OR REPLACE TEMP TABLE tie AS
SELECT a.kind AS from_kind, a.entity_id AS from_id, b.kind AS to_kind, b.entity_id AS to_id, 'shared_' || a.key_kind AS kind,
       min(a.key_id) AS through,
       CASE a.key_kind {_WHENS} END || CASE WHEN count(*) > 1 THEN '（共' || count(*) || '个）' ELSE '' END
       || CASE WHEN min(k.holders) > 2 THEN '，共' || min(k.holders) || '方使用' ELSE '' END AS because,
       NULL::DOUBLE AS weight, 1.0::DECIMAL(18,4) AS certainty,
       {_ROW.format("arg_min(a, a.key_id)")} AS from_row, {_ROW.format("arg_min(b, a.key_id)")} AS to_row
FROM holding a
JOIN (SELECT * FROM shared_key WHERE {_LIMITS}) k ON k.kind = a.key_kind AND k.key_id = a.key_id
JOIN holding b ON b.key_kind = a.key_kind AND b.key_id = a.key_id AND (b.kind, b.entity_id) > (a.kind, a.entity_id)
GROUP BY a.key_kind, a.kind, a.entity_id, b.kind, b.entity_id
"""  # noqa: S608 a constant


def _stated(tie: str, kind: str | None, holder: str, said: str, table: str, where: str) -> str:
    from_kind = f"'{kind}'" if kind else "t.holder_kind"
    return f"""
        SELECT {from_kind} AS from_kind, coalesce(h.entity_id, t.{holder}) AS from_id, 'enterprise' AS to_kind,
               coalesce(e.entity_id, t.enterprise_id) AS to_id, '{tie}' AS kind, array_to_string(list_sort(list(DISTINCT {said})), '；') AS because,
               1.0 AS certainty, min(source_row('{table}', t.batch_id, t.sheet, t.row_no)) AS from_row, from_row AS to_row
        FROM {table} t
        LEFT JOIN identity h ON h.kind = {from_kind} AND h.record_id = t.{holder}
        LEFT JOIN identity e ON e.kind = 'enterprise' AND e.record_id = t.enterprise_id
        WHERE t.{holder} IS NOT NULL AND {where} GROUP BY 1, 2, 3, 4, 5
    """  # noqa: S608 a constant


_AGENT = """
SELECT 'person' AS from_kind, coalesce(h.entity_id, t.agent_id) AS from_id, 'enterprise' AS to_kind, coalesce(e.entity_id, t.bidder_id) AS to_id,
       'agent' AS kind, '代为投标' || count(*) || '次' AS because, 1.0 AS certainty,
       min(source_row('bid', t.batch_id, t.sheet, t.row_no)) AS from_row, from_row AS to_row
FROM bid t
LEFT JOIN identity h ON h.kind = 'person' AND h.record_id = t.agent_id
LEFT JOIN identity e ON e.kind = 'enterprise' AND e.record_id = t.bidder_id
WHERE t.agent_id IS NOT NULL AND t.bidder_id IS NOT NULL GROUP BY 1, 2, 3, 4
"""
_KIN = """
SELECT 'person' AS from_kind, least(k.one, k.other) AS from_id, 'person' AS to_kind, greatest(k.one, k.other) AS to_id, 'kinship' AS kind,
       CASE min(k.relation) WHEN 'spouse' THEN '配偶' WHEN 'parent' THEN '父母子女' WHEN 'child' THEN '父母子女' WHEN 'sibling' THEN '兄弟姐妹' ELSE '姻亲' END AS because,
       1.0 AS certainty, min(k.place) AS from_row, max(k.place) AS to_row
FROM (
  SELECT coalesce(a.entity_id, t.person_id) AS one, coalesce(b.entity_id, t.relative_id) AS other, t.relation,
         source_row('kinship', t.batch_id, t.sheet, t.row_no) AS place
  FROM kinship t LEFT JOIN identity a ON a.kind = 'person' AND a.record_id = t.person_id
  LEFT JOIN identity b ON b.kind = 'person' AND b.record_id = t.relative_id
) k
WHERE k.one <> k.other GROUP BY 2, 4
"""
