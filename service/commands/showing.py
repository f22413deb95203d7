"""guantong show ALERT: everything about one alert."""

import click

from service.desk import Desk
from service.errors import NothingFound, Refusal
from service.evidence import ROWS_SHOWN
from service.explaining import explain
from service.printing import print_explanation
from service.reading import Reading, reading
from service.store import questions
from service.store.alert import Alert
from service.terminal import Paper, print_json
from service.words import say


@click.command(help=say("command.show"))
@click.argument("alert")
@click.option("--rows", default=ROWS_SHOWN, show_default=True, type=click.IntRange(1), help=say("option.rows"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def show_command(desk: Desk, alert: str, rows: int, as_json: bool) -> None:
    with reading(desk) as seen:
        told = seen.masked_one(explain(seen, _named(seen, alert), rows))
    if as_json:
        print_json(told)
    else:
        print_explanation(Paper(), told)


def _named(seen: Reading, beginning: str) -> Alert:
    found = questions.alerts_named(seen.session, beginning)
    exact = [alert for alert in found if alert.fingerprint == beginning]
    if not found:
        raise NothingFound("alerts.unknown", alert=beginning)
    if len(found) > 1 and not exact:
        raise Refusal("alerts.ambiguous", alert=beginning, found="、".join(alert.fingerprint for alert in found))
    return (exact or list(found))[0]
