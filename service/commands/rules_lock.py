"""guantong rules lock: what is live is locked with its present logic, once its own tests pass."""

import click

from rules.life_cycle import lock, lock_path, waiting
from rules.trial import try_rule
from service.desk import Desk
from service.errors import Refusal
from service.trials_told import failures
from service.words import say


@click.command(name="lock", help=say("command.rules_lock"))
@click.pass_obj
def lock_command(desk: Desk) -> None:
    folder = desk.settings.rule_folders[-1]  # the office's own where it has one
    results = [result for rule in waiting(desk.book, folder) for result in try_rule(rule, desk.contracts)]
    failed = [result for result in results if not result.passed]
    if failed:
        for line in failures(failed):
            click.echo(line, err=True)
        raise Refusal("rules.not_locked", count=len(failed))
    changed = lock(desk.book, folder)
    for name in changed:
        click.echo(name)
    click.echo(say("rules.locked", count=len(changed), path=lock_path(folder)))
