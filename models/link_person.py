"""Persons (人员) as the records show them: the register, and id numbers that are not in it, and how two are compared.

Names and numbers are pseudonyms here: equal or not, nothing between. So a mistyped id number is told by what else its rows say.
"""

from duckdb import DuckDBPyConnection
from splink import block_on

from models.link_likeness import Level, Trait, compare, rules

CROWD = 12
"""Persons who use one account, phone or plot from which it says nothing about who is who."""

_SEEN = """
CREATE OR REPLACE TEMP TABLE seen AS
SELECT person_id, account_name AS holder, 'account' AS key_kind, account_id AS key, account_id || '/' || programme_id AS stream, area_id, min(('subsidy_payment', batch_id, sheet, row_no)) AS place
FROM subsidy_payment WHERE person_id IS NOT NULL GROUP BY ALL
UNION ALL
SELECT person_id, NULL, 'plot', plot_id, plot_id || '/' || programme_id, area_id, min(('land_claim', batch_id, sheet, row_no)) FROM land_claim GROUP BY ALL
UNION ALL
SELECT holder_id, NULL, 'plot', plot_id, NULL, area_id, min(('land_right', batch_id, sheet, row_no)) FROM land_right WHERE holder_id IS NOT NULL GROUP BY ALL
UNION ALL
SELECT buyer_id, NULL, 'phone', buyer_phone, NULL, area_id, min(('machine_purchase', batch_id, sheet, row_no)) FROM machine_purchase GROUP BY ALL
UNION ALL
SELECT person_id, NULL, 'phone', phone, NULL, NULL, min(('public_employee', batch_id, sheet, row_no)) FROM public_employee GROUP BY ALL
UNION ALL
SELECT person_id, NULL, 'account', account_id, NULL, NULL, min(('voucher_redemption', batch_id, sheet, row_no)) FROM voucher_redemption WHERE person_id IS NOT NULL GROUP BY ALL
UNION ALL
SELECT person_id, NULL, 'device', device_id, NULL, NULL, min(('voucher_redemption', batch_id, sheet, row_no)) FROM voucher_redemption WHERE person_id IS NOT NULL GROUP BY ALL
"""
"""What the tables say of each id number: the name on its account, accounts, plots, phones, devices, programmes paid for, villages."""
_RECORD = f"""
CREATE OR REPLACE TEMP TABLE person_record AS
WITH crowd AS (SELECT key FROM seen WHERE key IS NOT NULL GROUP BY key HAVING count(DISTINCT person_id) > {CROWD}),
told AS (
  SELECT s.person_id, mode(s.holder ORDER BY s.holder) AS holder, mode(s.area_id ORDER BY s.area_id) AS area_id,
         list_sort(list(DISTINCT s.holder) FILTER (s.holder IS NOT NULL)) AS holders,
         list_sort(list(DISTINCT s.key) FILTER (s.key IS NOT NULL AND c.key IS NULL)) AS keys,
         list(DISTINCT s.key_kind) FILTER (s.key IS NOT NULL AND c.key IS NULL) AS key_kinds,
         list_sort(list(DISTINCT s.stream) FILTER (s.stream IS NOT NULL AND c.key IS NULL)) AS streams,
         min(s.place) AS place
  FROM seen s LEFT JOIN crowd c ON c.key = s.key GROUP BY s.person_id
)
SELECT coalesce(p.person_id, t.person_id) AS record_id,
       CASE WHEN p.person_id IS NULL THEN source_row(t.place[1], t.place[2], t.place[3], t.place[4])
            ELSE source_row('person', p.batch_id, p.sheet, p.row_no) END AS row_place, p.person_id IS NOT NULL AND p.id_problem IS NULL AS anchor, anchor AS numbered,
       p.person_id IS NOT NULL AS registered, coalesce(p.name, t.holder) AS name, p.sex, p.born_on,
       coalesce(p.area_id, t.area_id) AS area_id, p.household_id,
       coalesce(t.holders, []) AS holders, coalesce(t.keys, []) AS keys, coalesce(t.key_kinds, []) AS key_kinds, coalesce(t.streams, []) AS streams
FROM person p FULL JOIN told t ON t.person_id = p.person_id
"""  # noqa: S608 a constant
_NAME = """
CREATE OR REPLACE TEMP TABLE person_record AS
WITH own AS (
  SELECT min(s.person_id) AS record_id, s.key FROM seen s JOIN person_record r ON r.record_id = s.person_id
  WHERE s.key IS NOT NULL AND r.anchor GROUP BY s.key HAVING count(DISTINCT s.person_id) = 1 AND coalesce(bool_and(s.holder = r.name), true)
),
own_stream AS (
  SELECT min(s.person_id) AS record_id, s.stream FROM seen s JOIN person_record r ON r.record_id = s.person_id
  WHERE s.stream IS NOT NULL AND r.anchor GROUP BY s.stream HAVING count(DISTINCT s.person_id) = 1
),
owned AS (SELECT record_id, list(key) AS own_keys FROM own GROUP BY record_id),
streamed AS (SELECT record_id, list(stream) AS own_streams FROM own_stream GROUP BY record_id),
borne AS (SELECT DISTINCT name, area_id FROM person_record WHERE anchor)
SELECT r.*, b.name IS NOT NULL OR r.area_id IS NULL AS borne, coalesce(t.turns, []) AS turns, coalesce(t.lists, []) AS lists,
       coalesce(u.begins, []) AS begins, coalesce(u.follows, []) AS follows,
       coalesce(o.own_keys, []) AS own_keys, coalesce(w.own_streams, []) AS own_streams
FROM person_record r LEFT JOIN borne b ON b.name = r.name AND b.area_id = r.area_id
LEFT JOIN turn t ON t.record_id = r.record_id LEFT JOIN run u ON u.record_id = r.record_id LEFT JOIN owned o ON o.record_id = r.record_id
LEFT JOIN streamed w ON w.record_id = r.record_id
"""
"""`own_keys`, `own_streams`: accounts and plots, and programmes paid through them, that are nobody else's. `borne`: somebody of the village
has this name; else it is likely a slip, and another name says little against."""
_TURN = """
CREATE OR REPLACE TEMP TABLE paid_turn AS
WITH loose AS (SELECT record_id, name, area_id, keys FROM person_record WHERE NOT anchor),
near AS (
  SELECT s.person_id FROM seen s SEMI JOIN (SELECT DISTINCT unnest(keys) AS key FROM loose) k ON k.key = s.key
  UNION SELECT r.record_id FROM person_record r SEMI JOIN loose o ON o.name = r.name AND o.area_id = r.area_id
  UNION SELECT record_id FROM loose
)
SELECT person_id AS record_id, programme_id, coalesce(period, strftime(paid_on, '%Y-%m')) AS turn, amount, quantity
FROM subsidy_payment SEMI JOIN near ON near.person_id = subsidy_payment.person_id WHERE subsidy_payment.person_id IS NOT NULL
"""
"""What was paid to those whose number is not checked, and to those of one account, or of one name and village, with such a one."""
_RUN = """
CREATE OR REPLACE TEMP TABLE turn AS
SELECT record_id, list(DISTINCT programme_id || '/' || turn) AS turns, list(DISTINCT programme_id) AS lists FROM paid_turn GROUP BY record_id;
CREATE OR REPLACE TEMP TABLE run AS
WITH told AS (
  SELECT DISTINCT record_id, concat_ws('/', programme_id, length(turn), unnest([
           amount || ' yuan',
           CASE WHEN quantity > 0 AND quantity <> 1 THEN floor(10 * ln(quantity)) || ' about' END,
           CASE WHEN quantity > 0 AND quantity <> 1 THEN round(10 * ln(quantity)) || ' near' END])) AS line,
         CASE length(turn) WHEN 7 THEN try_cast(turn[1:4] AS INT) * 12 + try_cast(turn[6:7] AS INT) WHEN 4 THEN try_cast(turn AS INT) END AS step
  FROM paid_turn
),
edge AS (
  SELECT record_id, line, step, lag(step) OVER w IS DISTINCT FROM step - 1 AS begins, lead(step) OVER w IS DISTINCT FROM step + 1 AS ends
  FROM told WHERE step IS NOT NULL AND line IS NOT NULL WINDOW w AS (PARTITION BY record_id, line ORDER BY step)
)
SELECT record_id, coalesce(list(line || '@' || step) FILTER (begins), []) AS begins, coalesce(list(line || '@' || (step + 1)) FILTER (ends), []) AS follows
FROM edge GROUP BY record_id
"""
"""`turns`: programmes and periods paid for; who got his money under his own number cannot have got it under the mistyped one, too.
`begins`, `follows`: where an unbroken run of periods with one amount, or one quantity such as mu of land, begins, and what would follow it.
A list is last year's with a cell retyped: so the owner is missing from it just where the mistyped number stands, with his amount or his land."""


