"""guantong rules backtest: what rules find in the records at hand."""

from collections.abc import Mapping
from datetime import datetime

import click

from rules.backtest import Backtest, backtest
from rules.severity import GRADES
from rules.signal import Signal
from service.desk import Desk
from service.names import Names
from service.on_lake import on_lake
from service.progress import Bars
from service.rules_asked import rules_asked
from service.store.verdict import tallies
from service.terminal import Paper, print_json
from service.words import either, say

UNITS_SHOWN = 5
MONTHS_SHOWN = 12
TO_READ = 10


@click.command(name="backtest", help=say("command.rules_backtest"))
@click.argument("rules", nargs=-1)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=say("option.as_of"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def backtest_command(desk: Desk, rules: tuple[str, ...], as_of: datetime | None, as_json: bool) -> int:
    asked = rules_asked(desk, rules)
    with desk.store.look() as session:
        verdicts = tallies(session)
    told: list[Backtest] = []
    found: list[Signal] = []
    with on_lake(desk, as_of.date() if as_of else None) as lake:
        with Bars() as bars:
            for done, rule in enumerate(asked):
                bars(rule.id, done, len(asked))
                flagged = lake.flag(rule)
                told.append(backtest(flagged, verdicts))
                found = flagged.signals
        if as_json:
            print_json(told)
        elif len(told) == 1:
            _whole(Paper(), told[0], found, Names(lake.tables, desk.contracts), rules[0] if rules else told[0].rule)
        else:
            _print(Paper(), told)
    return 0 if any(one.findings for one in told) else 1


def _print(paper: Paper, told: list[Backtest]) -> None:
    headers = [say(f"backtest.{name}") for name in ("rule", "findings", "severity", "precision", "blindness", "seconds")]
    paper.table(headers, [[one.rule, str(one.findings), _counts(one.by_severity), _precision(one), _blind(one), f"{one.seconds:.2f}"] for one in told],
                right=(1, 5))  # fmt: skip


def _whole(paper: Paper, one: Backtest, found: list[Signal], names: Names, word: str) -> None:
    paper.heading(one.rule)
    paper.text(say("backtest.found", findings=one.findings, seconds=f"{one.seconds:.2f}", rows=one.rows))
    if one.no_records:
        paper.text(say("backtest.no_records", tables=say("mark.list").join(one.no_records)))
    names.learn("unit", one.by_unit)
    grades = {say(f"severity.{grade}"): count for grade, count in one.by_severity.items()}
    units = {names.of("unit", unit or None): count for unit, count in _first(one.by_unit).items()}
    for name, counts in (("severity", grades), ("month", _last(one.by_month)), ("unit", units)):
        if counts:
            paper.text(f"{say(f'backtest.{name}')}: {_counts(counts)}")
    paper.text(f"{say('backtest.precision')}: {_precision(one)}")
    paper.text(f"{say('backtest.blindness')}: {_blind(one)}")
    _read(paper, one, found, names, word)


def _read(paper: Paper, one: Backtest, found: list[Signal], names: Names, word: str) -> None:
    """The first findings to be read before an author goes on: the gravest, among them the dearest."""
    first = sorted(found, key=lambda signal: (-GRADES.index(signal.severity), -(signal.amount or 0), signal.subject_id))[:TO_READ]
    if not first:
        return
    paper.heading(say("backtest.first", count=len(first), all=one.findings))
    for signal in first:
        paper.text(f"{signal.subject_id} · {names.short('unit', signal.unit_id)}: {either(signal.says)}", indent=2)
    paper.text(say("backtest.next", rule=word, subject=first[0].subject_id))


def _last(counts: Mapping[str, int]) -> dict[str, int]:
    items = list(counts.items())
    return dict(items[-MONTHS_SHOWN:])


def _first(counts: Mapping[str, int]) -> dict[str, int]:
    items = list(counts.items())
    return dict(items[:UNITS_SHOWN])


def _counts(counts: Mapping[str, int]) -> str:
    return say("mark.between").join(f"{key or '-'} {count}" for key, count in counts.items())


def _precision(one: Backtest) -> str:
    share = one.precision.share
    return "-" if share is None else f"{one.precision.right}/{one.precision.judged} ({100 * share:.0f}%)"


def _blind(one: Backtest) -> str:
    return "-" if one.blindness is None else f"{one.blind}/{one.population} ({100 * one.blindness:.1f}%)"
