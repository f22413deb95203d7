"""The last step of a run: everything it concluded is written, and the run ended, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from rules.blindness import Blindness as Blind
from rules.correlate import Correlated
from rules.reason import Priority
from rules.routing import Routed
from rules.weights import Weights
from service.flagging import Findings
from service.handover import Handover
from service.keeping.alerts import Moment, keep_alerts
from service.keeping.assignments import keep_assignments, keep_recusals
from service.keeping.levels import Ranked, keep_levels
from service.keeping.matters import keep_matters
from service.keeping.signals import keep_signals
from service.sealed.accused import Whom, keep_accused
from service.steps import Steps
from service.store import event
from service.store.bulk import upsert
from service.store.event import Happening
from service.store.judged import Blindness
from service.store.run import Run
from service.words import say

ACTOR = "run"


@dataclass(frozen=True)
class Results:
    """What a run concluded."""

    found: Findings
    correlated: Correlated
    routed: Routed
    priorities: Sequence[Priority]
    matters: Sequence[tuple[str, ...]]
    accused: Mapping[str, Whom]
    """Whom the complaints are about that an alert rests on."""


def keep(
    steps: Steps, results: Results, weights: Weights, handover: Handover, lake_state: str, then: Callable[[Session], None]
) -> dict[str, int]:
    """Write signals, alerts, priorities, assignments, recusals and what could not be judged; end the run. Returns the counts.

    `then` does what follows from the alerts in the same transaction: killed, it is all done or none.
    """
    steps.watch(say("step.keep"), 0, 0)
    now, run_id = steps.clock(), steps.run_id
    found, correlated, routed = results.found, results.correlated, results.routed
    with steps.store.change() as session:
        moment = Moment(run_id, steps.question.as_of, now)
        versions = keep_signals(session, run_id, [*found.signals, *found.shadow], found.version)
        told = keep_alerts(session, moment, correlated.alerts, versions, Ranked(results.priorities, weights), found.cleared.facts)
        log = told.happenings + keep_levels(session, run_id, weights)
        keep_matters(session, results.matters)
        keep_accused(session, [one.fingerprint for one in correlated.alerts], results.accused)
        log += keep_assignments(session, moment, routed.assignments, handover)
        log += keep_recusals(session, moment, routed.recusals, {one.fingerprint for one in correlated.alerts})
        upsert(
            session, Blindness, [_row(run_id, one, found.hashes[one.rule]) for one in found.blindness.values()], update=["body"]
        )
        counts = {**told.counts, "signals": len(found.signals), "gaps": len(routed.gaps)}
        log.append(Happening("run.done", str(run_id), {"as_of": str(moment.as_of), **counts}))
        event.append(session, log, ACTOR, now)
        session.get_one(Run, run_id).finish(session, lake_state, counts, now)
        session.flush()
        then(session)
    return counts


def _row(run_id: int, blindness: Blind, version: str) -> dict[str, Any]:
    return {"run_id": run_id, "rule": blindness.rule, "body": {**asdict(blindness), "hash": version}}
