"""Priorities into the store: each alert's number and reasons, and the levels of all open alerts by their places."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.reason import Priority
from rules.standing import Standing, levels, quietened
from rules.weights import Weights
from service.store.alert import OPEN, Alert
from service.store.event import Happening


@dataclass(frozen=True)
class Ranked:
    """The priorities of a run's alerts, and the weights they were made with."""

    priorities: Sequence[Priority]
    weights: Weights

    @cached_property
    def _by_print(self) -> dict[str, Priority]:
        return {one.fingerprint: one for one in self.priorities}

    def facts_of(self, fingerprint: str) -> dict[str, Any]:
        """The priority of an alert in the shapes of the store."""
        one = self._by_print[fingerprint]
        return {"priority": one.number, "sure": one.sure, "reasons": [reason.model_dump(mode="json") for reason in one.reasons]}

    def sink(self, alert: Alert) -> None:
        """An alert that the run no longer sees goes behind."""
        number, reason = quietened(alert.priority, self.weights)
        alert.sink(number, reason.model_dump(mode="json"))


def keep_levels(session: Session, run_id: int, weights: Weights) -> list[Happening]:
    """Give every open alert its level; returns an entry for the log for each that was open before and has another level now."""
    alerts = {one.fingerprint: one for one in session.scalars(select(Alert).where(Alert.status == OPEN))}
    standings = [Standing(one.fingerprint, one.priority, one.sure) for one in alerts.values()]
    told = []
    for fingerprint, level in levels(standings, weights).items():
        changed = alerts[fingerprint].grade(level)
        if changed and alerts[fingerprint].first_run < run_id:
            told.append(Happening("alert.level", fingerprint, {"changed": {"level": changed}}))
    return told