def traits(size: int) -> tuple[Trait, ...]:
    """What persons are compared by; of `size` persons each account is used by one or two."""
    one = 1.5 / max(size, 20)
    return (
        Trait("person_name", "name_l IS NULL OR name_r IS NULL OR NOT (registered_l AND registered_r) AND list_has_any(keys_l, keys_r)", (
            Level("姓名相同", "name_l = name_r", 0.9, 5e-4, rarity="name"),
            Level("户名相同", "list_contains(holders_l, name_r) OR list_contains(holders_r, name_l)", 0.02, 2e-4),
            Level("姓名不同，但本村无人叫此名", "NOT (borne_l AND borne_r)", 0.05, 0.05),
        ), "姓名不同", 0.03, proves=False),
        Trait("birth", "born_on_l IS NULL OR born_on_r IS NULL", (
            Level("出生日期相同", "born_on_l = born_on_r", 0.9, 5e-5),
            Level("出生日期一处不同", "(year(born_on_l) = year(born_on_r))::INT + (month(born_on_l) = month(born_on_r))::INT"
                  " + (day(born_on_l) = day(born_on_r))::INT = 2", 0.08, 5e-3),
        ), "出生日期不同", 0.02),
        # who shares an account mostly lives in one place anyway: only where they do not does the village say something
        Trait("home", "area_id_l IS NULL OR area_id_r IS NULL OR area_id_l = area_id_r AND NOT (registered_l AND registered_r)"
                      " AND list_has_any(keys_l, keys_r)", (
            Level("同户", "household_id_l = household_id_r", 0.85, 3 * one),
            Level("同村", "area_id_l = area_id_r AND (household_id_l IS NULL OR household_id_r IS NULL)", 0.9, 0.006, rarity="area_id"),
            Level("同村不同户", "area_id_l = area_id_r", 0.1, 0.006, rarity="area_id"),
            Level("同镇", "town_of(area_id_l) = town_of(area_id_r)", 0.06, 0.08),
        ), "不同镇", 0.04),
        Trait("payments", "NOT list_has_any(key_kinds_l, key_kinds_r)", (
            Level("同一账户或地块领同一项目的只有此人", "list_has_any(own_streams_l, streams_r) OR list_has_any(own_streams_r, streams_l)", 0.65, one / 1500),
            Level("账户向来只有此人使用", "list_has_any(own_keys_l, keys_r) OR list_has_any(own_keys_r, keys_l)", 0.12, one / 150),
            Level("同一账户或地块领同一项目", "list_has_any(streams_l, streams_r)", 0.1, one / 50),
            Level("同一账户、电话、地块或设备", "list_has_any(keys_l, keys_r)", 0.03, one / 25),
        ), "账户、电话、地块均不同", 0.1),
        Trait("turns", "NOT list_has_any(lists_l, lists_r)", (
            Level("同一期已另有发放", "list_has_any(turns_l, turns_r)", 0.003, 0.85),
        ), "各期不重叠", 0.997, proves=False),
        # within a house the list may pass from one to the other: only between strangers does it tell who is who
        Trait("succession", "list_has_any(turns_l, turns_r) OR NOT list_has_any(lists_l, lists_r) OR list_has_any(keys_l, keys_r)", (
            Level("金额或面积相当，各期正好相接", "list_has_any(begins_l, follows_r) OR list_has_any(begins_r, follows_l)", 0.6, 0.07),
        ), "各期不相接", 0.4, proves=False),
        Trait("sex", "sex_l IS NULL OR sex_r IS NULL", (Level("性别相同", "sex_l = sex_r", 0.99, 0.5),), "性别不同", 0.01, proves=False),
    )  # fmt: skip


_ONE_LOOSE = "NOT (l.anchor AND r.anchor)"
BLOCKS = (
    block_on("name", "born_on"),
    *rules(f"l.name = r.name AND l.area_id = r.area_id AND {_ONE_LOOSE}",
           f"l.born_on = r.born_on AND l.area_id = r.area_id AND {_ONE_LOOSE}"),
    {"blocking_rule": f"l.keys = r.keys AND {_ONE_LOOSE}", "arrays_to_explode": ["keys"], "sql_dialect": "duckdb"},
)  # fmt: skip


def person_pairs(con: DuckDBPyConnection) -> None:
    """Write tables `person_record` and `person_pair` from the contract tables. The macros of link_text must be there."""
    con.execute(_SEEN)
    con.execute(_RECORD)
    con.execute(_TURN)
    con.execute(_RUN)
    con.execute(_NAME)
    found = con.execute("SELECT count(*) FROM person_record WHERE registered").fetchall()
    size = found[0][0]
    compare(con, "person_record", traits(size), BLOCKS, size, "person_pair")
