"""Complaints as events (投诉): who called about what kind of thing, where and when; and how many different people within some days."""

import pandas as pd
from ibis.backends.duckdb import Backend

WINDOWS = (7, 30)
"""H08's windows in days."""
LEAST = 3
"""Different callers from which a window is looked at: two neighbours are no crowd."""
PAST = 180
"""Days before a window that tell what is usual there; where records begin later, the days after it make up for them."""
LEAST_KNOWN = 30
"""Days of records outside a window without which nobody can say what is usual: it is not judged."""
SURE = 0.9
"""Certainty of a mention that may stand for the area of a ticket without one."""
EVENTS = """
CREATE OR REPLACE TEMP TABLE complaint_event AS
WITH told AS (
    SELECT ticket_id, CASE WHEN count(DISTINCT entity_id) = 1 THEN min(entity_id) END AS area_id
    FROM mention WHERE entity_kind = 'village' AND certainty >= $sure GROUP BY ticket_id
), plain AS (
    SELECT t.ticket_id, t.category, t.caller_id, t.unit_id, t.created_at::DATE AS day, coalesce(t.area_id, m.area_id) AS area_id,
           -- up to the house: 学府雅苑60栋204室 is 学府雅苑; a number in a street is a place of its own
           regexp_replace(regexp_replace(coalesce(t.place, ''), '[\\s，。、（）()]', '', 'g'),
                          '([0-9A-Za-z]+|[一二三四五六七八九十]+)(号?[栋幢座楼]|单元|室|组|队).*$', '') AS spot
    FROM ticket t
    LEFT JOIN told m ON m.ticket_id = t.ticket_id
    LEFT JOIN ticket into_ ON into_.ticket_id = t.merged_into AND into_.ticket_id <> t.ticket_id
    WHERE t.category IS NOT NULL AND t.caller_id IS NOT NULL
      AND coalesce(t.kind, 'complaint') NOT IN ('inquiry', 'praise') AND coalesce(t.regime, 'ordinary') <> 'accusation'
      AND coalesce(into_.caller_id, '') <> t.caller_id  -- a repeat that was merged into the caller's own ticket counts once
), home AS (
    SELECT spot, min(area_id) AS area_id FROM plain
    WHERE length(spot) >= 3 AND area_id IS NOT NULL GROUP BY spot HAVING count(DISTINCT area_id) = 1
), placed AS (
    SELECT p.ticket_id, p.category, p.caller_id, p.unit_id, p.day, coalesce(p.area_id, h.area_id) AS area_id,
           CASE WHEN length(p.spot) >= 3 THEN p.spot ELSE '' END AS spot
    FROM plain p LEFT JOIN home h ON h.spot = p.spot
)
SELECT ticket_id, category, caller_id, unit_id, day, area_id, spot FROM placed WHERE area_id IS NOT NULL AND spot <> ''
UNION ALL
SELECT ticket_id, category, caller_id, unit_id, day, area_id, '' FROM placed WHERE area_id IS NOT NULL
"""
COUNTED = """
WITH span AS (
    SELECT min(day) AS first_day, max(day) AS last_day, date_diff('day', min(day), max(day)) + 1 AS days
    FROM complaint_event
), daily AS (
    SELECT area_id, category, spot, day, count(DISTINCT caller_id) AS callers
    FROM complaint_event GROUP BY area_id, category, spot, day
), peer AS (
    SELECT e.area_id, e.category, e.spot, coalesce(a.level, '') || CASE WHEN e.spot = '' THEN '' ELSE '.' END AS grade
    FROM (SELECT DISTINCT area_id, category, spot FROM complaint_event) e LEFT JOIN area a ON a.area_id = e.area_id
), place AS (
    SELECT coalesce(level, '') AS grade, count(*) AS places FROM area GROUP BY level
    UNION ALL
    SELECT grade, count(DISTINCT (area_id, spot)) FROM peer WHERE grade LIKE '%.' OR grade = '' GROUP BY grade
), mean AS (
    SELECT p.grade, d.category, sum(d.callers) / (max(pl.places) * max(s.days)) AS mean
    FROM daily d JOIN peer p ON p.area_id = d.area_id AND p.category = d.category AND p.spot = d.spot
    JOIN place pl ON pl.grade = p.grade CROSS JOIN span s
    GROUP BY p.grade, d.category
), window_ AS (
    SELECT d.area_id, d.category, d.spot, d.day AS ends_on, count(DISTINCT e.caller_id) AS callers
    FROM daily d JOIN complaint_event e ON e.area_id = d.area_id AND e.category = d.category AND e.spot = d.spot
     AND e.day > d.day - $days AND e.day <= d.day
    GROUP BY d.area_id, d.category, d.spot, d.day
    HAVING count(DISTINCT e.caller_id) >= $least
), usual AS (
    SELECT w.*, s.first_day, s.last_day, greatest(date_diff('day', s.first_day, w.ends_on) - $days + 1, 0) AS before_days
    FROM window_ w CROSS JOIN span s
), known AS (
    SELECT u.*, least(before_days, $past) AS taken, greatest($past - before_days, 0) AS missing FROM usual u
)
SELECT w.area_id, w.category, w.spot, w.ends_on, w.callers, coalesce(sum(d.callers), 0)::DOUBLE AS past,
       w.taken AS days_before, least(w.missing, date_diff('day', w.ends_on, w.last_day)) AS days_after, min(m.mean) AS mean
FROM known w
JOIN peer p ON p.area_id = w.area_id AND p.category = w.category AND p.spot = w.spot
JOIN mean m ON m.grade = p.grade AND m.category = w.category
LEFT JOIN daily d ON d.area_id = w.area_id AND d.category = w.category AND d.spot = w.spot
 AND (d.day > w.ends_on - $days - $past AND d.day <= w.ends_on - $days OR d.day > w.ends_on AND d.day <= w.ends_on + w.missing::INTEGER)
GROUP BY w.area_id, w.category, w.spot, w.ends_on, w.callers, w.taken, w.missing, w.last_day
HAVING w.taken + least(w.missing, date_diff('day', w.ends_on, w.last_day)) >= $known
ORDER BY w.area_id, w.category, w.spot, w.ends_on
"""


def complaints(tables: Backend) -> pd.DataFrame:
    """Every complaint with a known caller, kind and area, once for its area (spot empty) and once more for its spot.

    Columns: ticket_id, category, caller_id, unit_id, day, area_id, spot. Kept as the temporary table `complaint_event` too.
    """
    tables.con.execute(EVENTS.replace("$sure", str(SURE)))
    found: pd.DataFrame = tables.con.execute("SELECT * FROM complaint_event ORDER BY day, ticket_id, spot").fetch_df()
    return found


def counted(tables: Backend, days: int) -> pd.DataFrame:
    """Windows of so many days that end on a day with a complaint and hold LEAST callers or more, after `complaints`.

    Columns: area_id, category, spot, ends_on, callers, past (callers by day, summed over the days that tell what is
    usual), days_before and days_after (how many such days there are on either side), mean (callers by day of a place of its like, all records and places taken).
    """
    found: pd.DataFrame = tables.con.execute(
        COUNTED, {"days": days, "least": LEAST, "past": PAST, "known": LEAST_KNOWN}
    ).fetch_df()
    return found
