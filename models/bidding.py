"""Who bid for what and who won (投标与中标): the two frames that the search for rings starts from."""

import pandas as pd
from ibis.backends.duckdb import Backend

BIDS = """
SELECT DISTINCT b.tender_id, b.bidder_id AS firm, t.buyer_id,
       coalesce(t.item_class, t.category, '') || '|' || coalesce(t.area_id, '') AS market,
       coalesce(t.opened_at, t.closes_at, t.noticed_at, t.awarded_on)::DATE AS day
FROM bid b JOIN tender t ON t.tender_id = b.tender_id
WHERE b.bidder_id IS NOT NULL AND coalesce(b.status, 'submitted') NOT IN ('withdrawn', 'invited')
ORDER BY b.tender_id, firm
"""
WINNERS = """
SELECT DISTINCT tender_id, firm FROM (
    SELECT a.tender_id, a.supplier_id AS firm FROM award a WHERE coalesce(a.status, 'active') IN ('active', 'pending')
    UNION ALL
    SELECT a.tender_id, s.enterprise_id FROM award a JOIN award_supplier s ON s.award_id = a.award_id
    WHERE coalesce(a.status, 'active') IN ('active', 'pending')
    UNION ALL
    SELECT b.tender_id, b.bidder_id FROM bid b
    WHERE b.status = 'winning' AND NOT EXISTS (SELECT 1 FROM award a WHERE a.tender_id = b.tender_id)
) WHERE firm IS NOT NULL
"""


def bids(tables: Backend) -> pd.DataFrame:
    """Each firm once for each tender it bid for: tender_id, firm, buyer_id, market, day, won.

    `market` is the class of item and the area: where a firm may be expected to meet another by chance. `day` is that of the
    opening, else the deadline, the notice or the award. Bids withdrawn and invitations are left out.
    """
    bid: pd.DataFrame = tables.con.execute(BIDS).fetch_df()
    winner: pd.DataFrame = tables.con.execute(WINNERS).fetch_df().assign(won=True)
    found = bid.merge(winner, on=["tender_id", "firm"], how="left")
    return found.assign(won=found["won"].notna(), day=pd.to_datetime(found["day"]))
