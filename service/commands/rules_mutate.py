"""guantong rules mutate: what the rules' own tests do not notice."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from rules.indicator import Indicator
from service.desk import Desk
from service.errors import NothingFound
from service.mutants_told import Told
from service.mutation import MOST_EQUIVALENT, Score, mutate_all
from service.mutation_on_lake import changes_on_lake
from service.progress import Bars
from service.rule_files import RuleFiles, files_of
from service.terminal import Paper, print_json
from service.words import say


@click.command(name="mutate", help=say("command.mutate"))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--against-lake", is_flag=True, help=say("option.against_lake"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def mutate(desk: Desk, paths: tuple[Path, ...], against_lake: bool, as_json: bool) -> int:
    rules = _asked(desk, paths)
    if not rules:
        raise NothingFound("mutate.none")
    with Bars() as bars:
        score = Score(mutate_all([rule for rule, _ in rules], desk.contracts, bars))
        changes = changes_on_lake(desk, score.rules, {rule.id: rule for rule, _ in rules}, bars) if against_lake else {}
    told = [Told(one, rule, path, changes.get(rule.id, {})) for one, (rule, path) in zip(score.rules, rules, strict=True)]
    passes = score.passes(book=not paths) and not any(changes.values())
    if as_json:
        print_json(_document(score, told, passes))
    else:
        _print(Paper(), score, told, book=not paths)
    return 0 if passes else 1


def _asked(desk: Desk, paths: tuple[Path, ...]) -> list[tuple[Indicator, Path]]:
    """The rules of the files named, or all that run on records; retired ones are never asked."""
    if not paths:
        return [(rule, desk.book.paths[rule.id]) for rule in desk.book.running()]
    files = [path for path in files_of(paths) if path.resolve().parent.name not in ("chains", "routes")]
    rules = zip(RuleFiles(desk).named(files), files, strict=True)
    return [(rule, path) for rule, path in rules if isinstance(rule, Indicator) and rule.status != "retired"]


def _print(paper: Paper, score: Score, told: Sequence[Told], *, book: bool) -> None:
    for one in told:
        for line in (*one.mistakes(), *one.survivors()):
            click.echo(line)
    paper.blank()
    headers = [say(f"mutate.{name}") for name in ("rule", "killed", "all", "equivalent", "stillborn", "share")]
    rows = [[one.rule, *map(str, (one.count("killed"), one.all, one.count("equivalent"), one.count("stillborn"))), _percent(one.share)]
            for one in score.rules]  # fmt: skip
    paper.table(headers, rows, right=range(1, 6))
    paper.blank()
    paper.text(say("mutate.told", share=_percent(score.share), equivalent=_percent(score.share_equivalent)))
    if score.weak:
        paper.text(say("mutate.weak", rules=say("mark.list").join(one.rule for one in score.weak)))
    if book and score.share_equivalent > MOST_EQUIVALENT:
        paper.text(say("mutate.too_many", most=_percent(MOST_EQUIVALENT)))
    click.echo(f"{score.killed}/{score.all}/{score.equivalent}")


def _document(score: Score, told: Sequence[Told], passes: bool) -> dict[str, Any]:
    return {
        "killed": score.killed, "all": score.all, "equivalent": score.equivalent, "share": round(score.share, 4),
        "share_equivalent": round(score.share_equivalent, 4), "passes": passes, "rules": [one.document() for one in told],
    }  # fmt: skip


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
