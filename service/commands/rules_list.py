"""guantong rules list: every rule with its state, owner, hits, precision, blindness and cost."""

import click

from service.desk import Desk
from service.errors import NothingFound
from service.rule_facts import RuleFacts, rule_facts
from service.terminal import Paper, print_json
from service.words import either, say


@click.command(name="list", help=say("command.list"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def list_command(desk: Desk, as_json: bool) -> None:
    facts = rule_facts(desk)
    if as_json:
        print_json(facts)
        return
    if not facts:
        raise NothingFound("rules.none")
    headers = [
        say(f"rules.{name}")
        for name in ("id", "title", "severity", "status", "owner", "hits", "precision", "blindness", "seconds")
    ]
    Paper().table(headers, [_row(one) for one in facts], right=(5, 6, 7, 8))


def _row(one: RuleFacts) -> list[str]:
    judged = f"{one.right}/{one.judged}" if one.judged else "-"
    blind = f"{100 * one.blindness:.0f}%" if one.blindness is not None else "-"
    hits = "-" if one.hits is None else str(one.hits)
    cost = "-" if one.seconds is None else f"{one.seconds:.2f}"
    return [
        one.id,
        either(one.title),
        say(f"severity.{one.severity}"),
        say(f"rule_status.{one.status}"),
        one.owner,
        hits,
        judged,
        blind,
        cost,
    ]
