"""guantong migrate: bring the database to this program's revision."""

import click

from service.desk import Desk
from service.store.database import waiting
from service.terminal import Paper
from service.words import say


@click.command(help=say("command.migrate"))
@click.pass_obj
def migrate_command(desk: Desk) -> None:
    behind = waiting(desk.settings.database_url)
    desk.store  # noqa: B018 - opening it migrates, and makes a new one
    Paper().text(say("migrate.done", found=behind[0], newest=behind[1]) if behind is not None else say("migrate.current"))
