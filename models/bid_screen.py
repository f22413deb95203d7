"""Screens of every tender in the lake (投标报价筛查): the numbers of models/screens.py, with the median of tenders of its kind."""

import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

from models.screen_words import because, marks
from models.screens import SCREENS, screens

LEAST_BIDS = 3
"""Prices from which a lot is written: of two hardly any screen can be told."""
LEAST_PEERS = 10
"""Lots of the same class of item from which their median says what is usual."""
NO_LOT = "-"
"""Stands for the lot of a tender that has none: part of the key."""
SCHEMA = pa.schema([
    ("tender_id", pa.string()), ("lot_id", pa.string()), ("bids", pa.int64()),
    *((name, pa.float64()) for name in SCREENS),
    ("lowest_won", pa.bool_()), ("marks", pa.int64()), ("peers", pa.int64()), ("peer_cv", pa.float64()), ("because", pa.string()),
])  # fmt: skip
PRICES = """
WITH offer AS (
    SELECT b.tender_id, coalesce(b.lot_id, $no_lot) AS lot_id, coalesce(b.bidder_id, b.bid_id) AS firm,
           any_value(coalesce(t.item_class, t.category)) AS kind, min(b.price)::DOUBLE AS price,
           coalesce(bool_or(b.status = 'winning'), false) AS won,
           min(coalesce(b.currency, 'CNY')) AS currency, max(coalesce(b.currency, 'CNY')) AS other_currency
    FROM bid b LEFT JOIN tender t ON t.tender_id = b.tender_id
    WHERE b.price > 0 AND coalesce(b.status, 'submitted') IN ('submitted', 'valid', 'winning')
    GROUP BY ALL
), lot_of AS (
    SELECT tender_id, lot_id FROM offer GROUP BY tender_id, lot_id
    HAVING count(*) >= $least_bids AND min(currency) = max(other_currency)
)
SELECT tender_id, lot_id, kind, price, won FROM offer JOIN lot_of USING (tender_id, lot_id)
ORDER BY tender_id, lot_id, price, firm
"""


def screen_bids(tables: Backend) -> pa.Table:
    """The `score_screen` table: every tender and lot with LEAST_BIDS or more priced bids in one currency, one price for each firm.

    Reads bid and tender. peers: other lots of its class of item (else category), from LEAST_PEERS on with the median of their cv.
    """
    prices = tables.con.execute(PRICES, {"no_lot": NO_LOT, "least_bids": LEAST_BIDS}).fetch_df()
    if prices.empty:
        return SCHEMA.empty_table()
    key = ["tender_id", "lot_id"]
    code = prices.groupby(key, sort=True).ngroup()
    lot = prices.groupby(code)[[*key, "kind"]].first()
    found = lot.join(screens(pd.DataFrame({"tender": code, "price": prices["price"]})))
    found["lowest_won"] = _lowest_won(prices.assign(code=code))
    found["marks"] = marks(found).sum(axis=1)
    found = found.join(_peers(found))
    usual = found["peer_cv"].map("；同类离散系数中位数{:.3g}".format).where(found["peer_cv"].notna(), "")
    found["because"] = pd.Series(because(found), index=found.index) + usual
    ordered = found.sort_values(key)[SCHEMA.names].astype(object)
    return pa.Table.from_pandas(ordered.where(ordered.notna(), None), schema=SCHEMA, preserve_index=False)


def _lowest_won(prices: pd.DataFrame) -> "pd.Series[bool]":
    """Whether the winner's price is the lowest; unknown where nobody is said to have won."""
    known = prices.groupby("code")["won"].transform("any")
    low = prices["price"] <= prices.groupby("code")["price"].transform("min")
    return (prices["won"] & low)[known].groupby(prices["code"]).any()


def _peers(found: pd.DataFrame) -> pd.DataFrame:
    """Other lots of the same kind, and the median cv of the kind; none where the kind is not known or has few lots."""
    group = found.groupby("kind", dropna=True)["cv"]
    peers = (group.transform("size") - 1).fillna(0).astype(int)
    return pd.DataFrame({"peers": peers, "peer_cv": group.transform("median").where(peers >= LEAST_PEERS, np.nan)})
