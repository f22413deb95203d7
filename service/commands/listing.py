"""guantong alerts: the list of alerts, the highest priority first, narrowed by stream, office, rule, severity, level and status."""

import click

from service.desk import Desk
from service.errors import NothingFound
from service.lines import lines
from service.printing import print_lines
from service.reading import reading
from service.store import questions
from service.store.alert import CLEARED, LEVELS, OPEN, SEVERITIES
from service.store.questions import Wanted
from service.terminal import Paper, print_json
from service.words import say

STREAMS = ("discipline", "supervisory", "stationed", "inspection", "coordination")


@click.command(help=say("command.alerts"))
@click.option("--stream", type=click.Choice(STREAMS), help=say("option.stream"))
@click.option("--office", help=say("option.office"))
@click.option("--rule", help=say("option.rule"))
@click.option("--severity", type=click.Choice(SEVERITIES), help=say("option.severity"))
@click.option("--level", type=click.Choice(LEVELS), help=say("option.level"))
@click.option("--matter", help=say("option.matter"))
@click.option("--status", type=click.Choice((OPEN, CLEARED, "all")), default=OPEN, show_default=True, help=say("option.status"))
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help=say("option.limit"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def alerts_command(
    desk: Desk,
    stream: str | None,
    office: str | None,
    rule: str | None,
    severity: str | None,
    level: str | None,
    matter: str | None,
    status: str,
    limit: int,
    as_json: bool,
) -> None:
    wanted = Wanted(stream, office, rule, severity, None if status == "all" else status, level, matter)
    with reading(desk) as seen:
        total = questions.count_wanted(seen.session, wanted)
        alerts = questions.alerts_wanted(seen.session, wanted, limit)
        told = seen.masked(lines(seen, alerts))
    if as_json:
        print_json({"notice": say("notice.reason"), "total": total, "alerts": told})
    elif not told:
        raise NothingFound("alerts.none")
    else:
        print_lines(Paper(), told, total)
