"""guantong rules lock: what is live is locked with its present logic."""

import click

from rules.life_cycle import lock, lock_path
from service.desk import Desk
from service.words import say


@click.command(name="lock", help=say("command.rules_lock"))
@click.pass_obj
def lock_command(desk: Desk) -> None:
    folder = desk.settings.rule_folders[-1]  # the office's own where it has one
    changed = lock(desk.book, folder)
    for name in changed:
        click.echo(name)
    click.echo(say("rules.locked", count=len(changed), path=lock_path(folder)))
