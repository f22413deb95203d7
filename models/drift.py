"""Drift (漂移): whether what models read and write still looks like before, the newest batch of records against the earlier ones.

Population stability index: sum of (a - b) ln(a / b) over the tenths of the earlier values, a and b being the shares of the newest
and the earlier batch in each. Below 0.1 nothing moved, from 0.25 a model or threshold has to be looked at again (Siddiqi, Credit
Risk Scorecards, 2006). A batch is an import; the newest is the one whose records reach the latest day.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

TENTHS = np.linspace(0, 1, 11)[1:-1]
FEWEST = 100
"""Values on either side: with fewer the index is mostly chance (about 9/n + 9/m where nothing moved)."""
MOVED, SHIFTED = 0.1, 0.25
WORDS = {"stable": "没有变化", "moved": "有变化", "shifted": "变化明显，模型和界限要重看"}
SCHEMA = pa.schema([
    ("table_name", pa.string()), ("column_name", pa.string()), ("kind", pa.string()), ("newest_batch", pa.string()),
    ("earlier_rows", pa.int64()), ("newest_rows", pa.int64()), ("psi", pa.float64()), ("level", pa.string()), ("because", pa.string()),
])  # fmt: skip


class Watched(NamedTuple):
    """A column that is watched, and a SELECT of batch_id, day and value.

    A score belongs to the batch of the record it is about; one about a village, hot spot or ring, to the batches of the records
    that belong there. Records without a score count as 0, so that many more or fewer scores are drift too.
    """

    table: str
    column: str
    kind: str
    select: str
    share: bool = False
    """Whether the value is 0 or 1, so that a share is told and no median."""


WATCHED = (
    Watched("subsidy_payment", "amount", "input", "SELECT batch_id, paid_on, amount FROM subsidy_payment WHERE amount > 0"),
    Watched("subsidy_payment", "quantity", "input", "SELECT batch_id, paid_on, quantity FROM subsidy_payment WHERE amount > 0"),
    Watched("bid", "price", "input", "SELECT b.batch_id, t.noticed_at, b.price FROM bid b JOIN tender t ON t.tender_id = b.tender_id"),
    Watched("ticket", "body_length", "input", "SELECT batch_id, created_at, length(body) FROM ticket"),
    *(
        Watched(
            "score_payment", column, "score",
            f"SELECT p.batch_id, p.paid_on, s.{column} FROM score_payment s JOIN subsidy_payment p ON p.payment_id = s.payment_id",  # noqa: S608 a constant
        ) for column in ("deviation", "isolation")
    ),
    Watched(
        "score_cadre_share", "share", "score",
        "SELECT p.batch_id, p.paid_on, s.share FROM subsidy_payment p"
        " JOIN score_cadre_share s ON s.area_id = p.area_id AND s.programme_id = p.programme_id",
    ),
    Watched(
        "entity", "weight", "score",
        "SELECT p.batch_id, p.paid_on, (e.weight IS NOT NULL)::INT FROM subsidy_payment p"
        " JOIN entity e ON e.kind = 'person' AND e.record_id = p.person_id", share=True,
    ),
    *(
        Watched(
            "score_screen", column, "score",
            f"SELECT t.batch_id, t.noticed_at, s.{column} FROM score_screen s JOIN tender t ON t.tender_id = s.tender_id",  # noqa: S608
        ) for column in ("cv", "marks")
    ),
    Watched(
        "score_ring", "cluster_id", "score",
        "SELECT t.batch_id, t.noticed_at, (r.tender_id IS NOT NULL)::INT FROM tender t"
        " LEFT JOIN (SELECT DISTINCT tender_id FROM ring_tender) r ON r.tender_id = t.tender_id", share=True,
    ),
    Watched(
        "score_hotspot", "hotspot_id", "score",
        "SELECT t.batch_id, t.created_at, (h.ticket_id IS NOT NULL)::INT FROM ticket t"
        " LEFT JOIN (SELECT DISTINCT ticket_id FROM hotspot_ticket) h ON h.ticket_id = t.ticket_id", share=True,
    ),
    Watched(
        "score_integrity", "score", "score",
        "SELECT t.batch_id, t.created_at, coalesce(s.score, 0) FROM ticket t"
        " LEFT JOIN (SELECT ticket_id, max(score) AS score FROM score_integrity GROUP BY 1) s ON s.ticket_id = t.ticket_id",
    ),
    Watched(
        "mention", "ticket_id", "score",
        "SELECT t.batch_id, t.created_at, (m.ticket_id IS NOT NULL)::INT FROM ticket t"
        " LEFT JOIN (SELECT DISTINCT ticket_id FROM mention) m ON m.ticket_id = t.ticket_id", share=True,
    ),
    Watched(
        "ticket_matter", "matter_id", "score",
        "SELECT t.batch_id, t.created_at, (m.matter_id <> 'M' || t.ticket_id)::INT FROM ticket t"
        " JOIN ticket_matter m ON m.ticket_id = t.ticket_id", share=True,
    ),
)  # fmt: skip
READS = (
    "subsidy_payment", "bid", "tender", "ticket", "score_payment", "score_cadre_share", "entity", "score_screen", "ring_tender",
    "hotspot_ticket", "score_integrity", "mention", "ticket_matter",
)  # fmt: skip


def find_drift(tables: Backend) -> pa.Table:
    """The `score_drift` table: one row for each watched column that has an earlier batch to compare with. Reads READS, with batch_id."""
    rows = [row for one in WATCHED if (row := _row(tables, one))]
    frame = pd.DataFrame(rows, columns=SCHEMA.names)
    return pa.Table.from_pandas(frame, schema=SCHEMA, preserve_index=False)


def stability_index(earlier: "np.ndarray[Any, Any]", newest: "np.ndarray[Any, Any]") -> float:
    """PSI of two samples over the tenths of the earlier one; half a row is lent to every tenth, so that an empty one stays finite."""
    cuts = np.unique(np.quantile(earlier, TENTHS))
    shares = []
    for values in (earlier, newest):
        counts = np.bincount(np.searchsorted(cuts, values, side="left"), minlength=len(cuts) + 1) + 0.5
        shares.append(counts / counts.sum())
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def level_of(psi: float) -> str:
    """stable, moved or shifted."""
    return "shifted" if psi >= SHIFTED else "moved" if psi >= MOVED else "stable"


def _row(tables: Backend, one: Watched) -> tuple[object, ...] | None:
    seen = (
        tables.con.sql(one.select).project("#1 AS batch_id, #2 AS day, CAST(#3 AS DOUBLE) AS value").filter("value IS NOT NULL")
    )
    newest = seen.filter("day IS NOT NULL").aggregate("max_by(batch_id, (day, batch_id))").fetchall()[0][0]
    if newest is None:
        return None
    values = seen.project("batch_id, value").df()
    new, value = (values["batch_id"] == newest).to_numpy(), values["value"].to_numpy(float)
    before, after = value[~new], value[new]
    if min(len(before), len(after)) < FEWEST:
        return None
    psi = stability_index(before, after)
    level = level_of(psi)
    said = (
        f"占比由{before.mean():.2%}变为{after.mean():.2%}"
        if one.share
        else f"中位数由{np.median(before):.4g}变为{np.median(after):.4g}"
    )
    because = f"新批次{len(after)}条，以前{len(before)}条：PSI {psi:.3f}，{WORDS[level]}；{said}"
    return one.table, one.column, one.kind, newest, len(before), len(after), psi, level, because
