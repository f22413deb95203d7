"""guantong index: make the index anew by which alerts are found."""

import click

from service.desk import Desk
from service.reading import reading
from service.search.index import index_alerts
from service.terminal import Paper
from service.words import say


@click.command(name="index", help=say("command.index"))
@click.pass_obj
def index_command(desk: Desk) -> None:
    with reading(desk) as seen, desk.store.change() as session:
        count = index_alerts(seen, session, anew=True)
    Paper().text(say("command.indexed", count=count))
