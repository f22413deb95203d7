"""The roll that a process holds, brought up to date whenever somebody looks: whole after a run, else only what has changed."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from service.access.sight import narrowed
from service.roll.alerts import NEVER, Coded, Roll, leads, read_roll
from service.store.alert import Alert
from service.store.event import Event
from service.store.triage import AlertPart

Labels = dict[str, dict[str, str]]
FEW = 400
"""Up to so many changed alerts are read one by one; beyond, reading all is no slower."""


@dataclass
class Rolls:
    """Holds the newest roll."""

    _newest: Roll | None = None
    _labels: dict[tuple[object, ...], Labels] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._turn = threading.Lock()

    def labels(self, key: tuple[object, ...], roll: Roll, look_up: Callable[[], Labels]) -> Labels:
        """What the values of facets are called, looked up once for each state of the lake and language, and for new values."""
        whole = (*key, tuple(len(one.values) for one in roll.coded.values()))
        known = self._labels.get(whole)  # once: another thread may let it go at any time
        if known is not None:
            return known
        made = look_up()
        if len(self._labels) > 8:
            self._labels.clear()
        self._labels[whole] = made
        return made

    def now(self, session: Session) -> Roll:
        """The roll as of the last entry of the audit log."""
        edition = session.scalar(select(func.max(Event.seq))) or 0
        newest = self._newest
        if newest is not None and newest.edition == edition:
            return newest
        with self._turn:
            if self._newest is None or self._newest.edition > edition:  # another thread may be ahead of this view of the database
                self._newest = self._newest or read_roll(session)
            elif self._newest.edition < edition:
                self._newest = brought_up(self._newest, session, edition)
            return self._newest


def brought_up(roll: Roll, session: Session, edition: int) -> Roll:
    """The roll with what the entries since then are about read again; read anew after a run, or after very much."""
    since = session.execute(select(Event.kind, Event.about).where(Event.seq > roll.edition).distinct().limit(2 * FEW)).all()
    changed = sorted({about for kind, about in since if kind.startswith(("alert.", "assignment.", "transfer.", "verdict."))})
    whole = any(kind in ("run.done", "alert.opened") for kind, _ in since) or len(since) == 2 * FEW
    if whole or any(one not in roll.place_of for one in changed) or _findings_went(session, since):
        return read_roll(session)
    if not changed:
        return replace(roll, edition=edition)
    rows = session.execute(
        select(Alert.fingerprint, Alert.status, Alert.severity, Alert.level, Alert.holder).where(Alert.fingerprint.in_(changed))
    ).all()
    led = {one: (stream, office, due) for one, stream, office, due in leads(session, changed)}
    fresh: dict[str, dict[int, str | None]] = {name: {} for name in ("status", "severity", "level", "holder", "stream", "office")}
    due = roll.due.copy()
    for one, status, severity, level, holder in rows:
        place = roll.place_of[one]
        stream, office, day = led.get(one, (None, None, NEVER))
        for name, value in (
            ("status", status),
            ("severity", severity),
            ("level", level),
            ("holder", holder),
            ("stream", stream),
            ("office", office),
        ):
            fresh[name][place] = value
        due[place] = day
    coded = {**roll.coded, **{name: _with(roll.coded[name], values) for name, values in fresh.items()}}
    seen = {}
    for key, (caller, mask) in list(roll.seen.items()):
        again = mask.copy()
        again[[roll.place_of[one] for one in changed]] = False
        visible = session.scalars(narrowed(select(Alert.fingerprint), caller).where(Alert.fingerprint.in_(changed)))
        again[[roll.place_of[one] for one in visible]] = True
        seen[key] = (caller, again)
    return replace(roll, edition=edition, coded=coded, due=due, seen=seen)


def _findings_went(session: Session, since: Iterable[Row[str, str]]) -> bool:
    """Whether findings may have gone from one alert to another: the entry is about the part (拆分), and the other one has other rules too."""
    moved = [about for kind, about in since if kind in ("alert.merged", "alert.split", "alert.undone")]
    return bool(moved) and session.scalar(select(AlertPart.part_id).where(AlertPart.fingerprint.in_(moved)).limit(1)) is not None


def _with(column: Coded, values: dict[int, str | None]) -> Coded:
    codes, known = column.codes.copy(), list(column.values)
    for place, value in values.items():
        if value is not None and value not in known:
            known.append(value)
        codes[place] = known.index(value) if value is not None else -1
    return Coded(codes, known)
