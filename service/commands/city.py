"""guantong city: make a synthetic city; guantong city score TRUTH: how well the run did against its truth."""

from pathlib import Path
from typing import Any

import click

from datasets.city.build import FORMS, CityReport, build
from datasets.city.scoring import Score, score
from datasets.city.truth_file import read_truth
from datasets.key import Key
from service.desk import Desk
from service.errors import NothingFound, Refusal
from service.progress import Bars
from service.scored import findings
from service.store.run import Run
from service.terminal import Paper, print_json
from service.words import say

GROUPS = ("rules", "streams", "topics")
SHOWN = 10


@click.group(name="city", invoke_without_command=True, help=say("command.city"))
@click.option("--seed", type=int, help=say("option.seed"))
@click.option("--people", type=click.IntRange(1), help=say("option.people"))
@click.option("--years", type=click.IntRange(1), default=2, show_default=True, help=say("option.years"))
@click.option("--out", type=click.Path(path_type=Path), help=say("option.out_city"))
@click.option("--form", type=click.Choice(FORMS), default="messy", show_default=True, help=say("option.form"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_context
def city_command(
    ctx: click.Context, seed: int | None, people: int | None, years: int, out: Path | None, form: str, as_json: bool
) -> None:
    if ctx.invoked_subcommand is not None:
        return
    if seed is None or people is None or out is None:
        raise click.UsageError(say("city.missing"), ctx)
    with Bars() as bars:
        try:
            report = build(seed, people, years, out, form, lambda step, share: bars(step, round(share * 100), 100))
        except ValueError as error:
            raise Refusal("city.refused", why=str(error)) from error
    if as_json:
        print_json(report)
    else:
        _print_city(Paper(), report)


def _print_city(paper: Paper, report: CityReport) -> None:
    truth = sum(report.truth.values())
    paper.text(say("city.done", out=report.out, files=len(report.files), rows=sum(report.files.values()), as_of=report.as_of))
    paper.text(say("city.truth", truth=truth, damage=report.damage))
    paper.text(say("city.next", out=report.out))


@city_command.command(name="score", help=say("command.score"))
@click.argument("truth", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--missed", type=click.IntRange(0), default=SHOWN, show_default=True, help=say("option.missed"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def score_command(desk: Desk, truth: Path, missed: int, as_json: bool) -> None:
    cases = read_truth(truth, desk.contracts, Key.from_file(desk.settings.key_file))
    with desk.store.look() as session:
        if Run.newest(session) is None:
            raise NothingFound("city.no_run")
        result = score(cases, findings(session, desk.book))
    if as_json:
        print_json(result.figures)
    else:
        _print_score(Paper(), result, missed)


def _print_score(paper: Paper, result: Score, missed: int) -> None:
    figures: dict[str, Any] = result.figures
    headers = [say(f"city.{name}") for name in ("what", "recall", "precision", "routing", "problems", "found")]
    rows = [_row(say("city.overall"), figures["overall"])]
    for group in GROUPS:
        rows += [_row(name or "-", one) for name, one in figures[group].items()]
    paper.table(headers, rows, right=(1, 2, 3, 4, 5))
    _print_order(paper, figures["priorities"])
    if result.missed and missed:
        paper.heading(say("city.missed", count=len(result.missed)))
        for case in result.missed[:missed]:
            paper.text(f"{case.case_id} {case.rule} {case.subject_kind} {case.subject}", indent=2)
    if result.elsewhere and missed:
        paper.heading(say("city.elsewhere", count=len(result.elsewhere)))
        for case, finding in result.elsewhere[:missed]:
            paper.text(f"{case.case_id} {case.rule} {case.stream}/{case.office} → {finding.stream}/{finding.office}", indent=2)
    if result.doubtful and missed:
        paper.heading(say("city.doubtful", count=len(result.doubtful)))
        for finding, kind in result.doubtful[:missed]:
            paper.text(f"{finding.alert} {finding.rule} {kind}", indent=2)


def _print_order(paper: Paper, order: dict[str, Any]) -> None:
    """What stands at each level of priority."""
    paper.heading(say("city.order"))
    rows = [(say(f"level.{name}"), one) for name, one in order["levels"].items()]
    rows += [(say("city.high_and_above"), order["high_and_above"]), (say("city.first"), order["first"])]
    counts, shares = ("alerts", "found", "look_alikes"), ("share", "precision", "of_problems")
    headers = [say(f"city.{name}") for name in ("level", *counts, *shares)]
    cells = [
        [name, *(str(one[key]) for key in counts), *("-" if one[key] is None else f"{one[key]:.3f}" for key in shares)]
        for name, one in rows
    ]
    paper.table(headers, cells, right=range(1, 7))


def _row(name: str, one: dict[str, Any]) -> list[str]:
    shares = ["-" if one[share] is None else f"{one[share]:.3f}" for share in ("recall", "precision", "routing")]
    return [name, *shares, str(one["problems"]), str(one["found"])]
