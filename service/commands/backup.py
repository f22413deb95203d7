"""guantong backup: lake and database as of one moment, into a folder, while the service goes on."""

from pathlib import Path

import click

from service.backup import back_up
from service.desk import Desk
from service.terminal import Paper
from service.words import say


@click.command(help=say("command.backup"))
@click.argument("out", type=click.Path(path_type=Path))
@click.pass_obj
def backup_command(desk: Desk, out: Path) -> None:
    made = back_up(desk, out)
    size = sum(size for size, _ in made.files.values()) / 1e6
    paper = Paper()
    paper.text(say("backup.done", path=out, files=len(made.files), size=f"{size:,.1f}", runs=made.runs, audit=made.audit_end))
    paper.text(say("backup.no_key", path=desk.settings.key_file), indent=2)
