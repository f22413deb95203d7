"""The last step of a run: everything it concluded is written, and the run ended, in one transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from rules.alert import Alert as Finding
from rules.routing import Routed
from rules.signal import Signal
from service.keeping.alerts import Moment, keep_alerts
from service.keeping.assignments import keep_assignments, keep_recusals
from service.keeping.signals import keep_signals
from service.store import event
from service.store.bulk import upsert
from service.store.event import Happening
from service.store.judged import Blindness
from service.store.run import Run

ACTOR = "run"


def keep(
    session: Session, run: Run, moment: Moment, signals: Sequence[Signal], findings: Sequence[Finding], routed: Routed,
    blindness: dict[str, dict[str, Any]], lake_state: str,
) -> dict[str, Any]:  # fmt: skip
    """Write signals, alerts, assignments, recusals and what could not be judged; end the run. Returns the counts."""
    versions = keep_signals(session, moment.run_id, signals)
    told = keep_alerts(session, moment, findings, versions)
    log = told.happenings + keep_assignments(session, moment, routed.assignments)
    log += keep_recusals(session, moment, routed.recusals, {finding.fingerprint for finding in findings})
    rows = [{"run_id": moment.run_id, "rule": rule, "body": body} for rule, body in blindness.items()]
    upsert(session, Blindness, rows, update=["body"])
    counts = {**told.counts, "signals": len(versions), "gaps": len(routed.gaps)}
    log.append(Happening("run.done", str(moment.run_id), {"as_of": str(moment.as_of), **counts}))
    event.append(session, log, ACTOR, moment.now)
    run.finish(session, lake_state, counts, moment.now)
    return counts
