"""Every function and construct of rules/dialect.yml as an expression that has a value on both engines.

Table `sample` has one row of everything that has surprised somebody: Chinese text, cents, halves, NULL, the last day of a
month, a moment just before midnight.
"""

from datetime import date, datetime
from decimal import Decimal

TYPES = {
    "k": "VARCHAR", "grp": "VARCHAR", "word": "VARCHAR", "other": "VARCHAR", "n": "BIGINT", "m": "BIGINT",
    "money": "DECIMAL(18,2)", "quantity": "DECIMAL(18,4)", "share": "DOUBLE", "d": "DATE", "e": "DATE",
    "ts": "TIMESTAMP", "us": "TIMESTAMP", "yes": "BOOLEAN",
}  # fmt: skip

ROWS = [
    ("a", "g1", "冷链仓储建设项目甲", "冷链仓储建设项目丁", 7, 2, Decimal("100.05"), Decimal("3.0000"), 0.125, date(2024, 1, 31),
     date(2024, 2, 1), datetime(2024, 1, 31, 23, 59, 59), datetime(2024, 2, 1, 0, 0, 1), True),
    ("b", "g1", " Ab12岁cd\\x ", "ab12", -7, 2, Decimal("-0.05"), Decimal("7.1250"), -2.5, date(2024, 2, 29), date(2023, 12, 31),
     datetime(2024, 2, 29, 8, 30, 0), datetime(2023, 12, 31, 20, 0, 0), False),
    ("c", "g2", None, "x", None, 3, None, Decimal("0.3333"), None, None, date(2024, 3, 1), None, datetime(2024, 3, 1), None),
    ("d", "g2", "2024-05-06", "12", 5, None, Decimal("0.02"), None, 3.5, date(2023, 12, 31), None, datetime(2023, 12, 31, 0, 0), None, True),
    ("e", "g3", "", "'\"", 0, 1, Decimal("0.01"), Decimal("1.0000"), 0.0, date(2025, 1, 1), date(2024, 12, 31),
     datetime(2025, 1, 1, 12, 0, 0), datetime(2025, 1, 1, 12, 0, 59), None),
]  # fmt: skip

SCALARS = {
    "abs": ["abs(n)", "abs(money)", "abs(share)"],
    "cast": ["CAST(n AS VARCHAR)", "CAST(money AS VARCHAR)", "CAST(d AS VARCHAR)", "CAST(ts AS DATE)", "CAST(d AS TIMESTAMP)",
             "CAST(share AS DECIMAL(18, 2))", "CAST(quantity AS DECIMAL(18, 2))", "CAST(n AS DOUBLE)", "CAST(yes AS VARCHAR)"],
    "ceil": ["ceil(share)", "ceil(money)"],
    "ceiling": ["ceiling(share)"],
    "coalesce": ["coalesce(n, m, 1)", "coalesce(money, 0)", "coalesce(word, '无')"],
    "date": ["date(ts)"],
    "date_diff": [f"date_diff('{unit}', {pair})" for unit in ("day", "month", "quarter", "year") for pair in ("d, e", "e, d")]
    + [f"date_diff('{unit}', ts, us)" for unit in ("second", "minute", "hour", "day", "month", "year")],
    "day": ["day(d)"],
    "epoch": ["CAST(epoch(ts) AS BIGINT)"],
    "exp": ["exp(share)"],
    "extract": ["extract(hour FROM ts)", "extract(minute FROM ts)", "extract(month FROM d)", "extract(year FROM d)"],
    "floor": ["floor(share)", "floor(money)", "floor(n / 2)"],
    "greatest": ["greatest(n, m)", "greatest(money, 1)"],
    "last_day": ["last_day(d)"],
    "least": ["least(n, m)", "least(d, e)"],
    "left": ["left(word, 3)"],
    "length": ["length(word)"],
    "levenshtein": ["levenshtein(word, other)", "levenshtein(other, word)"],
    "ln": ["ln(nullif(abs(n), 0))"],
    "lower": ["lower(word)"],
    "lpad": ["lpad(other, 12, '零')"],
    "ltrim": ["ltrim(word)"],
    "make_date": ["make_date(2024, m, 5)"],
    "month": ["month(d)"],
    "nullif": ["nullif(n, 0)", "nullif(word, '')"],
    "power": ["power(share, 2)", "power(n, m)"],
    "quarter": ["quarter(d)"],
    "regexp_extract": ["regexp_extract(word, '([0-9]+)岁', 1)", "regexp_extract(word, '[0-9]+岁')"],
    "regexp_matches": ["regexp_matches(word, '^[0-9]{4}-')", "regexp_matches(word, '项目|工程')", "regexp_matches(word, '\\d岁')"],
    "regexp_replace": ["regexp_replace(word, '[^0-9一二三]', '', 'g')"],
    "replace": ["replace(word, '项目', '')"],
    "right": ["right(word, 2)"],
    "round": ["round(share)", "round(share, 1)", "round(money, 1)", "round(quantity, 2)", "round(money / 3, 2)"],
    "rtrim": ["rtrim(word)"],
    "sqrt": ["sqrt(abs(n))"],
    "starts_with": ["starts_with(word, '冷链')"],
    "strftime": ["strftime(d, '%Y-%m')", "strftime(ts, '%Y-%m-%d %H:%M:%S')", "strftime(d, '%m-%d')"],
    "strpos": ["strpos(word, '仓储')", "strpos(word, '没有')"],
    "substr": ["substr(word, 2, 3)", "substr(word, 3)"],
    "substring": ["substring(word, 2, 3)"],
    "trim": ["trim(word)"],
    "try_cast": ["TRY_CAST(word AS INTEGER)", "TRY_CAST(other AS INTEGER)", "TRY_CAST(word AS DATE)"],
    "upper": ["upper(word)"],
    "year": ["year(d)"],
}  # fmt: skip

