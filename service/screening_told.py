"""What a screening answers (筛查结果): the findings, which rows each rests on, what could not be judged, and on which state it rests."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel


class ScreenedMeasure(BaseModel):
    """A value that the rule found."""

    name: str
    label: str
    value: str | int | float | bool | None


class Finding(BaseModel):
    """One finding of one rule about one subject: a reason to look, not a finding of fact."""

    signal: str
    """The same as in a run that finds the same about the same subject."""
    rule: str
    severity: str
    sentence: str
    subject_kind: str
    subject_id: str
    unit_id: str | None
    area_id: str | None
    amount: Decimal | None
    """Yuan."""
    first_on: date | None
    last_on: date | None
    measures: list[ScreenedMeasure]
    officials: list[str]
    parties: list[tuple[str, str]]
    """Pairs of kind and id."""
    evidence: dict[str, list[str]]
    """Table -> keys of the rows that prove it, those of the screened rows among them."""
    known: bool
    """Whether the last run found something about the same subject, unit and period by the same rule already."""


class RuleBound(BaseModel):
    """A threshold of a rule, and why it is what it is."""

    name: str
    label: str
    value: Any
    unit: str
    why: str


class RuleLaw(BaseModel):
    """The law, rule or standard that makes it a suspicion, and how sure we are of its words."""

    name: str
    article: str | None
    known: str


class RuleTold(BaseModel):
    """A rule that found something."""

    title: str
    hash: str
    why: str
    innocent: str
    """Lawful explanations to rule out first."""
    verify: list[str]
    thresholds: list[RuleBound]
    basis: list[RuleLaw]


class RowFault(BaseModel):
    """A value that the contract does not allow; the value itself is not repeated."""

    field: str | None
    code: str
    message: str


class RowBlind(BaseModel):
    """A rule that could not judge: what it needs and is not known."""

    rule: str
    subject_kind: str
    subject_id: str
    needs: list[str]


class RowTold(BaseModel):
    """One row, by its place in what was sent (the first is 0)."""

    row: int
    rests: list[str] = []
    """Signals of the findings whose evidence names this row."""
    beside: list[str] = []
    """Signals of findings about somebody or something this row names that rest on other records."""
    blind: list[RowBlind] = []
    errors: list[RowFault] = []
    """The row was not judged."""


class RuleUnasked(BaseModel):
    """A rule that reads the table and was not asked."""

    rule: str
    code: str
    """`no_records`: a table it needs is empty; `no_baseline`: no run has made its peers' figures; `whole`: it compares with all records at once; `failed`."""
    why: str
    tables: list[str]


class Stale(BaseModel):
    """A table that models make: as the last run left it, not refreshed with the screened rows; the rules that read it were asked all the same."""

    table: str
    rules: list[str]


class Told(BaseModel):
    """The answer. Rows that are not listed were judged by every rule in `asked`, and nothing was found."""

    notice: str
    """What a finding is not."""
    table: str
    as_of: date
    run: int | None
    """The run whose baselines, scores, links and signals stand."""
    records_behind: bool
    """Records came in lately, or somebody was cleared, that not every rule regards yet: ask again in a minute."""
    rows: int
    judged: int
    findings: list[Finding]
    results: list[RowTold]
    """Rows with findings, blindness or errors, in their order."""
    cleared: int = 0
    """Findings left out because people looked at them before and found no problem; a run would not raise them either."""
    beside: list[str]
    """Signals of findings about subjects that the rows reach by other records, and that no row names."""
    blind: list[RowBlind]
    """Whom rules could not judge among those that no row names."""
    rules: dict[str, RuleTold]
    asked: list[str]
    not_asked: list[RuleUnasked]
    as_left: list[Stale]
    ignored: list[str]
    """Fields that are no columns of the table."""


class Whole(Told):
    """All that a screening found, before it is narrowed to what the asker may see."""

    covered: list[Finding] = []
    """What stands as cleared: counted for the asker, never told."""
