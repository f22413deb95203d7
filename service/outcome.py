"""What a run did, for the person or program that started it."""

from datetime import date

from pydantic import BaseModel

from service.flagging import Findings


class Blind(BaseModel):
    """What a rule could not judge: unknown is not clean."""

    population: int
    blind: int
    by_need: dict[str, int]
    no_records: list[str]
    """Needed tables without any row: the rule was not run."""


class Outcome(BaseModel):
    """The figures of a run."""

    run_id: int
    as_of: date
    resumed: bool
    counts: dict[str, int]
    found: dict[str, int]
    """Rule -> signals."""
    blind: dict[str, Blind]
    failed: dict[str, str]
    """Rule -> why it could not be run."""
    left_out: dict[str, int]
    """What correlation left out because there were too many facts of a kind, by place."""

    @classmethod
    def of(cls, run_id: int, as_of: date, resumed: bool, counts: dict[str, int], found: Findings, left_out: dict[str, int]) -> "Outcome":
        signals = dict.fromkeys([*found.blindness, *found.failed], 0)
        for signal in (*found.signals, *found.shadow):
            signals[signal.rule] += 1
        blind = {
            rule: Blind(population=one.population, blind=one.blind, by_need=one.by_need, no_records=list(one.no_records))
            for rule, one in sorted(found.blindness.items())
        }
        return cls(
            run_id=run_id, as_of=as_of, resumed=resumed, counts=counts, found=signals, blind=blind, failed=found.failed, left_out=left_out
        )
