"""A route (分派规则): one YAML file that says which office an alert goes to, in which role, by when, and why."""

import string
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from datasets.contract import Declared, Words
from rules.alert import Channel, Stream
from rules.condition import Condition, Value
from rules.indicator import NAME, Basis, Status

BECAUSE_WORDS = ("unit", "office", "department", "round")
"""What `because` may hold in braces: names of the accountable unit, the office or department, and the inspection round."""
RECUSED = "_recused"
"""Ending of the field that says that every office of a stream is recused; the field itself is then left out."""

TEXT, NUMBER, FLAG, OFFICE, DEPARTMENT = "text", "number", "flag", "office", "department"
FIELDS: dict[str, dict[str, str]] = {
    "alert": {"kind": TEXT, "severity": TEXT, "topic": TEXT, "subject_kind": TEXT, "subject_id": TEXT, "unit_id": TEXT,
              "area_id": TEXT, "amount": NUMBER, "signals": NUMBER, "officials": NUMBER, "days_since_last": NUMBER},
    "unit": {"unit_id": TEXT, "kind": TEXT, "admin_level": TEXT, "area_id": TEXT, "inspection_round": TEXT,
             "stationed_group": OFFICE, "inspection_group": OFFICE, "discipline_office": OFFICE,
             "supervisory_office": OFFICE, "coordinating_office": OFFICE, "inspection_office": OFFICE,
             "neighbour_discipline_office": OFFICE, "neighbour_supervisory_office": OFFICE,
             "coming_round": TEXT, "days_to_round": NUMBER, "coming_inspection_group": OFFICE,
             "own_department": DEPARTMENT, "higher_department": DEPARTMENT, "department_in_charge": DEPARTMENT},
    "official": {"official_id": TEXT, "is_subject": FLAG, "topic": TEXT, "party_member": TEXT, "village_cadre": FLAG,
                 "rank": TEXT, "managed_at": TEXT, "unit_id": TEXT, "discipline_office": OFFICE, "supervisory_office": OFFICE},
    "signal": {"rule": TEXT, "topic": TEXT, "severity": TEXT},
}  # fmt: skip
"""Kind of fact -> field -> type. An office's field holds the first office of its stream that no tie bars.

A department's field holds one that is not implicated itself: the accountable unit, the one over it, or the one that the
law puts in charge of the topic. `unit.inspection_office` is any inspection body, a round going on or not; a neighbour
is an office of the stream that does not cover the place. `alert.officials` and `alert.amount` are left out when there
are none; `alert.days_since_last` are the days from the last date of the alert's own signals to the day of the run.

One alert and one unit (empty when no unit is accountable), an official for each topic of the signals that implicate
them, a signal for each different rule. `official.party_member` is yes, no or unknown.
"""


class Assigns(Declared):
    """What a route gives: an office that leads or assists, a department that checks first (`handle`: the leading office
    follows it up and keeps the alert), or (`hasten`) haste to whoever got the alert."""

    role: Literal["lead", "assist", "handle", "hasten"]
    stream: Stream | None = None
    office: str | None = None
    """The field that holds the office: `unit.stationed_group`. The route holds only when it is there."""
    when_recused: str | None = None
    """The field that holds the office which takes over when every office of the stream is recused."""
    department: str | None = None
    """The field that holds the department that checks first: `unit.own_department`. The route holds only when it is there."""
    due_days: int = Field(gt=0, le=365)
    """Working days."""
    channel: Channel

    @property
    def target(self) -> str | None:
        """The field that holds the office or department; None for a route that hastens."""
        return self.office or self.department

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.role in ("hasten", "handle") and (self.stream or self.office or self.when_recused):
            raise ValueError("only a route that leads or assists names a stream and an office")
        if self.role in ("lead", "assist") and not (self.stream and self.office):
            raise ValueError("a route that leads or assists names a stream and an office")
        if (self.role == "handle") != (self.department is not None):
            raise ValueError("a route of role handle names a department, and only such a route")
        return self


class GivenFacts(Declared):
    """Facts about one alert in a route's test: only what matters."""

    alert: dict[str, Value] = {}
    unit: dict[str, Value] = {}
    officials: tuple[dict[str, Value], ...] = ()
    signals: tuple[dict[str, Value], ...] = ()


class RouteTest(Declared):
    """Facts given, and the offices that this route by itself gives the alert to ([hastened] for a route that hastens)."""

    name: str
    given: GivenFacts
    takes: tuple[str, ...]


class Route(Declared):
    """One route as its file says it."""

    id: str = Field(pattern=NAME)
    title: Words
    status: Status = "live"
    default: bool = False
    """Takes what no other route takes, and is counted as a gap in the routes."""
    outranks: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    """Of the leading routes that hold for an alert the highest leads."""
    when: dict[str, Condition] = {}
    """`kind.field` -> condition, all of which must hold; conditions on one kind are about one and the same fact."""
    then: Assigns
    because: Words
    """The sentence shown beside the assignment."""
    why: Words
    basis: tuple[Basis, ...] = Field(min_length=1)
    tests: tuple[RouteTest, ...] = Field(min_length=1)

    @field_validator("because")
    @classmethod
    def _known_words(cls, because: Words) -> Words:
        for text in (because.zh, because.en):
            unknown = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None} - set(BECAUSE_WORDS)
            if unknown:
                raise ValueError(f"because may hold {{{'}, {'.join(BECAUSE_WORDS)}}}, not {sorted(unknown)}")
        return because

    @model_validator(mode="after")
    def _tested(self) -> Self:
        if not any(test.takes for test in self.tests) or (self.when and all(test.takes for test in self.tests)):
            raise ValueError("needs a test in which it takes the alert, and one in which it does not")
        if self.default and self.then.role != "lead":
            raise ValueError("only a route that leads can be the default")
        return self

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of fact it reads, in the order of FIELDS."""
        paths = [*self.when, *(path for path in (self.then.target, self.then.when_recused) if path)]
        paths += [f"{condition.values[0]}." for condition in self.when.values() if condition.word == "same_as"]
        read = {path.split(".")[0] for path in paths} or {"alert"}
        return tuple(kind for kind in FIELDS if kind in read)
