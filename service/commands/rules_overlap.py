"""guantong rules overlap: live rules that find nearly the same in the records at hand."""

import click

from rules.overlap import MOST_COMMON, overlaps
from service.desk import Desk
from service.on_lake import on_lake
from service.progress import Bars
from service.rules_asked import rules_asked
from service.terminal import Paper, print_json
from service.words import say

SHOWN = 20


@click.command(name="overlap", help=say("command.rules_overlap"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def overlap_command(desk: Desk, as_json: bool) -> int:
    live = [rule for rule in rules_asked(desk, ()) if rule.status == "live"]
    found = {}
    with on_lake(desk) as lake, Bars() as bars:
        for done, rule in enumerate(live):
            bars(rule.id, done, len(live))
            found[rule.id] = lake.flag(rule).signals
    pairs = overlaps(found)
    too_near = [pair for pair in pairs if pair.share > MOST_COMMON]
    if as_json:
        print_json({"pairs": pairs, "most_common": MOST_COMMON, "passes": not too_near})
        return 1 if too_near else 0
    headers = [say(f"overlap.{name}") for name in ("left", "right", "common", "of", "share")]
    Paper().table(headers, [[one.left, one.right, str(one.common), f"{one.left_findings}/{one.right_findings}", f"{100 * one.share:.0f}%"] for one in pairs[:SHOWN]],
                  right=(2, 4))  # fmt: skip
    click.echo(say("overlap.told", count=len(too_near), most=f"{100 * MOST_COMMON:.0f}%"))
    return 1 if too_near else 0
