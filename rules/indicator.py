"""An indicator rule (预警指标): one YAML file with one SELECT that returns one row per finding."""

import hashlib
import json
import re
from datetime import date
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from datasets.contract import Declared, Words
from rules.select import canonical, parameters, tables_of

Topic = Literal["subsidy", "procurement", "hotline", "cross"]
Severity = Literal["low", "medium", "high", "critical"]
Status = Literal["draft", "shadow", "live", "retired"]
Cell = str | int | float | bool | list[str] | None

NAME = r"^[a-z][a-z0-9_]*$"
CLOCK = "as_of"
"""The only clock a rule may read, as $as_of."""
UNDERSTOOD = ("subject_id", "unit_id", "area_id", "amount", "first_on", "last_on", "severity", "officials")
"""Output columns with a meaning of their own, beside evidence_<table> and parties_<kind>; all others are measures."""


class Basis(Declared):
    """The law, rule or standard that makes this a suspicion (依据), and how sure we are of its words."""

    name: str
    article: str | None = None
    known: Literal["verified", "secondary", "recalled"]
    note: str | None = None


class Param(Declared):
    """A number or word the author may tune (阈值), with its unit and the reason for its value."""

    value: int | float | str | bool
    unit: str
    why: Words
    title: Words | None = None


class Label(Words):
    """What an output column is called when it is shown, and how its values are said."""

    unit: str | None = None
    """`yuan` is shown as 1,234.50元; any other as the word of that unit behind the value."""
    words: dict[str, Words] = {}
    """What the codes of a column are called; those of a contract's column are known without."""


class Prior(Declared):
    """How many of a rule's findings its author expects to be right, until verdicts tell; see rules/priority.yml."""

    precision: float = Field(gt=0, le=1)
    why: Words


class RuleTest(Declared):
    """Rows given and findings expected; rows and findings name only what matters."""

    name: str
    as_of: date | None = None
    params: dict[str, int | float | str | bool] = {}
    given: dict[str, list[dict[str, Cell]]]
    flags: list[dict[str, Cell]]
    blind: int | None = None
    """How many subjects cannot be judged; not compared when absent."""


class Equivalent(Declared):
    """A mutant that no test can kill because it means the same, and why."""

    mutant: str
    why: str


class Engines(Declared):
    """Where a rule cannot run (计算引擎), and why; a rule without this key gives the same findings on every engine."""

    duckdb_only: str


class Change(Declared):
    """A line of a live rule's changelog (变更记录): when its logic changed, who changed it, what and why."""

    on: date
    by: str
    what: str


class Indicator(Declared):
    """One indicator rule as its file says it (see docs of the three kinds of rule file)."""

    id: str = Field(pattern=NAME)
    title: Words
    topic: Topic
    tags: tuple[str, ...] = ()
    status: Status
    retired_because: str | None = None
    severity: Severity
    prior: Prior | None = None
    """Decides nothing about the findings, only how early they are looked at: no part of the hash."""
    owner: str
    basis: tuple[Basis, ...] = Field(min_length=1)
    why: Words
    innocent: Words
    verify: tuple[Words, ...] = Field(min_length=1)
    subject: str
    per: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """`table` (must hold records), `table.column` (must be known), or `table.a or table.b` (one of them must be known)."""
    material: tuple[str, ...] = ()
    params: dict[str, Param] = {}
    labels: dict[str, Label] = {}
    """What output columns are called when they are shown; a live rule labels every measure."""
    baseline: str | None = None
    sql: str
    engines: Engines | None = None
    """Decides nothing about the findings: `make parity` leaves the rule out and shows the reason."""
    says: Words
    """Output columns and params in braces; a part in square brackets falls away when a value in it is empty."""
    tests: tuple[RuleTest, ...] = ()
    equivalent: tuple[Equivalent, ...] = ()
    changes: tuple[Change, ...] = ()
    """Oldest first; a live rule whose logic changes gets one more line, or the check refuses it (rules.life_cycle)."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.status == "retired") != (self.retired_because is not None):
            raise ValueError("a retired rule says retired_because, and only a retired one does")
        if bad := [name for name in self.params if not re.fullmatch(NAME, name) or name == CLOCK]:
            raise ValueError(f"params are named in small letters, digits and _, and not {CLOCK}: {bad}")
        return self

    @property
    def baseline_table(self) -> str:
        return f"baseline_{self.id}"

    @cached_property
    def reads(self) -> frozenset[str]:
        """Every table the rule's SELECTs read, its own baseline left out."""
        own = {self.baseline_table}
        return frozenset((tables_of(self.sql) | (tables_of(self.baseline) if self.baseline else set())) - own)

    @cached_property
    def uses_clock(self) -> bool:
        """Whether the findings depend on the day of the run."""
        return CLOCK in parameters(self.sql)

    @property
    def values(self) -> dict[str, int | float | str | bool]:
        return {name: param.value for name, param in self.params.items()}

    @cached_property
    def hash(self) -> str:
        """16 hex digits that change when what the rule concludes may change, and not with its comments or layout."""
        logic = {
            "id": self.id, "topic": self.topic, "severity": self.severity, "subject": self.subject,
            "per": self.per, "needs": self.needs, "material": self.material, "params": self.values,
            "sql": canonical(self.sql), "baseline": canonical(self.baseline) if self.baseline else None,
        }  # fmt: skip
        return hashlib.sha256(json.dumps(logic, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
