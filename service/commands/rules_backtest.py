"""guantong rules backtest: what rules find in the records at hand."""

from collections.abc import Mapping
from datetime import datetime

import click

from rules.backtest import Backtest, backtest
from rules.indicator import Indicator
from service.desk import Desk
from service.on_lake import on_lake
from service.progress import Bars
from service.rules_asked import rules_asked
from service.store.verdict import tallies
from service.terminal import Paper, print_json
from service.words import say

UNITS_SHOWN = 5
MONTHS_SHOWN = 12


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
    with on_lake(desk, as_of.date() if as_of else None) as lake, Bars() as bars:
        for done, rule in enumerate(asked):
            bars(rule.id, done, len(asked))
            told.append(backtest(lake.flag(rule), verdicts))
    if as_json:
        print_json(told)
    else:
        _print(Paper(), told, {rule.id: rule for rule in asked})
    return 0 if any(one.findings for one in told) else 1


def _print(paper: Paper, told: list[Backtest], rules: dict[str, Indicator]) -> None:
    if len(told) == 1:
        _whole(paper, told[0])
        return
    headers = [say(f"backtest.{name}") for name in ("rule", "findings", "severity", "precision", "blindness", "seconds")]
    paper.table(headers, [[one.rule, str(one.findings), _counts(one.by_severity), _precision(one), _blind(one), f"{one.seconds:.2f}"] for one in told],
                right=(1, 5))  # fmt: skip


def _whole(paper: Paper, one: Backtest) -> None:
    paper.heading(one.rule)
    paper.text(say("backtest.found", findings=one.findings, seconds=f"{one.seconds:.2f}", rows=one.rows))
    if one.no_records:
        paper.text(say("backtest.no_records", tables=say("mark.list").join(one.no_records)))
    for name, counts in (("severity", one.by_severity), ("month", _last(one.by_month)), ("unit", _first(one.by_unit))):
        if counts:
            paper.text(f"{say(f'backtest.{name}')}: {_counts(counts)}")
    paper.text(f"{say('backtest.precision')}: {_precision(one)}")
    paper.text(f"{say('backtest.blindness')}: {_blind(one)}")


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
