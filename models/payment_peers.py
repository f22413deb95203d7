"""Payments and their peers (同批比较): how far each lies from the middle of its programme, place and period.

Peers are the regular payments of the same programme and period in the village; where these are few, in the town, then in the
county. Distances are taken on a log scale in robust standard deviations (1.4826 x the median absolute deviation: Iglewicz and
Hoaglin, How to Detect and Handle Outliers, 1993). Where even the county has few, a forest tells what lies apart
(models/payment_anomaly.py). Only what lies apart is written, with the peers it was compared with.
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

from models.payment_anomaly import APART, FEATURES, WORDS, forest

FEW = 10
"""Fewer payments are no distribution, and the next wider place is asked."""
LEAST_SPREAD = 0.05
"""Spread of a batch where nearly all are equal: a twentieth up or down is nothing."""
LEAST_DEVIATION = 3.5
"""Iglewicz and Hoaglin's limit: what lies nearer is everyday and is not written."""
LEARNS_FROM = 20_000
"""Payments that the forest sees at most, by the hash of their numbers: its trees take 256 each."""
NAMED = 3
"""Peers named beside a payment: those nearest the middle."""
PLACES = {"village": "本村", "town": "本乡镇", "county": "全县"}
SCHEMA = pa.schema([
    ("payment_id", pa.string()), ("method", pa.string()), ("place", pa.string()), ("peers", pa.int64()), ("middle", pa.float64()),
    ("times", pa.float64()), ("deviation", pa.float64()), ("isolation", pa.float64()), ("peer_payments", pa.string()),
    ("because", pa.string()),
])  # fmt: skip
PAID = """
CREATE OR REPLACE TEMP TABLE compared_payment AS
SELECT s.payment_id, s.programme_id, coalesce(s.period, strftime(s.paid_on, '%Y-%m')) AS period,
       coalesce(s.area_id, '') AS village, coalesce(a.parent_id, s.area_id, '') AS town,
       CAST(s.amount AS DOUBLE) AS amount, CAST(s.quantity AS DOUBLE) AS quantity, ln(CAST(s.amount AS DOUBLE)) AS size
FROM subsidy_payment s LEFT JOIN area a ON a.area_id = s.area_id AND a.level = 'village'
WHERE s.amount > 0 AND coalesce(s.kind, 'regular') = 'regular'
"""
BATCHES = """
CREATE OR REPLACE TEMP TABLE {place}_batch AS
SELECT programme_id, period, {key} AS key, count(*) AS peers, median(size) AS middle,
       greatest(1.4826 * mad(size), {least}) AS spread
FROM compared_payment {known} GROUP BY programme_id, period, {key} HAVING count(*) >= {few}
"""
PLACED = """
CREATE OR REPLACE TEMP TABLE placed_payment AS
SELECT p.payment_id, p.programme_id, p.period, p.amount, p.size,
       CASE WHEN v.peers IS NOT NULL THEN 'village' WHEN t.peers IS NOT NULL THEN 'town' WHEN c.peers IS NOT NULL THEN 'county' END AS place,
       CASE WHEN v.peers IS NOT NULL THEN p.village WHEN t.peers IS NOT NULL THEN p.town ELSE '' END AS key,
       coalesce(v.peers, t.peers, c.peers) AS peers, coalesce(v.middle, t.middle, c.middle) AS middle,
       coalesce(v.spread, t.spread, c.spread) AS spread
FROM compared_payment p
LEFT JOIN village_batch v ON v.programme_id = p.programme_id AND v.period = p.period AND v.key = p.village
LEFT JOIN town_batch t ON t.programme_id = p.programme_id AND t.period = p.period AND t.key = p.town
LEFT JOIN county_batch c ON c.programme_id = p.programme_id AND c.period = p.period
"""
APART_FROM_PEERS = """
WITH apart AS (
    SELECT *, (size - middle) / spread AS deviation FROM placed_payment WHERE place IS NOT NULL AND abs(size - middle) >= ? * spread
), batch AS (
    SELECT DISTINCT programme_id, period, place, key, middle FROM apart
), nearest AS (
    SELECT b.programme_id, b.period, b.place, b.key, p.payment_id,
           row_number() OVER (PARTITION BY b.programme_id, b.period, b.place, b.key ORDER BY abs(p.size - b.middle), p.payment_id) AS nth
    FROM batch b JOIN compared_payment p ON p.programme_id = b.programme_id AND p.period = b.period
         AND b.key = CASE b.place WHEN 'village' THEN p.village WHEN 'town' THEN p.town ELSE '' END
), named AS (
    SELECT programme_id, period, place, key, string_agg(payment_id, '、' ORDER BY nth) AS peer_payments
    FROM nearest WHERE nth <= ? GROUP BY programme_id, period, place, key
)
SELECT a.payment_id, a.programme_id, a.period, a.amount, a.place, a.peers, exp(a.middle) AS middle,
       exp(a.size - a.middle) AS times, a.deviation, n.peer_payments
FROM apart a JOIN named n USING (programme_id, period, place, key) ORDER BY a.payment_id
"""
DISTANCES = """
WITH seen AS (
    SELECT payment_id, programme_id, size AS amount, ln(nullif(greatest(quantity, 0), 0)) AS quantity,
           ln(amount / nullif(greatest(quantity, 0), 0)) AS rate
    FROM compared_payment
), middle AS (
    SELECT programme_id, count(*) AS payments, median(amount) AS amount, median(quantity) AS quantity, median(rate) AS rate
    FROM seen GROUP BY programme_id
)
SELECT s.payment_id, s.programme_id, m.payments, exp(m.amount) AS middle, exp(s.amount) AS paid, coalesce(s.amount - m.amount, 0) AS amount,
       coalesce(s.quantity - m.quantity, 0) AS quantity, coalesce(s.rate - m.rate, 0) AS rate
FROM seen s JOIN middle m USING (programme_id)
"""
OF_FEW = """
SEMI JOIN (SELECT payment_id FROM placed_payment WHERE place IS NULL) f USING (payment_id) WHERE m.payments > 1 ORDER BY s.payment_id
"""
OF_SOME = "ORDER BY hash(s.payment_id), s.payment_id LIMIT ?"


