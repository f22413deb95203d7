"""Cadres' relatives on the lists of their village (村干部亲属占比): their share of each programme's households, against the county's.

A near relative is a spouse, parent or child, or whoever lives in the cadre's household; the cadre counts too. A payment
counts only while the cadre is in office. The chance of so many is the binomial tail at the share of the county's other villages.
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend
from scipy.stats import binom

SCHEMA = pa.schema([
    ("area_id", pa.string()), ("programme_id", pa.string()), ("unit_id", pa.string()), ("households", pa.int64()),
    ("cadre_households", pa.int64()), ("share", pa.float64()), ("county_share", pa.float64()), ("p_value", pa.float64()),
    ("because", pa.string()),
])  # fmt: skip
COUNTS = """
WITH cadre AS (
    SELECT e.person_id, u.area_id, e.starts_on, coalesce(e.ends_on, DATE '9999-12-31') AS ends_on
    FROM public_employee e JOIN unit u ON u.unit_id = e.unit_id
    WHERE e.village_cadre AND u.area_id IS NOT NULL
), near AS (
    SELECT person_id, area_id, starts_on, ends_on FROM cadre
    UNION SELECT k.relative_id, c.area_id, c.starts_on, c.ends_on
    FROM cadre c JOIN kinship k ON k.person_id = c.person_id WHERE k.relation IN ('spouse', 'parent', 'child')
    UNION SELECT k.person_id, c.area_id, c.starts_on, c.ends_on
    FROM cadre c JOIN kinship k ON k.relative_id = c.person_id WHERE k.relation IN ('spouse', 'parent', 'child')
    UNION SELECT m.person_id, c.area_id, c.starts_on, c.ends_on
    FROM cadre c JOIN person p ON p.person_id = c.person_id JOIN person m ON m.household_id = p.household_id
), paid AS (
    SELECT coalesce(s.area_id, p.area_id) AS area_id, s.programme_id, s.unit_id, s.person_id, s.paid_on,
           coalesce(p.household_id, s.person_id) AS household
    FROM subsidy_payment s LEFT JOIN person p ON p.person_id = s.person_id
    WHERE s.person_id IS NOT NULL AND s.amount > 0 AND coalesce(s.kind, 'regular') <> 'correction'
), of_cadre AS (
    SELECT paid.area_id, paid.programme_id, count(DISTINCT paid.household) AS cadre_households
    FROM paid JOIN near n ON n.person_id = paid.person_id AND n.area_id = paid.area_id
    WHERE paid.paid_on BETWEEN n.starts_on AND n.ends_on
    GROUP BY paid.area_id, paid.programme_id
), by_unit AS (
    SELECT area_id, programme_id, unit_id,
           row_number() OVER (PARTITION BY area_id, programme_id ORDER BY count(DISTINCT household) DESC, unit_id) AS place
    FROM paid WHERE unit_id IS NOT NULL GROUP BY area_id, programme_id, unit_id
), total AS (
    SELECT area_id, programme_id, count(DISTINCT household) AS households FROM paid GROUP BY area_id, programme_id
)
SELECT t.area_id, t.programme_id, b.unit_id, t.households, coalesce(c.cadre_households, 0) AS cadre_households,
       coalesce(town.parent_id, '') AS county_id
FROM total t
JOIN area v ON v.area_id = t.area_id AND v.level = 'village'
LEFT JOIN area town ON town.area_id = v.parent_id
LEFT JOIN of_cadre c ON c.area_id = t.area_id AND c.programme_id = t.programme_id
LEFT JOIN by_unit b ON b.area_id = t.area_id AND b.programme_id = t.programme_id AND b.place = 1
ORDER BY t.area_id, t.programme_id
"""


def share_of_cadres(tables: Backend) -> pa.Table:
    """The `score_cadre_share` table: every village and programme with households of other villages to compare with.

    Reads public_employee, unit, kinship, person, subsidy_payment and area. `unit_id` pays most of the households.
    """
    counts = tables.con.execute(COUNTS).fetch_df().astype({"area_id": object, "programme_id": object, "unit_id": object})
    groups = counts.groupby(["county_id", "programme_id"])[["households", "cadre_households"]].transform("sum")
    others = groups - counts[["households", "cadre_households"]]
    counts, others = counts[others["households"] > 0], others[others["households"] > 0]
    counts = counts.assign(
        share=counts["cadre_households"] / counts["households"],
        county_share=others["cadre_households"] / others["households"],
    )
    counts["p_value"] = _chance(counts, others["households"])
    counts["because"] = _because(counts)
    return pa.Table.from_pandas(counts[SCHEMA.names], schema=SCHEMA, preserve_index=False)


def _chance(counts: pd.DataFrame, others: "pd.Series[Any]") -> "np.ndarray[Any, Any]":
    """Chance of so many relatives' households or more; where no other village has any, as if one of their households were one."""
    share = np.maximum(counts["county_share"].to_numpy(), 1 / others.to_numpy())
    tail: np.ndarray[Any, Any] = binom.sf(counts["cadre_households"].to_numpy() - 1, counts["households"].to_numpy(), share)
    return tail


def _because(counts: pd.DataFrame) -> list[str]:
    columns = ("households", "cadre_households", "share", "county_share", "p_value")
    return [
        f"{households}户中{held}户为村干部或其近亲属，占{share:.1%}，全县其他村{county:.1%}；偶然这么多的概率{chance:.2g}"
        for households, held, share, county, chance in zip(*(counts[column] for column in columns), strict=True)
    ]
