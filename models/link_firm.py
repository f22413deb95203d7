"""Firms (企业) as the records show them: one record for each credit code or unnumbered name, and how two are compared."""

from duckdb import DuckDBPyConnection
from splink import block_on

from models.link_likeness import Level, Trait, compare, rules

CROWD = 50
"""Records at one address or phone, or under one representative, from which it says nothing about who is who."""

_PUBLISHED = """
    SELECT enterprise_id AS code, enterprise_id AS record_id, name, NULL AS area_id, 'award_supplier' AS source, batch_id, sheet, row_no FROM award_supplier WHERE name IS NOT NULL
    UNION ALL
    SELECT enterprise_id, coalesce(enterprise_id, 'debarment:' || debarment_id), name, NULL, 'debarment', batch_id, sheet, row_no FROM debarment
    UNION ALL
    SELECT enterprise_id, coalesce(enterprise_id, 'merchant:' || merchant_id), name, area_id, 'merchant', batch_id, sheet, row_no FROM merchant
"""
"""Where firms are named beside the register."""
_RAW = f"""
CREATE OR REPLACE TEMP TABLE firm_raw AS
WITH published AS ({_PUBLISHED}),
first_named AS (
  SELECT record_id, any_value(code) AS code, min(name) AS name, min(area_id) AS area_id, NULL AS address, NULL AS phone,
         NULL AS rep_id, min(source) AS source,
         min(source_row(source, batch_id, sheet, row_no)) AS place
  FROM published WHERE record_id NOT IN (SELECT enterprise_id FROM enterprise) GROUP BY record_id
)
SELECT enterprise_id AS record_id, enterprise_id AS code, name, area_id, address, phone, legal_rep_id AS rep_id, 'enterprise' AS source,
       good_code(enterprise_id) AS anchor, source_row('enterprise', batch_id, sheet, row_no) AS row_place
FROM enterprise
UNION ALL
SELECT record_id, code, name, area_id, address, phone, rep_id, source, false, place FROM first_named
"""  # noqa: S608 a constant
_RECORD = f"""
CREATE OR REPLACE TEMP TABLE firm_record AS
WITH places AS (
  SELECT coalesce('^(?:(?:' || string_agg(DISTINCT regexp_replace(name, '(省|市|县|区)$', ''), '|') || ')(?:省|市|县|区)?)+', '^$') AS pattern
  FROM area WHERE area_id LIKE '%000000' AND regexp_full_match(name, '\\p{{Han}}{{2,}}')
),
named AS (
  SELECT *, bare_name(without_old(plain_text(name))) AS full_name, legal_form(without_old(plain_text(name))) AS form,
         bare_name(old_name(plain_text(name))) AS former, bare_name(parent_name(without_old(plain_text(name)))) AS parent,
         plain_address(address) AS place
  FROM firm_raw
),
others AS (
  SELECT record_id, list_sort(list(DISTINCT other)) AS names
  FROM (SELECT record_id, bare_name(plain_text(name)) AS other FROM ({_PUBLISHED}) UNION ALL SELECT record_id, former FROM named)
  WHERE other IS NOT NULL GROUP BY record_id
)
SELECT n.record_id, n.source, n.row_place, n.code, scheme(n.code) AS scheme, n.anchor, n.anchor OR good_code(n.code) AS numbered, n.full_name, n.form, n.parent, n.area_id,
       coalesce(nullif(regexp_replace(n.full_name, p.pattern, ''), ''), n.full_name) AS short_name, coalesce(o.names, []) AS names,
       CASE WHEN count(*) OVER (PARTITION BY n.place) <= {CROWD} THEN n.place END AS address,
       CASE WHEN count(*) OVER (PARTITION BY n.phone) <= {CROWD} THEN n.phone END AS phone,
       CASE WHEN count(*) OVER (PARTITION BY n.rep_id) <= {CROWD} THEN n.rep_id END AS rep_id
FROM named n CROSS JOIN places p LEFT JOIN others o ON o.record_id = n.record_id
"""  # noqa: S608 a constant

