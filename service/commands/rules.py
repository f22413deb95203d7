"""guantong rules check|test|list: rule files checked, their own tests run, the book listed."""

from pathlib import Path

import click

from service.commands.rules_mutate import mutate
from service.desk import Desk
from service.errors import NothingFound
from service.progress import Bars
from service.rule_files import RuleFile, RuleFiles
from service.terminal import Paper, print_json
from service.words import either, say


@click.group(name="rules", help=say("command.rules"))
def rules_command() -> None:
    """Thin doors to the rules room."""


rules_command.add_command(mutate)


@rules_command.command(help=say("command.check"))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def check(desk: Desk, paths: tuple[Path, ...]) -> None:
    click.echo(say("rules.sound", count=len(_rules(desk, paths))))


@rules_command.command(help=say("command.test"))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def test(desk: Desk, paths: tuple[Path, ...], as_json: bool) -> int:
    rules = _rules(desk, paths)
    results = []
    with Bars() as bars:
        for done, rule in enumerate(rules):
            bars(rule.id, done, len(rules))
            results += RuleFiles(desk).try_one(rule)
    failed = [result for result in results if not result.passed]
    if as_json:
        print_json(results)
    else:
        for result in failed:
            click.echo(f"{result.rule}: {result.test}: {result.message}")
        click.echo(say("rules.tested", rules=len(rules), tests=len(results), failed=len(failed)))
    return 1 if failed else 0


def _rules(desk: Desk, paths: tuple[Path, ...]) -> list[RuleFile]:
    return RuleFiles(desk).named(paths) if paths else RuleFiles(desk).whole_book()


@rules_command.command(name="list", help=say("command.list"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def list_rules(desk: Desk, as_json: bool) -> None:
    rules = list(desk.book.indicators.values())
    if as_json:
        print_json([{"id": one.id, "title": either(one.title), "topic": one.topic, "severity": one.severity, "status": one.status,
                     "tags": one.tags, "hash": one.hash, "path": str(desk.book.paths[one.id])} for one in rules])  # fmt: skip
        return
    if not rules:
        raise NothingFound("rules.none")
    headers = [say(f"rules.{name}") for name in ("id", "title", "severity", "status")]
    rows = [[one.id, either(one.title), say(f"severity.{one.severity}"), say(f"rule_status.{one.status}")] for one in rules]
    Paper().table(headers, rows)
