"""What a rule's SELECT may not be, each with its line and what to write instead."""

from datetime import date
from pathlib import Path

import pytest

from rules.dialect import the_dialect
from rules.empty_tables import connect, known_tables
from rules.select import bind, parsed
from rules.sql_check import check_select
from tests.rules.rule_text import CONTRACTS, mistakes, with_sql

KNOWN = known_tables(CONTRACTS)


def faults(sql: str, **params: object) -> list[str]:
    """Line, message and hint of each fault of a SELECT."""
    with connect(CONTRACTS) as connection:
        found = check_select(sql, KNOWN, {"as_of": date(2024, 1, 1), **params}, connection, CONTRACTS).faults  # type: ignore[arg-type]
    return [
        f"{sql.count(chr(10), 0, fault.start) + 1}: {fault.message}" + (f"; {fault.hint}" if fault.hint else "")
        for fault in found
    ]


def test_a_fault_is_said_at_its_own_line_of_the_block(tmp_path: Path) -> None:
    sql = "SELECT p.person_id AS subject_id,\n       p.amont AS amount\nFROM subsidy_payment p\nWHERE p.paid_on > now()"
    found = mistakes(tmp_path, with_sql(sql, tests=""))
    assert "subsidy/late_payment.yml:18: sql: unknown column 'amont' of subsidy_payment; did you mean amount?" in found
    assert any(one.startswith("subsidy/late_payment.yml:20: sql: now() is refused: the clock of the machine") for one in found)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT person_id FROM person; SELECT 1", "1: cannot be read: 2 statements: a rule is exactly one SELECT"),
        ("DELETE FROM person", "1: a rule is exactly one SELECT, not DELETE"),
        ("CREATE TABLE x AS SELECT 1", "1: a rule is exactly one SELECT, not CREATE"),
        ("SELECT x FROM", "1: cannot be read as SQL"),
        ("SELECT person_id FROM persons", "1: unknown table 'persons'; did you mean person?"),
        ("SELECT person_id FROM main.person", "1: table main.person stands in another schema: rules read contract tables only"),
        ("SELECT a FROM 'x.csv'", "1: unknown table 'x.csv'"),
        ("SELECT a FROM read_csv('x.csv')", "1: read_csv() is refused: reads a file: rules read contract tables only; use guantong import"),
        ("SELECT p.unit_id FROM subsidy_payment p JOIN person d ON d.person_id = p.person_id WHERE area_id = 'x'",
         "1: column 'area_id' stands in d, p; write d.area_id"),
        ("SELECT q.unit_id FROM subsidy_payment p", "1: 'q' stands in no FROM; known: p"),
        ("SELECT person_id, amount AS a\nFROM subsidy_payment\nWHERE a > 3", "3: unknown column 'a'"),
        ("SELECT p.amount AS at FROM subsidy_payment p", "1: alias 'at' is a reserved word of some engine"),
        ("SELECT * FROM person", "1: SELECT * changes with the tables; name the columns"),
        ("SELECT p.unit_id FROM subsidy_payment p, person d", "1: tables joined without saying how; use JOIN … ON, or CROSS JOIN where every pair is meant"),
        ("SELECT p.unit_id FROM subsidy_payment p NATURAL JOIN person d", "1: NATURAL JOIN is refused: not on every engine; use JOIN … ON"),
        ("SELECT person_id FROM person WHERE died_on < current_date", "1: current_date is refused: the clock of the machine"),
        ("SELECT person_id FROM person WHERE random() > 0.5", "1: random() is refused: changes from run to run; use nothing: a finding rests on records"),
        ("SELECT any_value(name) AS n FROM person", "1: any_value() is refused: any row's value: it changes from run to run; use min(x), or max_by(x, y)"),
        ("SELECT mode(name) AS n FROM person", "1: mode() is refused: ties are broken by chance: it changes from run to run"),
        ("SELECT first(name) AS n FROM person", "1: first() is refused: without an order, the first row changes from run to run; use min_by(x, y)"),
        ("SELECT arg_max(name, born_on) AS n FROM person", "1: arg_max() is silently different from engine to engine: a NULL counts on one engine"),
        ("SELECT log(amount) AS n FROM subsidy_payment", "1: log() is silently different from engine to engine: log(x) is base 10 on DuckDB and base e on Spark; use ln(x)"),
        ("SELECT string_agg(DISTINCT name, ',' ORDER BY name) AS n FROM person", "1: string_agg() is refused: order and DISTINCT together are not kept alike"),
        ("SELECT soundex(name) AS n FROM person", "1: soundex() is not among the functions proven on every engine"),
        ("SELECT list(name) AS n FROM person", "1: list(…) without an order changes from run to run; use list_sort(list(x))"),
        ("SELECT list_sort(list(name ORDER BY born_on)) AS n FROM person", "1: list(… ORDER BY …) is silently different from engine to engine"),
        ("SELECT person_id FROM person LIMIT 3", "1: LIMIT is refused: which rows stay depends on the order of ties"),
        ("SELECT row_number() OVER (PARTITION BY area_id) AS n FROM person", "1: row_number() OVER without ORDER BY changes from run to run; say ORDER BY, with a key last"),
        ("SELECT amount / quantity AS n FROM subsidy_payment",
         "1: a division by zero is an error on some engines and NULL on others; write … / nullif(quantity, 0)"),
        ("SELECT paid_on + INTERVAL 3 DAY AS n FROM subsidy_payment", "1: INTERVAL is refused: INTERVAL ($x) loses its param on PostgreSQL"),
        ("SELECT name[1:3] AS n FROM person", "1: SLICE is refused: not on every engine; use substr(x, start, length)"),
        ("SELECT name ILIKE 'a%' AS n FROM person", "1: ILIKE is refused: not on every engine; use lower(x) LIKE '...'"),
        ("SELECT name ~ 'a' AS n FROM person", "1: the operator in"),
        ("SELECT person_id FROM person EXCEPT SELECT person_id FROM kinship", "1: a rule is exactly one SELECT, not EXCEPT"),
        ("SELECT count(*) AS n FROM person GROUP BY ALL", "1: GROUP BY ALL is refused: not on every engine; name the columns"),
        ("SELECT person_id FROM person UNION BY NAME SELECT person_id FROM kinship", "1: UNION BY NAME is refused: not on every engine"),
        ("SELECT p.unit_id FROM subsidy_payment p WHERE p.paid_on > '2024-01-01'",
         "1: compares date with text in \"p.paid_on > '2024-01-01'\"; write DATE '2024-01-31'"),
        ("SELECT p.unit_id FROM subsidy_payment p WHERE p.period = 2024", "1: compares text with number in 'p.period = 2024'"),
        ("SELECT p.unit_id FROM subsidy_payment p WHERE p.amount > $word", "1: compares number with text in 'p.amount > $word'"),
        ("SELECT d.died_on - d.born_on AS n FROM person d", "1: date - date is silently different from engine to engine; use date_diff('day', from, to)"),
        ("SELECT regexp_replace(name, 'x', '') AS n FROM person", "1: regexp_replace replaces the first match or all, by engine; write regexp_replace(x, pattern, new, 'g')"),
        ("SELECT strftime(born_on, '%Y-%j') AS n FROM person", "1: strftime: %j is not on every engine; use %Y %m %d %H %M %S"),
        ("SELECT median(amount) AS n FROM subsidy_payment", "1: the median of decimals is cut to their places on one engine and exact on another; use median(CAST(x AS DOUBLE))"),
        ("SELECT date_diff('day', t.created_at, t.closed_at) AS n FROM ticket t", "1: date_diff('day', …) on timestamps is silently different"),
        ("SELECT date_diff('hour', t.created_at, t.closed_at) AS n FROM ticket t", "1: date_diff('hour', …) is silently different"),
        ("SELECT CAST(p.amount AS INTEGER) AS n FROM subsidy_payment p", "1: a cast to an integer rounds on one engine and cuts on another"),
        ("SELECT p.person_id, count(*) FROM subsidy_payment p GROUP BY p.person_id", "1: output 'COUNT(*)' has no name; write … AS name"),
        ("SELECT p.person_id, p.unit_id AS person_id FROM subsidy_payment p", "1: two output columns are called 'person_id'"),
        ("SELECT p.person_id FROM subsidy_payment p WHERE p.amount > ?", "1: a param has a name; write $name"),
        ("SELECT getenv('HOME') AS x FROM person", "1: getenv() is not among the functions proven on every engine"),
        ("SELECT person_id FROM duckdb_settings()", "1: DUCKDB_SETTINGS() is no table: rules read contract tables only"),
        ("WITH x AS (DELETE FROM person RETURNING person_id) SELECT person_id FROM x", "1: Delete is not among the constructs proven on every engine"),
        ("PRAGMA table_info('person')", "1: a rule is exactly one SELECT, not PRAGMA"),
        ("-- nothing", "1: cannot be read: no statements: a rule is exactly one SELECT"),
        ("SELECT CAST(p.period AS DATE) AS n FROM subsidy_payment p", "1: a cast of text fails the whole rule at the first row that does not fit; use TRY_CAST"),
        ("SELECT amount % quantity AS n FROM subsidy_payment", "1: a division by zero is an error on some engines"),
        ("SELECT person_id FROM person WHERE died_on = NULL", "1: a comparison with NULL is never true; write IS NULL or IS NOT NULL"),
        ("SELECT person_id FROM person WHERE person_id NOT IN (SELECT relative_id FROM kinship)",
         "1: NOT IN (SELECT …) finds nothing as soon as one row is NULL; use NOT EXISTS or ANTI JOIN"),
        ("SELECT DISTINCT ON (area_id) person_id FROM person ORDER BY area_id", "1: DISTINCT ON keeps any row where the order leaves ties"),
        ("SELECT p.person_id FROM subsidy_payment p WHERE p.kind = 'regualr'", "1: kind is never 'regualr'; did you mean regular?"),
        ("SELECT p.person_id FROM subsidy_payment p\nWHERE coalesce(p.kind, 'regular') IN ('funeral', 'corection')", "2: kind is never 'corection'; did you mean correction?"),
        ("SELECT p.person_id, count(*) AS n\nFROM subsidy_payment p", "1: DuckDB cannot run it: column \"person_id\" must appear in the GROUP BY clause"),
    ],
)  # fmt: skip
def test_a_select_is_refused_with_its_reason(sql: str, said: str) -> None:
    found = faults(sql, word="x")
    assert any(one.startswith(said) for one in found), found