_SHORT = "short_name_l = short_name_r"
_SAME_FORM = "(form_l IS NULL OR form_r IS NULL OR form_l = form_r)"
TRAITS = (
    Trait("title", "full_name_l IS NULL OR full_name_r IS NULL", (
        Level("名称相同", f"full_name_l = full_name_r AND {_SAME_FORM}", 0.62, 2e-5),
        Level("字号相同、地名写法不同", f"{_SHORT} AND {_SAME_FORM}", 0.15, 3e-5),
        Level("与曾用名相同", "list_contains(names_l, full_name_r) OR list_contains(names_r, full_name_l) OR list_has_any(names_l, names_r)", 0.05, 2e-5),
        Level("字号相同、组织形式不同", _SHORT, 0.03, 1e-4),
        # DuckDB counts bytes: one Chinese character is up to three
        Level("名称一字之差", "least(levenshtein(short_name_l, short_name_r), levenshtein(full_name_l, full_name_r)) <= greatest(3, strlen(short_name_l) // 12)"
            # the second and the seventh branch are two, however alike their names
            " AND regexp_replace(short_name_l, '[^0-9]', '', 'g') = regexp_replace(short_name_r, '[^0-9]', '', 'g')", 0.09, 3e-3),
    ), "名称不同", 0.06, proves=False, needed=True),
    Trait("number", "code_l IS NULL OR code_r IS NULL OR scheme_l <> scheme_r", (
        Level("代码一两位之差", "levenshtein(code_l, code_r) <= 2 AND length(code_l) >= 9", 0.6, 1e-5),
    ), "代码不同", 0.4),
    Trait("seat", "address_l IS NULL OR address_r IS NULL", (
        Level("住所相同", "address_l = address_r", 0.6, 2e-4),
        Level("住所只差房号", "starts_with(address_l, address_r) OR starts_with(address_r, address_l)", 0.1, 5e-4),
    ), "住所不同", 0.3),
    Trait("phone", "phone_l IS NULL OR phone_r IS NULL", (Level("电话相同", "phone_l = phone_r", 0.7, 2e-4),), "电话不同", 0.3),
    Trait("head", "rep_id_l IS NULL OR rep_id_r IS NULL", (Level("法定代表人相同", "rep_id_l = rep_id_r", 0.75, 4e-4),), "法定代表人不同", 0.25),
    Trait("area", "area_id_l IS NULL OR area_id_r IS NULL", (
        Level("同村", "area_id_l = area_id_r", 0.75, 0.006, rarity="area_id"),
        Level("同镇", "town_of(area_id_l) = town_of(area_id_r)", 0.1, 0.08),
    ), "不同镇", 0.15),
)  # fmt: skip
"""m: what of a firm's details stays when it is written down again, as the damaged city has it; u: shares among chance pairs."""
BLOCKS = (
    block_on("full_name"), block_on("short_name"), block_on("address"), block_on("phone"), block_on("rep_id"),
    *rules("left(l.code, 13) = left(r.code, 13) AND length(l.code) = 18", "right(l.code, 8) = right(r.code, 8) AND length(l.code) = 18",
           "left(l.short_name, 3) = left(r.short_name, 3) AND l.area_id = r.area_id"),
    {"blocking_rule": "l.names = r.names", "arrays_to_explode": ["names"], "sql_dialect": "duckdb"},
)  # fmt: skip


def firm_pairs(con: DuckDBPyConnection) -> None:
    """Write tables `firm_record` and `firm_pair` from the contract tables. The macros of link_text must be there."""
    con.execute(_RAW)
    con.execute(_RECORD)
    compare_firms(con)


def compare_firms(con: DuckDBPyConnection) -> None:
    """Write `firm_pair` from a `firm_record` that is there."""
    found = con.execute("SELECT count(*) FROM firm_record").fetchall()
    compare(con, "firm_record", TRAITS, BLOCKS, found[0][0], "firm_pair")
