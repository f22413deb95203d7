"""guantong run: flag, correlate, route and store; then the alerts to begin with."""

from collections.abc import Mapping
from datetime import date, datetime

import click

from service.desk import Desk
from service.lines import lines
from service.outcome import Blind, Outcome
from service.pipeline import run
from service.printing import print_lines
from service.progress import Bars
from service.reading import reading
from service.store import questions
from service.store.questions import Wanted
from service.terminal import Paper, print_json
from service.titles import Titles
from service.words import say

TOP = 5
BLIND_SHOWN = 5
"""Rules that are told to be blind for some subjects, the blindest first; a whole book of them would hide the alerts."""


@click.command(help=say("command.run"))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=say("option.as_of"))
@click.option("--top", default=TOP, show_default=True, type=click.IntRange(0), help=say("option.top"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def run_command(desk: Desk, as_of: datetime | None, top: int, as_json: bool) -> int:
    with Bars() as bars:
        outcome = run(desk, as_of=as_of.date() if as_of else None, watch=bars)
    if as_json:
        print_json(outcome)
    else:
        _print(Paper(), desk, outcome, top)
    return 3 if outcome.failed else 0


def _print(paper: Paper, desk: Desk, outcome: Outcome, top: int) -> None:
    _summary(paper, outcome.run_id, outcome.as_of, outcome.counts)
    if outcome.resumed:
        paper.text(say("run.resumed"))
    _unjudged(paper, outcome, Titles(lambda: desk.book))
    with reading(desk) as seen:
        wanted = Wanted(status="open")
        alerts = questions.alerts_wanted(seen.session, wanted, top)
        paper.blank()
        print_lines(paper, seen.masked(lines(seen, alerts)), questions.count_wanted(seen.session, wanted))
    paper.blank()
    first = alerts[0].fingerprint[:8] if alerts else "AL…"
    paper.text(say("run.next_show", alert=first))
    paper.text(say("run.next_list"))


def _unjudged(paper: Paper, outcome: Outcome, titles: Titles) -> None:
    """Unknown is not clean: what no rule could judge stands beside what was found."""
    unsure = blindest(outcome.blind)
    for rule, blind in unsure[:BLIND_SHOWN]:
        paper.text(say("run.blind", rule=titles.of(rule), blind=blind.blind, population=blind.population), indent=2)
    if len(unsure) > BLIND_SHOWN:
        paper.text(say("run.blind_more", count=len(unsure) - BLIND_SHOWN), indent=2)
    if idle := [rule for rule, blind in outcome.blind.items() if blind.no_records]:
        paper.text(say("run.no_records", rules=say("mark.list").join(titles.of(rule) for rule in idle)), indent=2)
    for rule, why in outcome.failed.items():
        paper.text(say("run.failed", rule=titles.of(rule), why=why), indent=2)
    for one in outcome.drift:
        paper.text(say("run.drift", table=one.table, column=one.column, because=one.because), indent=2)
    if outcome.left_out:
        paper.text(say("run.left_out", count=outcome.left_out), indent=2)


def blindest(blind: Mapping[str, Blind]) -> list[tuple[str, Blind]]:
    """The rules that cannot judge all their subjects, the one with the largest share of such subjects first."""
    return sorted((one for one in blind.items() if one[1].blind), key=lambda one: (-one[1].blind / one[1].population, one[0]))


def _summary(paper: Paper, run_id: int, as_of: date, counts: dict[str, int]) -> None:
    paper.text(say("run.done", run=run_id, as_of=as_of, signals=counts["signals"]))
    paper.text(say("run.alerts", **{name: counts[name] for name in ("opened", "again", "reopened", "quiet", "kept_closed")}))
    if counts["gaps"]:
        paper.text(say("run.gaps", gaps=counts["gaps"]))
