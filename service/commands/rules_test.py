"""guantong rules test: the tests inside rule files."""

from pathlib import Path

import click

from datasets.strict_yaml import Mistakes
from rules.trial import TrialResult
from service.desk import Desk
from service.mistakes_told import told
from service.progress import Bars
from service.rule_files import RuleFiles, files_of
from service.rule_trials import try_one
from service.terminal import print_json
from service.trials_told import failures
from service.watching import on_change
from service.words import say


@click.command(name="test", help=say("command.test"))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--watch", is_flag=True, help=say("option.watch"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def test_command(desk: Desk, paths: tuple[Path, ...], watch: bool, as_json: bool) -> int:
    if watch:
        on_change(lambda: files_of(paths or desk.settings.rule_folders), lambda: _again(Desk(desk.settings, desk.clock), paths))
        return 0
    results = _results(desk, paths)
    if as_json:
        print_json(results)
        return int(any(not result.passed for result in results))
    return _say(results)


def _again(desk: Desk, paths: tuple[Path, ...]) -> None:
    try:
        _say(_results(desk, paths))
    except Mistakes as found:
        click.echo(told(found.mistakes), err=True)


def _results(desk: Desk, paths: tuple[Path, ...]) -> list[TrialResult]:
    rules = RuleFiles(desk).asked(paths)
    results: list[TrialResult] = []
    with Bars() as bars:
        for done, rule in enumerate(rules):
            bars(rule.id, done, len(rules))
            results += try_one(rule, desk.contracts)
    return results


def _say(results: list[TrialResult]) -> int:
    failed = [result for result in results if not result.passed]
    for line in failures(failed):
        click.echo(line)
    click.echo(say("rules.tested", rules=len({result.rule for result in results}), tests=len(results), failed=len(failed)))
    return 1 if failed else 0
