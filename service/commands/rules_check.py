"""guantong rules check: every mistake of rule files at once."""

import json
from pathlib import Path

import click

from datasets.strict_yaml import Mistake, Mistakes
from service.desk import Desk
from service.mistakes_told import document, told
from service.rule_files import RuleFiles, files_of
from service.watching import on_change
from service.words import say


@click.command(name="check", help=say("command.check"))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--watch", is_flag=True, help=say("option.watch"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def check_command(desk: Desk, paths: tuple[Path, ...], watch: bool, as_json: bool) -> int:
    if watch:
        on_change(lambda: files_of(paths or desk.settings.rule_folders), lambda: _say(Desk(desk.settings, desk.clock), paths))
        return 0
    if not as_json:
        return _say(desk, paths)
    mistakes, count = _look(desk, paths)
    click.echo(json.dumps({"files": count, "mistakes": document(mistakes)}, ensure_ascii=False, indent=1))
    return 2 if mistakes else 0


def _say(desk: Desk, paths: tuple[Path, ...]) -> int:
    mistakes, count = _look(desk, paths)
    click.echo(told(mistakes) if mistakes else say("rules.sound", count=count), err=bool(mistakes))
    if not mistakes and not paths and (live := RuleFiles(desk).not_yet_locked()):
        click.echo(say("rules.to_lock", count=len(live), rules=say("mark.list").join(live)))
    return 2 if mistakes else 0


def _look(desk: Desk, paths: tuple[Path, ...]) -> tuple[list[Mistake], int]:
    """All mistakes, the lock's last, and how many files were read."""
    files = RuleFiles(desk)
    try:
        count = len(files.asked(paths))
        return files.unlocked(paths), count
    except Mistakes as found:
        return list(found.mistakes), len(list(files_of(paths or desk.settings.rule_folders)))
