"""guantong rules overlap: live rules, or a rule under work and the live ones, that find nearly the same in the records at hand."""

import click

from rules.overlap import MOST_COMMON, Overlap, overlaps
from service.desk import Desk
from service.on_lake import on_lake
from service.progress import Bars
from service.rules_asked import rules_asked
from service.terminal import Paper, print_json
from service.words import say

SHOWN = 20


@click.command(name="overlap", help=say("command.rules_overlap"))
@click.argument("rules", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def overlap_command(desk: Desk, rules: tuple[str, ...], as_json: bool) -> int:
    asked = {rule.id: rule for rule in rules_asked(desk, rules)} if rules else {}
    subjects = {rule.subject for rule in asked.values()}  # findings about another kind of subject are never the same
    others = (rule for rule in rules_asked(desk, ()) if rule.status == "live" and rule.id not in asked)
    live = [*asked.values(), *(rule for rule in others if not asked or rule.subject in subjects)]
    found = {}
    with on_lake(desk) as lake, Bars() as bars:
        for done, rule in enumerate(live):
            bars(rule.id, done, len(live))
            found[rule.id] = lake.flag(rule).signals
    pairs = overlaps(found, frozenset(asked))
    too_near = [pair for pair in pairs if pair.share > MOST_COMMON]
    if as_json:
        print_json({"pairs": pairs, "most_common": MOST_COMMON, "passes": not too_near})
        return 1 if too_near else 0
    for name in asked:
        common = sum(name in (one.left, one.right) for one in pairs)
        click.echo(say("overlap.asked", rule=name, findings=len(found[name]), pairs=common))
    if pairs:
        headers = [say(f"overlap.{name}") for name in ("left", "right", "common", "of", "share")]
        Paper().table(headers, [_row(one) for one in pairs[:SHOWN]], right=(2, 4))
    click.echo(say("overlap.told", count=len(too_near), most=f"{100 * MOST_COMMON:.0f}%"))
    return 1 if too_near else 0


def _row(one: Overlap) -> list[str]:
    return [one.left, one.right, str(one.common), f"{one.left_findings}/{one.right_findings}", f"{100 * one.share:.0f}%"]
