"""guantong real --data DIR: the public real records through the whole path, with the figures of each set."""

from pathlib import Path

import click

from service.desk import Desk
from service.errors import NothingFound
from service.progress import Bars
from service.real import RealResult, run_sets
from service.real_sets import real_sets
from service.terminal import Paper, print_json
from service.words import say


@click.command(help=say("command.real"))
@click.option(
    "--data", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path), help=say("real.option_data")
)
@click.option("--set", "names", multiple=True, type=click.Choice(sorted(real_sets().sets)), help=say("real.option_set"))
@click.option("--fresh", is_flag=True, help=say("real.option_fresh"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def real_command(desk: Desk, data: Path, names: tuple[str, ...], fresh: bool, as_json: bool) -> int:
    with Bars() as bars:
        results = run_sets(desk.settings, data, desk.clock(), names, fresh=fresh, watch=bars)
    if not results:
        raise NothingFound("real.none", data=str(data))
    if as_json:
        print_json({"sets": {one.name: one.model_dump(mode="json") for one in results}})
    else:
        paper = Paper()
        for one in results:
            _print(paper, one)
        paper.blank()
        paper.text(say("notice.reason"))
    return 3 if any(one.failed for one in results) else 0


def _print(paper: Paper, one: RealResult) -> None:
    paper.heading(one.title)
    if one.failed or one.outcome is None:
        paper.text(say("real.failed", why=one.failed), indent=2)
        return
    for pattern in one.missing:
        paper.text(say("real.missing", file=pattern), indent=2)
    paper.text(say("real.rows", files=one.files, rows=one.rows, accepted=one.accepted, rejected=one.rejected), indent=2)
    if one.codes:
        paper.text("；".join(f"{say(f'code.{code}')} {count}" for code, count in one.codes.items()), indent=4)
    key = "real.again" if one.already_here else "real.seconds"
    paper.text(say(key, taken=one.import_seconds, ran=one.run_seconds, peak=one.peak_mb), indent=2)
    for told in one.figures.values():
        paper.text(f"· {told.says}", indent=2)
    _findings(paper, one)


def _findings(paper: Paper, one: RealResult) -> None:
    assert one.outcome is not None
    paper.text(say("real.found", as_of=one.outcome.as_of, alerts=one.outcome.counts.get("opened", 0)), indent=2)
    rows = []
    for rule, found in sorted(one.outcome.found.items()):
        blind = one.outcome.blind.get(rule)
        if found or (blind and blind.population):
            rows.append([rule, str(found), str(blind.population) if blind else "", str(blind.blind) if blind else ""])
    headers = [say(f"real.{name}") for name in ("rule", "findings", "population", "blind")]
    paper.table(headers, rows, indent=4, right=(1, 2, 3))
    without = [rule for rule, blind in one.outcome.blind.items() if blind.no_records]
    if without:
        paper.text(say("real.no_records", rules="、".join(without)), indent=4)
    for rule, why in one.outcome.failed.items():
        paper.text(say("real.rule_failed", rule=rule, why=why), indent=4)
