"""guantong rules mutate: what the rules' own tests do not notice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from datasets.strict_yaml import did_you_mean
from rules.indicator import Indicator
from rules.mutant_place import MutantPlaces
from rules.mutate import Judged, Mutated
from service.desk import Desk
from service.errors import NothingFound
from service.mutation import MOST_EQUIVALENT, Score, mutate_all
from service.progress import Bars
from service.rule_files import RuleFiles, files_of
from service.terminal import Paper, print_json
from service.words import say

Rules = dict[str, tuple[Indicator, Path]]


@click.command(name="mutate", help=say("command.mutate"))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def mutate(desk: Desk, paths: tuple[Path, ...], as_json: bool) -> int:
    rules = _asked(desk, paths)
    if not rules:
        raise NothingFound("mutate.none")
    with Bars() as bars:
        score = Score(mutate_all([rule for rule, _ in rules.values()], desk.contracts, bars))
    passes = score.passes(book=not paths)
    if as_json:
        print_json(_document(score, rules, passes))
    else:
        _print(Paper(), score, rules, book=not paths)
    return 0 if passes else 1


def _asked(desk: Desk, paths: tuple[Path, ...]) -> Rules:
    """The rules of the files named, or all that run on records; retired ones are never asked."""
    if not paths:
        return {rule.id: (rule, desk.book.paths[rule.id]) for rule in desk.book.running()}
    files = [path for path in files_of(paths) if path.resolve().parent.name not in ("chains", "routes")]
    rules = zip(RuleFiles(desk).named(files), files, strict=True)
    return {rule.id: (rule, path) for rule, path in rules if isinstance(rule, Indicator) and rule.status != "retired"}


def _print(paper: Paper, score: Score, rules: Rules, *, book: bool) -> None:
    for one in score.rules:
        for line in (*_mistakes(one, *rules[one.rule]), *_survivors(one, *rules[one.rule])):
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


def _survivors(one: Mutated, rule: Indicator, path: Path) -> Iterator[str]:
    """Each as its line and the changed line."""
    left = [judged for judged in one.judged if judged.fate == "survived"]
    places = MutantPlaces(path, rule) if left else None
    for judged in left:
        if places is not None:
            shown = places.shown(judged.mutant)
            yield say("mutate.survived", path=path, line=shown.line, rule=one.rule, mutant=judged.mutant.id)
            yield from (f"    - {line}" for line in shown.old.splitlines())
            yield from (f"    + {line}" for line in shown.new.splitlines())


def _mistakes(one: Mutated, rule: Indicator, path: Path) -> Iterator[str]:
    """What makes the answer no, besides survivors: tests that fail, names in `equivalent` that are none."""
    yield from (say("mutate.failing", path=path, rule=one.rule, why=why) for why in one.failing)
    if one.failing or not (one.unknown or one.disproved):
        return
    places = MutantPlaces(path, rule)
    known = [judged.mutant.id for judged in one.judged if judged.fate not in ("stillborn", "same")]
    for number, said in enumerate(rule.equivalent):
        line = places.line("equivalent", number, "mutant")
        if said.mutant in one.unknown:
            yield say("mutate.unknown", path=path, line=line, mutant=said.mutant, hint=did_you_mean(said.mutant, known))
        elif said.mutant in one.disproved:
            by = next(judged.by for judged in one.judged if judged.mutant.id == said.mutant)
            yield say("mutate.disproved", path=path, line=line, mutant=said.mutant, test=by)


def _document(score: Score, rules: Rules, passes: bool) -> dict[str, Any]:
    return {
        "killed": score.killed, "all": score.all, "equivalent": score.equivalent,
        "share": round(score.share, 4), "share_equivalent": round(score.share_equivalent, 4), "passes": passes,
        "rules": [
            {"rule": one.rule, "path": str(rules[one.rule][1]), "status": one.status, "killed": one.count("killed"), "all": one.all,
             "equivalent": one.count("equivalent"), "stillborn": one.count("stillborn"), "same": one.count("same"), "share": round(one.share, 4),
             "mistakes": list(_mistakes(one, *rules[one.rule])), "mutants": _mutants(one, *rules[one.rule])}
            for one in score.rules
        ],
    }  # fmt: skip


def _mutants(one: Mutated, rule: Indicator, path: Path) -> list[dict[str, Any]]:
    places = MutantPlaces(path, rule)

    def told(judged: Judged) -> dict[str, Any]:
        shown = places.shown(judged.mutant)
        return {"id": judged.mutant.id, "operator": judged.mutant.operator, "fate": judged.fate, "by": judged.by,
                "line": shown.line, "old": shown.old, "new": shown.new}  # fmt: skip

    return [told(judged) for judged in one.judged]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