def score_payments(tables: Backend) -> pa.Table:
    """The `score_payment` table: payments apart from their peers, or alone where they have too few. Reads subsidy_payment and area.

    Deterministic: the order of rows does not matter.
    """
    run = tables.con.execute
    run(PAID)
    for place, key in (("village", "village"), ("town", "town"), ("county", "''")):
        known = "" if place == "county" else f"WHERE {key} <> ''"
        run(BATCHES.format(place=place, key=key, known=known, least=LEAST_SPREAD, few=FEW))
    run(PLACED)
    found = pd.concat([_apart(tables), _alone(tables)], ignore_index=True).sort_values("payment_id", kind="stable")
    for name in ("compared_payment", "village_batch", "town_batch", "county_batch", "placed_payment"):
        run(f"DROP TABLE {name}")
    return pa.Table.from_pandas(
        found[SCHEMA.names].astype(object).where(found.notna(), None), schema=SCHEMA, preserve_index=False
    )


def _apart(tables: Backend) -> pd.DataFrame:
    found: pd.DataFrame = tables.con.execute(APART_FROM_PEERS, [LEAST_DEVIATION, NAMED]).fetch_df()
    columns = ("programme_id", "period", "place", "peers", "middle", "amount", "times", "deviation", "peer_payments")
    because = [
        f"项目{programme}{period}{PLACES[place]}{peers}笔，中位数{middle:.2f}元；本笔{amount:.2f}元，为{times:.2f}倍，"
        f"离群度{deviation:.1f}；比如{named}"
        for programme, period, place, peers, middle, amount, times, deviation, named in zip(
            *(found[column] for column in columns), strict=True
        )
    ]
    return found.assign(method="peers", isolation=np.nan, because=because)


def _alone(tables: Backend) -> pd.DataFrame:
    """Payments whose batch is small everywhere, as far as the forest holds them apart from the county's payments."""
    few: pd.DataFrame = tables.con.execute(DISTANCES + OF_FEW).fetch_df()
    if few.empty:
        return few.assign(**dict.fromkeys(SCHEMA.names, None))
    seen = tables.con.execute(DISTANCES + OF_SOME, [LEARNS_FROM]).fetch_df()
    few["isolation"] = -forest().fit(seen[list(FEATURES)].to_numpy()).score_samples(few[list(FEATURES)].to_numpy())
    return _told(few[few["isolation"] >= APART])


def _told(few: pd.DataFrame) -> pd.DataFrame:
    apart: np.ndarray[Any, Any] = few[list(FEATURES)].to_numpy()
    furthest = np.abs(apart).argmax(axis=1)
    because = [
        f"同批不足{FEW}笔，与项目{programme}全部{payments}笔相比：{WORDS[FEATURES[at]]}是中位数的{np.exp(by):.2f}倍，孤立度{alone:.2f}"
        for programme, payments, at, by, alone in zip(
            few["programme_id"], few["payments"], furthest, apart[np.arange(len(few)), furthest], few["isolation"], strict=True
        )
    ]
    return few.assign(
        method="forest", place=None, peers=few["payments"], times=few["paid"] / few["middle"], deviation=np.nan,
        peer_payments=None, because=because,
    )  # fmt: skip