AGGREGATES = {
    "avg": ["avg(n)", "avg(money)", "avg(share)", "avg(money) FILTER (WHERE n <> 5)", "avg(money) FILTER (WHERE k <> 'd')"],
    "bool_and": ["bool_and(yes)", "bool_and(n > 0)"],
    "bool_or": ["bool_or(yes)"],
    "count": ["count(*)", "count(n)", "count(DISTINCT m)", "count(*) FILTER (WHERE n > 0)"],
    "count_if": ["count_if(n > 0)", "count_if(yes)"],
    "list": ["list(k) FILTER (WHERE n > 100)", "list_sort(list(k)) || list_sort(list(k) FILTER (WHERE n > 100))",
             "list_sort(list(k)) || list_sort(list(other) FILTER (WHERE n IS NOT NULL OR m = 3))"],
    "list_sort": ["list_sort(list(k))", "list_sort(list(DISTINCT m) FILTER (WHERE m IS NOT NULL))", "list_sort(list(other))"],
    "max": ["max(d)", "max(word)", "max(money)"],
    "max_by": ["max_by(k, quantity) FILTER (WHERE quantity IS NOT NULL)"],
    "median": ["median(n)", "median(share)", "median(CAST(money AS DOUBLE))"],
    "min": ["min(d)", "min(other)", "min(ts)"],
    "min_by": ["min_by(k, d) FILTER (WHERE d IS NOT NULL)"],
    "stddev_samp": ["stddev_samp(n)", "stddev_samp(money)"],
    "sum": ["sum(n)", "sum(money)", "sum(share)", "sum(money * quantity)", "sum(money) FILTER (WHERE n > 0)"],
    "var_samp": ["var_samp(share)"],
}  # fmt: skip

WINDOWS = {
    "dense_rank": ["dense_rank() OVER (ORDER BY grp)"],
    "first_value": ["first_value(k) OVER (PARTITION BY grp ORDER BY d)"],
    "lag": ["lag(k) OVER (PARTITION BY grp ORDER BY d)", "lag(n, 1) OVER (ORDER BY k)"],
    "last_value": ["last_value(k) OVER (PARTITION BY grp ORDER BY k ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"],
    "lead": ["lead(d) OVER (PARTITION BY grp ORDER BY k)"],
    "ntile": ["ntile(2) OVER (ORDER BY k)"],
    "rank": ["rank() OVER (ORDER BY grp)", "rank() OVER (ORDER BY n DESC)", "rank() OVER (ORDER BY n)"],
    "row_number": ["row_number() OVER (PARTITION BY grp ORDER BY k DESC)"],
}

