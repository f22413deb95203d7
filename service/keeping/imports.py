"""Imports into the log: which batches came in or were replaced, with their counts; never a value of a row."""

from datetime import datetime

from datasets.import_report import ImportReport
from service.store import event
from service.store.database import Store
from service.store.event import Happening


def put_on_record(store: Store, report: ImportReport, actor: str, now: datetime) -> None:
    """One entry for each batch that the import changed."""
    happenings = [
        Happening(
            f"batch.{part.status}",
            part.batch_id,
            {
                "table": part.table,
                "rows": part.rows,
                "accepted": part.accepted,
                "rejected": part.rejected,
                "diverted": part.diverted,
            },
        )
        for part in report.parts
        if part.status in ("imported", "replaced")
    ]
    if happenings:
        with store.change() as session:
            event.append(session, happenings, actor, now)
