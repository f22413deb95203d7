"""All alerts as columns for counting, a place for each in the order of the queue's roll: so that figures and lists agree.

What only a run changes (amount, day) is kept for as long as the roll's places stand; verdicts and money that came back are read
whenever the audit log has grown: each of them is an entry there.
"""

import threading
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import BigInteger, and_, func, select, type_coerce
from sqlalchemy.orm import Session

from service.roll.alerts import Roll
from service.store.alert import ACCEPTED, Alert
from service.store.report import Report
from service.store.standing import CONFIRMED, STATES, standing
from service.store.verdict import RIGHT
from service.working_days import LOCAL

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Fixed:
    """What stands while the roll's places do."""

    prints: npt.NDArray[np.object_]
    fen: Numbers
    """Amount, 0 for none."""
    month: Numbers
    """Of the day it was opened where the offices are: year * 12 + month - 1."""


@dataclass(frozen=True)
class Ledger:
    """The roll with what is counted of each alert."""

    roll: Roll
    fixed: Fixed
    state: Numbers
    """Place in STATES."""
    judged: Numbers
    """By the verdict that stands: 1 right, 0 wrong, -1 none."""
    recovered: Numbers
    """Fen that came back, as platforms reported."""


@dataclass
class Ledgers:
    """Holds what need not be read again for every request."""

    _fixed: Fixed | None = None
    _newest: Ledger | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def of(self, session: Session, roll: Roll) -> Ledger:
        """The ledger as the store is now: seconds after a run with 100,000 alerts, else some milliseconds."""
        newest = self._newest
        if newest is not None and newest.roll.edition == roll.edition and newest.fixed.prints is roll.prints:
            return replace(newest, roll=roll)
        with self._turn:
            if self._fixed is None or self._fixed.prints is not roll.prints:
                self._fixed = _fixed(session, roll)
            fixed = self._fixed
        judged = _judged(session, roll)
        self._newest = Ledger(roll, fixed, _states(roll, judged), judged, _recovered(session, roll))
        return self._newest


def _fixed(session: Session, roll: Roll) -> Fixed:
    fen, month = np.zeros(roll.size, dtype=np.int64), np.zeros(roll.size, dtype=np.int64)
    query = select(Alert.fingerprint, type_coerce(Alert.amount, BigInteger), Alert.opened_at)
    rows = session.connection().execute(query).fetchall()  # as plain rows
    known = [(roll.place_of[name], amount or 0, at) for name, amount, at in rows if name in roll.place_of]
    if known:
        places, amounts, opened = zip(*known, strict=True)
        at = np.array(places, dtype=np.int64)
        fen[at] = amounts
        which, moments = pd.factorize(np.array(opened, dtype=object))  # a run opens thousands at one moment
        local = pd.Series(pd.to_datetime(moments, utc=True)).dt.tz_convert(LOCAL)
        month[at] = (local.dt.year * 12 + local.dt.month - 1).to_numpy()[which]
    return Fixed(roll.prints, fen, month)


def _judged(session: Session, roll: Roll) -> Numbers:
    verdict = standing()
    found = np.full(roll.size, -1, dtype=np.int64)
    for name, outcome in session.execute(select(verdict.c.fingerprint, verdict.c.outcome)):
        if (place := roll.place_of.get(name)) is not None:
            found[place] = outcome in RIGHT
    return found


def _states(roll: Roll, judged: Numbers) -> Numbers:
    """As service.store.standing has it, from the roll's columns."""
    column = roll.coded["status"]
    place_of = np.array([STATES.index(one) for one in column.values] or [0], dtype=np.int64)
    state = place_of[column.codes] if roll.size else np.zeros(0, dtype=np.int64)
    state[(state == STATES.index(ACCEPTED)) & (judged == 1)] = STATES.index(CONFIRMED)
    return np.asarray(state, dtype=np.int64)


def _recovered(session: Session, roll: Roll) -> Numbers:
    """Of each reference that a platform reported under, the newest version counts."""
    keys = (Report.fingerprint, Report.reported_by, Report.reference)
    newest = select(*keys, func.max(Report.version).label("version")).group_by(*keys).subquery()
    same = and_(*(newest.c[name] == getattr(Report, name) for name in ("fingerprint", "reported_by", "reference", "version")))
    total = func.sum(type_coerce(Report.recovered, BigInteger))
    rows = session.execute(select(Report.fingerprint, total).join(newest, same).group_by(Report.fingerprint))
    found = np.zeros(roll.size, dtype=np.int64)
    for name, fen in rows:
        if fen and (place := roll.place_of.get(name)) is not None:
            found[place] = int(fen)
    return found