CONSTRUCTS = {
    "Select Alias Column Identifier From Table Order Ordered": "SELECT k, n FROM sample",
    "Union Subquery": "SELECT k FROM (SELECT k FROM sample UNION SELECT grp FROM sample) AS u",
    "CTE With TableAlias Join EQ": "WITH s AS (SELECT grp, k FROM sample) SELECT a.k, b.k AS l FROM s a LEFT JOIN s b ON a.grp = b.grp AND a.k <> b.k",
    "Where And Or Not Paren NEQ GT GTE LT LTE": "SELECT k FROM sample WHERE (n > 0 OR m < 3) AND NOT (n <= -7 AND m >= 9) AND n <> 5",
    "Group Having Star Distinct": "SELECT grp, count(DISTINCT n) AS c FROM sample GROUP BY grp HAVING count(*) > 1",
    "Qualify Window": "SELECT k, grp FROM sample QUALIFY row_number() OVER (PARTITION BY grp ORDER BY k) = 1",
    "WindowSpec": "SELECT k, sum(n) OVER (ORDER BY d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s, count(*) OVER (ORDER BY d RANGE BETWEEN 30 PRECEDING AND CURRENT ROW) AS c FROM sample WHERE d IS NOT NULL",
    "Literal Null Boolean Var Neg": "SELECT k, 1 AS one, 'a''b' AS text, 'a\\b' AS slash, -n AS less, true AS yes, NULL AS nothing, 0.8 AS part FROM sample",
    "Placeholder": "SELECT k FROM sample WHERE share > $limit",
    "Add Sub Mul": "SELECT k, n + m AS a, n - m AS b, n * m AS c, money * quantity AS p, d + 30 AS later, money * 1.17 AS taxed FROM sample",
    "Div": "SELECT k, n / nullif(m, 0) AS a, money / nullif(quantity, 0) AS b, money / 3 AS c FROM sample",
    "Mod": "SELECT k, n % 4 AS a FROM sample",
    "Is In Between Like Escape": "SELECT k, n IS NULL AS a, n IN (5, 7) AS b, n BETWEEN 0 AND 5 AS c, word LIKE '%项目_' AS e, other LIKE 'a!%' ESCAPE '!' AS f, n NOT IN (1, 2) AS g FROM sample",
    "NullSafeEQ NullSafeNEQ": "SELECT k, n IS DISTINCT FROM m AS a, n IS NOT DISTINCT FROM m AS b FROM sample",
    "Exists": "SELECT k FROM sample a WHERE EXISTS (SELECT 1 FROM sample b WHERE b.grp = a.grp AND b.k <> a.k)",
    "Case If": "SELECT k, CASE WHEN n > 0 THEN 'more' WHEN n < 0 THEN 'less' END AS sign FROM sample",
    "Filter": "SELECT grp, k, sum(n) FILTER (WHERE yes) OVER (PARTITION BY grp) AS s, count(*) FILTER (WHERE n > 0) OVER (PARTITION BY grp) AS c FROM sample",
    "DPipe": "SELECT k, k || '|' || word AS a, k || n AS b FROM sample",
    "Lateral": "SELECT a.k, x.c FROM sample a, LATERAL (SELECT count(*) AS c FROM sample b WHERE b.grp = a.grp) AS x",
    "Cast TryCast DataType DataTypeParam": "SELECT k, CAST(n AS DECIMAL(18, 4)) AS a, TRY_CAST(other AS DOUBLE) AS b FROM sample",
    "IgnoreNulls RespectNulls": "SELECT k, lag(n IGNORE NULLS) OVER (ORDER BY k) AS a, lag(n RESPECT NULLS) OVER (ORDER BY k) AS b FROM sample",
    "semi": "SELECT a.k FROM sample a SEMI JOIN sample b ON b.grp = a.grp AND b.k > a.k",
    "anti": "SELECT a.k FROM sample a ANTI JOIN sample b ON b.grp = a.grp AND b.k > a.k",
    "recursive": "WITH RECURSIVE up(k, hops) AS (SELECT k, 0 FROM sample WHERE k = 'a' UNION ALL SELECT s.k, up.hops + 1 FROM up JOIN sample s ON s.k > up.k WHERE up.hops < 2) SELECT k, hops, count(*) AS ways FROM up GROUP BY k, hops",
    "one zero": "SELECT sum(n) AS s, count(*) AS c, max(k) AS m, list(k) AS l FROM sample WHERE n > 100",
}
"""Names of SQLGlot's node classes (and joins) -> a SELECT that uses them; rows are compared whatever their order."""
