"""guantong purge: what is over by the retention periods leaves the lake, the database and old backups; counted first with --dry-run."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from service.desk import Desk
from service.progress import Bars
from service.sealed.purging import purge
from service.terminal import Paper, print_json
from service.words import say

HERE = "command line"
COUNTS = ("rows", "values", "derived", "undated", "database")


@click.command(help=say("command.purge"))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=say("purge.option.as_of"))
@click.option("--dry-run", "dry", is_flag=True, help=say("purge.option.dry_run"))
@click.option("--backups", type=click.Path(exists=True, file_okay=False, path_type=Path), help=say("purge.option.backups"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def purge_command(desk: Desk, as_of: datetime | None, dry: bool, backups: Path | None, as_json: bool) -> None:
    desk.must_hold_records()
    with Bars() as bars:
        told = purge(desk, as_of.date() if as_of else desk.today, HERE, bars, dry=dry, backups=backups).told()
    if as_json:
        print_json({"dry_run": dry, **told})
        return
    paper = Paper()
    paper.text(say("purge.would" if dry else "purge.did"))
    for name in COUNTS:
        _counted(paper, name, told[name])
    for name in ("secrets", "rejects", "withdrawn", "jobs", "answers", "attachments"):
        if told[name]:
            paper.text(say(f"purge.count.{name}", count=told[name]), indent=2)
    for name in told["backups"]:
        paper.text(say("purge.backup", name=name), indent=2)
    if backups is None:
        paper.text(say("purge.no_backups"), indent=2)


def _counted(paper: Paper, name: str, counts: dict[str, Any]) -> None:
    if counts:
        paper.text(say(f"purge.{name}"), indent=2)
        paper.table(["", ""], [[what, f"{count:,}"] for what, count in counts.items()], indent=4, right=(1,))
