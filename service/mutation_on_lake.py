"""Mutants declared equivalent, run on the records of the lake."""

from collections.abc import Mapping, Sequence

from ibis.backends.duckdb import Backend

from rules.flag import flag
from rules.indicator import Indicator
from rules.mutant_lake import changed_findings
from rules.mutate import Mutated
from rules.order import reads_from
from rules.signal import Signal
from rules.signal_table import put_signals
from service.desk import Desk
from service.mutation import Watch

Changes = dict[str, dict[str, int | str]]
"""Rule -> mutant -> findings it adds or loses, or why it could not be run."""


def changes_on_lake(desk: Desk, judged: Sequence[Mutated], rules: Mapping[str, Indicator], watch: Watch) -> Changes:
    """What the declared equivalents of every rule change on the current records; those that change nothing are left out.

    Raises RuleFailed when a rule cannot be run at all, NothingFound when there are no records.
    """
    desk.must_hold_records()
    asked = [one for one in judged if one.count("equivalent")]
    found: Changes = {}
    with desk.tables() as (tables, _):
        as_of = desk.lake.horizon(desk.today)
        signals: dict[str, list[Signal]] = {}
        for done, one in enumerate(asked):
            watch(one.rule, done, len(asked))
            rule = rules[one.rule]
            _put_signals(desk, rule, tables, signals)
            declared = [judged.mutant for judged in one.judged if judged.fate == "equivalent"]
            changes = changed_findings(rule, declared, tables, as_of)
            found[one.rule] = {name: change for name, change in changes.items() if change}
    return found


def _put_signals(desk: Desk, rule: Indicator, tables: Backend, signals: dict[str, list[Signal]]) -> None:
    """What a cross rule reads: the signals of the rules before it, each found once."""
    if rule.topic != "cross":
        return
    reads = sorted(reads_from(rule, desk.book.indicators))
    as_of = desk.lake.horizon(desk.today)
    for name in reads:
        if name not in signals:
            signals[name] = flag(desk.book.indicators[name], tables, as_of, contracts=desk.contracts).signals
    put_signals(tables, [signal for name in reads for signal in signals[name]])