@pytest.mark.parametrize(
    "sql",
    [
        "WITH late AS (SELECT p.person_id, count(*) AS n FROM subsidy_payment p GROUP BY p.person_id) SELECT l.person_id, l.n FROM late l WHERE l.n > 3",
        "SELECT p.person_id, sum(p.amount) FILTER (WHERE p.kind = 'regular') AS a FROM subsidy_payment p GROUP BY p.person_id HAVING count_if(p.amount > 0) > 1",
        "SELECT p.person_id FROM subsidy_payment p SEMI JOIN person d ON d.person_id = p.person_id ANTI JOIN kinship k ON k.person_id = p.person_id",
        "SELECT p.person_id, l.n FROM person p JOIN LATERAL (SELECT count(*) AS n FROM subsidy_payment s WHERE s.person_id = p.person_id) l ON true",
        "WITH RECURSIVE up(n, above) AS (SELECT area_id, parent_id FROM area UNION ALL SELECT u.n, a.parent_id FROM up u JOIN area a ON a.area_id = u.above) "
        "SELECT n, above FROM up",
        "SELECT t.ticket_id, date_diff('second', t.created_at, t.closed_at) / 60 AS minutes FROM ticket t WHERE CAST(t.created_at AS DATE) < $as_of",
        "SELECT p.person_id, p.amount / nullif(p.quantity, 0) AS rate, max_by(p.area_id, p.paid_on) OVER (PARTITION BY p.person_id) AS a FROM subsidy_payment p "
        "QUALIFY row_number() OVER (PARTITION BY p.person_id ORDER BY p.paid_on, p.payment_id) = 1",
        "SELECT left(d.name, 1) AS n, last_day(d.born_on) + 1 AS e, strftime(d.born_on, '%Y-%m') AS m, levenshtein(d.name, 'x') AS l FROM person d",
        "SELECT person_id FROM person UNION ALL SELECT person_id FROM kinship",
        "SELECT person_id, regexp_matches(name, '^王') AS n, TRY_CAST(household_id AS BIGINT) AS h FROM person WHERE sex IS NOT DISTINCT FROM 'F'",
    ],
)  # fmt: skip
def test_proven_sql_passes(sql: str) -> None:
    assert faults(sql) == []


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (
            "p.amount > $min_amount",
            "1: value > $min_amount: a threshold named min_… is compared with >= or <; write >=, or name it max_…",
        ),
        (
            "2 * $min_amount < p.amount",
            "1: value > $min_amount: a threshold named min_… is compared with >= or <; write >=, or name it max_…",
        ),
        (
            "p.amount >= p.quantity + $max_amount",
            "1: value >= $max_amount: a threshold named max_… is compared with > or <=; write >, or name it min_…",
        ),
        ("p.amount >= $min_amount", None),
        ("p.amount < $min_amount", None),
        ("$max_amount < p.amount", None),
        ("NOT p.amount <= $max_amount", None),
        ("p.amount < $amount", None),
    ],
)
def test_a_threshold_says_by_its_name_on_which_side_a_finding_lies(test: str, said: str | None) -> None:
    found = faults(f"SELECT p.person_id FROM subsidy_payment p WHERE {test}", min_amount=1, max_amount=2, amount=3)
    assert found == ([said] if said else [])


def test_params_are_literals_of_the_tree_and_never_sql() -> None:
    nasty = "x' OR 1=1; DROP TABLE person; --"
    text = bind(
        "SELECT person_id FROM person WHERE name = $word AND born_on < $as_of", {"word": nasty, "as_of": date(2024, 2, 29)}
    )
    tree = parsed(text)
    assert nasty in [literal.name for literal in tree.find_all(type(parsed("SELECT 'x'").selects[0]))]
    assert text.endswith("AND born_on < CAST('2024-02-29' AS DATE)")


def test_every_refused_word_says_what_to_write_instead() -> None:
    dialect = the_dialect()
    for reasons in (dialect.functions.refused, dialect.functions.different, dialect.constructs.refused):
        assert all(reason.why and reason.instead for reason in reasons.values())
    named = [*dialect.functions.proven, *dialect.functions.standard, *dialect.functions.different, *dialect.functions.refused]
    assert len(named) == len(set(named))


def test_no_column_of_a_contract_is_a_reserved_word() -> None:
    reserved = set(the_dialect().reserved)
    assert not [f"{table}.{name}" for table, contract in CONTRACTS.items() for name in contract.columns if name in reserved]
