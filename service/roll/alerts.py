"""The roll (花名册) of all alerts, held in memory by each process: what the queue counts, filters and orders by.

Counting nine facets, and every saved view, over 100,000 alerts takes the databases seconds and this some milliseconds. It is as
new as the audit log: every change of an alert is an entry there, so a request that finds a new entry reads again what it is about.
Which alerts somebody sees is asked of the database (service.access.sight), and kept for as long as nothing has changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Executable, func, select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import narrowed
from service.store.alert import Alert, AlertSignal
from service.store.assignment import Assignment
from service.store.event import Event
from service.store.search import AlertText
from service.store.signal import SignalVersion

Mask = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int64]
NEVER = date.max.toordinal()
"""The due day of what has none."""
DESKS = 64
"""Callers of whom it is remembered what they see: as many desks as one process serves in a day."""
COLUMNS = ("status", "severity", "level", "stream", "office", "unit", "area", "holder")
MANY = ("rule", "topic")
"""What one alert can have several of."""


@dataclass(frozen=True)
class Coded:
    """A column as numbers, and what they stand for; of what an alert can have several of, `owner` says whose each number is."""

    codes: Codes
    values: list[str]
    owner: Codes | None = None

    def within(self, wanted: Sequence[str], size: int) -> Mask:
        """The alerts that have one of the values."""
        numbers = [self.values.index(one) for one in wanted if one in self.values]
        hit = np.isin(self.codes, numbers)
        if self.owner is None:
            return hit
        found = np.zeros(size, dtype=bool)
        found[self.owner[hit]] = True
        return found

    def counts(self, mask: Mask) -> dict[str, int]:
        """Value -> how many alerts of the mask have it; those without a value are not counted."""
        codes = self.codes[mask] if self.owner is None else self.codes[mask[self.owner]]
        tally = np.bincount(codes[codes >= 0], minlength=len(self.values))
        return {value: int(count) for value, count in zip(self.values, tally, strict=True) if count}


@dataclass(frozen=True)
class Roll:
    """All alerts, the first priority first; every array has one place for each."""

    edition: int
    """The last entry of the audit log that it knows."""
    prints: npt.NDArray[np.object_]
    coded: dict[str, Coded]
    due: npt.NDArray[np.int64]
    """Due day of the lead, as date.toordinal."""
    texts: npt.NDArray[np.int64]
    place_of: dict[str, int]
    seen: dict[tuple[object, ...], tuple[Caller, Mask]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.prints)

    def visible(self, session: Session, caller: Caller) -> Mask:
        """The alerts that the caller sees."""
        key = (caller.held, caller.scopes, caller.person_id)
        known = self.seen.get(key)  # once: another thread may let it go at any time
        if known is not None:
            return known[1]
        mask = self.of(session.scalars(narrowed(select(Alert.fingerprint), caller)).all())
        for oldest in list(self.seen)[: 1 - DESKS]:
            self.seen.pop(oldest, None)
        self.seen[key] = (caller, mask)
        return mask

    def of(self, prints: Sequence[str]) -> Mask:
        """The alerts of these fingerprints."""
        mask = np.zeros(self.size, dtype=bool)
        mask[_places(self, prints)] = True
        return mask

    def holding(self, texts: npt.NDArray[np.int64]) -> Mask:
        """The alerts that say what the texts say."""
        return np.isin(self.texts, texts)


def read_roll(session: Session) -> Roll:
    """The roll as it is now: about a second for 100,000 alerts."""
    edition = _edition(session)
    columns = (Alert.fingerprint, Alert.status, Alert.severity, Alert.level, Alert.unit_id, Alert.area_id, Alert.holder)
    rows = _rows(session, select(*columns).order_by(Alert.priority.desc(), Alert.fingerprint))
    prints, *parts = _columns(rows, len(columns))
    place_of = dict(zip(prints.tolist(), range(len(prints)), strict=True))
    own = dict(zip(("status", "severity", "level", "unit", "area", "holder"), (pd.Series(one) for one in parts), strict=True))
    own["area"] = own["area"].str.slice(0, 9) if len(prints) else own["area"]
    led, stream, office, due = _columns(leads(session, None), 4)
    places, known = _known(led, place_of)
    first = np.unique(places, return_index=True)[1]  # of several leads the first counts
    for name, values, otherwise in (("stream", stream, None), ("office", office, None), ("due", due, NEVER)):
        column = np.full(len(prints), otherwise, dtype=object)
        column[places[first]] = values[known][first]
        own[name] = pd.Series(column)
    coded = {name: _coded(own[name]) for name in COLUMNS} | _several(session, place_of)
    texts = np.full(len(prints), -1, dtype=np.int64)
    said, number = _columns(_rows(session, select(AlertText.fingerprint, AlertText.text_id)), 2)
    places, known = _known(said, place_of)
    texts[places] = number[known].astype(np.int64)
    return Roll(edition, prints, coded, own["due"].to_numpy(dtype=np.int64), texts, place_of)


def _rows(session: Session, query: Executable) -> Sequence[Sequence[Any]]:
    """Plain rows: what the ORM does with each costs as much as the database."""
    return session.connection().execute(query).fetchall()


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[npt.NDArray[np.object_]]:
    """Rows as columns."""
    columns = [np.empty(len(rows), dtype=object) for _ in range(width)]
    for at, column in enumerate(columns):
        column[:] = [row[at] for row in rows]
    return columns


def _known(prints: Iterable[str], place_of: dict[str, int]) -> tuple[Numbers, Mask]:
    """The places of those that the roll has, and which they are: between two queries others may have come."""
    places = np.array(list(map(place_of.get, prints, repeat(-1))), dtype=np.int64)
    return places[places >= 0], places >= 0


def _several(session: Session, place_of: dict[str, int]) -> dict[str, Coded]:
    """What one alert can have several of, each once: rules and topics of the signals it rests on."""
    named = func.aggregate_strings(AlertSignal.fingerprint, " ")  # a row for each rule, not for each signal
    own = select(SignalVersion.rule, SignalVersion.topic, named).select_from(AlertSignal).join(SignalVersion).join(Alert)
    rows = _rows(session, own.where(AlertSignal.last_run == Alert.last_run).group_by(SignalVersion.rule, SignalVersion.topic))
    resting = [(dict(zip(MANY, row, strict=False)), _known(row[2].split(), place_of)[0]) for row in rows]
    found = {}
    for name in MANY:
        values = list(dict.fromkeys(one[name] for one, _ in resting))
        pairs = [places * len(values) + values.index(one[name]) for one, places in resting]
        once = np.unique(np.concatenate(pairs)) if pairs else np.zeros(0, dtype=np.int64)
        width = max(len(values), 1)
        found[name] = Coded((once % width).astype(np.int32), values, (once // width).astype(np.int32))
    return found


def _coded(column: "pd.Series[str]") -> Coded:
    codes, values = pd.factorize(column)
    return Coded(codes.astype(np.int32), [str(one) for one in values])


def leads(session: Session, only: Sequence[str] | None) -> list[tuple[str, str, str | None, int]]:
    """Fingerprint, stream, office (or department) and due day of every lead."""
    lead = select(Assignment.fingerprint, Assignment.stream, Assignment.office_id, Assignment.due_on)
    lead = lead.where(Assignment.ended_run.is_(None), Assignment.role == "lead")
    if only is not None:
        lead = lead.where(Assignment.fingerprint.in_(only))
    return [(one, stream, office, due.toordinal() if due else NEVER) for one, stream, office, due in _rows(session, lead)]


def _places(roll: Roll, prints: Sequence[str]) -> list[int]:
    return [roll.place_of[one] for one in prints if one in roll.place_of]


def _edition(session: Session) -> int:
    return session.scalar(select(func.max(Event.seq))) or 0
