"""Alerts (预警): opened once by fingerprint, living from run to run; what ties them to signals and to each other."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.errors import IllegalMove
from service.store.record import Record

OPEN, ACCEPTED, CLEARED, RETURNED, MERGED = "open", "accepted", "cleared", "returned", "merged"
STATUSES = (OPEN, ACCEPTED, CLEARED, RETURNED, MERGED)
"""To be judged; taken for verification (受理); no problem (销号); back at the data team (退回数据组); worked on with another (并入)."""
BY_HAND = "by_hand"
"""Stands among the chains of an alert that a person opened: no run found it."""
MOVES = {
    "accept": ((OPEN,), ACCEPTED, "alert.not_open"),
    "clear": ((OPEN, ACCEPTED), CLEARED, "alert.not_open"),
    "give_back": ((OPEN, ACCEPTED), RETURNED, "alert.not_open"),
    "merge": ((OPEN, ACCEPTED), MERGED, "alert.not_open"),
    "split": ((MERGED,), OPEN, "alert.not_merged"),
    "reopen": ((CLEARED, RETURNED), OPEN, "alert.not_cleared"),
}
"""Verb -> from which statuses, to which, and what is said otherwise; status changes in no other way."""
SEVERITIES = ("critical", "high", "medium", "low")
LEVELS = SEVERITIES
FACTS = ("kind", "severity", "subject_kind", "subject_id", "unit_id", "area_id", "amount")


class Alert(Record):
    """A reason to look, never a finding of fact. `status` changes only through the verbs below."""

    __tablename__ = "alert"
    __table_args__ = (Index(None, "status", "priority"), Index(None, "unit_id"), Index(None, "subject_kind", "subject_id"))

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    kind: Mapped[str]
    title: Mapped[dict[str, Any]]
    severity: Mapped[str]
    rank: Mapped[int]
    """0 is the most severe."""
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    unit_id: Mapped[str | None]
    area_id: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column("amount_fen")
    chains: Mapped[list[Any]]
    officials: Mapped[list[Any]]
    parties: Mapped[list[Any]]
    why: Mapped[dict[str, Any]]
    fired: Mapped[int]
    """Number of runs in which it fired."""
    first_run: Mapped[int]
    last_run: Mapped[int]
    first_seen: Mapped[date]
    last_seen: Mapped[date]
    """as_of of the first and of the newest run in which it fired."""
    opened_at: Mapped[datetime]
    quiet_since: Mapped[date | None]
    """as_of of the first run that no longer saw it; None while it fires."""
    priority: Mapped[float]
    """0 to 100: the order of every list; the level follows from its place among all open alerts."""
    sure: Mapped[float]
    """The chance that one of its rules is right, 0 to 1."""
    level: Mapped[str]
    reasons: Mapped[list[Any]]
    """What the priority is made of: kind, points, sentence in zh and en."""
    matter: Mapped[str | None] = mapped_column(index=True)
    """What it is one matter with; None for an alert that touches no other."""
    version: Mapped[int] = mapped_column(default=1)
    """Goes up whenever its facts, its status or its holder change: who decides says which version they saw."""
    holder: Mapped[str | None]
    """The caller who took it."""

    @classmethod
    def open(cls, facts: dict[str, Any], run_id: int, as_of: date, now: datetime) -> "Alert":
        """A new alert from the facts of the correlation."""
        return cls(
            **{"priority": 0.0, "sure": 0.0, "reasons": [], "matter": None, **facts},
            status=OPEN, version=1, rank=SEVERITIES.index(facts["severity"]), level=LEVELS[-1], fired=1,
            first_run=run_id, last_run=run_id, first_seen=as_of, last_seen=as_of, opened_at=now,
        )  # fmt: skip

    def fire_again(self, facts: dict[str, Any], run_id: int, as_of: date) -> dict[str, Any]:
        """Add a run to the living alert; returns what changed as {field: [before, after]}."""
        changed = {name: [getattr(self, name), facts[name]] for name in FACTS if getattr(self, name) != facts[name]}
        for name, value in facts.items():
            if getattr(self, name) != value:  # an attribute that is set is compared and written, tens of thousands of times
                setattr(self, name, value)
        self.rank = SEVERITIES.index(self.severity)
        if changed:
            self.version = (self.version or 1) + 1
        self.seen(run_id, as_of)
        return changed

    def seen(self, run_id: int, as_of: date) -> None:
        """Count a run in which it fired."""
        self.fired += 1
        self.last_run, self.last_seen, self.quiet_since = run_id, as_of, None

    def fall_quiet(self, as_of: date) -> bool:
        """Note a run in which it did not fire; says whether that is new. It stays as open as it was: people decide."""
        new = self.quiet_since is None
        if new:
            self.quiet_since = as_of
        return new

    def sink(self, priority: float, reason: dict[str, Any]) -> None:
        """Lose priority for a reason."""
        self.priority, self.reasons = priority, [*self.reasons, reason]

    def grade(self, level: str) -> list[str] | None:
        """Take a level; returns [before, after] when it is another one."""
        before, self.level = self.level, level
        return None if before == level else [before, level]

    def accept(self, holder: str) -> None:
        """Take it for verification. Raises IllegalMove unless it is open."""
        self._move("accept")
        self.holder = holder

    def clear(self) -> None:
        """Close as no problem; stays so until what its rules call material grows. Raises IllegalMove unless open or accepted."""
        self._move("clear")

    def give_back(self) -> None:
        """Back to the data team: its records or its rule are wrong. Raises IllegalMove unless open or accepted."""
        self._move("give_back")

    def reopen(self) -> None:
        """Open again, because the facts grew or the data team answered. Raises IllegalMove unless cleared or given back."""
        self._move("reopen")
        self.holder = None

    def merge(self) -> None:
        """Be worked on with another alert. Raises IllegalMove unless open or accepted."""
        self._move("merge")

    def split(self) -> None:
        """Be worked on by itself again. Raises IllegalMove unless merged."""
        self._move("split")
        self.holder = None

    @property
    def by_hand(self) -> bool:
        """Whether a person opened it."""
        return BY_HAND in self.chains

    def change_hands(self) -> None:
        """Note that another office has it now: nobody holds it. Raises IllegalMove unless open or accepted."""
        if self.status not in (OPEN, ACCEPTED):
            raise IllegalMove("alert.not_open", alert=self.fingerprint)
        self.status, self.holder, self.version = OPEN, None, self.version + 1

    def put_back(self, status: str, holder: str | None) -> None:
        """Undo: be as it was before the last move, under a version of its own."""
        self.status, self.holder, self.version = status, holder, self.version + 1

    def _move(self, verb: str) -> None:
        before, after, otherwise = MOVES[verb]
        if self.status not in before:
            raise IllegalMove(otherwise, alert=self.fingerprint)
        self.status, self.version = after, self.version + 1


class AlertSignal(Record):
    """A signal that an alert rests on; those of the alert's own last run are its present ones."""

    __tablename__ = "alert_signal"
    __table_args__ = (ForeignKeyConstraint(["signal_id", "version"], ["signal.signal_id", "signal.version"]),)

    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"), primary_key=True)
    signal_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    first_run: Mapped[int]
    last_run: Mapped[int]


class AlertLink(Record):
    """Something an alert touches (village, firm, official, project): alerts with the same one are linked, not merged."""

    __tablename__ = "alert_link"
    __table_args__ = (Index(None, "kind", "entity_id"),)

    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    entity_id: Mapped[str] = mapped_column(primary_key=True)
