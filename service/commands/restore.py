"""guantong restore: a backup brought back into an empty home and database, proven on the way."""

from pathlib import Path

import click

from service.desk import Desk
from service.restoring import restore
from service.terminal import Paper
from service.words import say


@click.command(help=say("command.restore"))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_obj
def restore_command(desk: Desk, folder: Path) -> None:
    done = restore(folder, desk)
    paper = Paper()
    paper.text(say("backup.restored", home=desk.settings.home, at=done.manifest.made_at, runs=done.manifest.runs))
    paper.text(say("backup.proven") if done.proven else say("backup.unproven", path=desk.settings.key_file), indent=2)
