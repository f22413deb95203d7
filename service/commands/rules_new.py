"""guantong rules new: a draft that can be checked and tested at once."""

import re
from pathlib import Path
from typing import get_args

import click

from datasets.contract import subject_kinds
from rules.indicator import NAME, Topic
from rules.starter import copied, starter
from service.desk import Desk
from service.errors import Refusal
from service.nearest import nearest
from service.words import say

TOPICS = get_args(Topic)
SUBJECTS = {"subsidy": "person", "procurement": "tender", "hotline": "ticket", "cross": "enterprise"}


@click.command(name="new", help=say("command.rules_new"))
@click.argument("name", metavar="ID")
@click.option("--topic", type=click.Choice(TOPICS), help=say("option.topic"))
@click.option("--subject", help=say("option.subject"))
@click.option("--from", "origin", help=say("option.from_rule"))
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help=say("option.folder"))
@click.option("--owner", default="数据组", show_default=True, help=say("option.owner"))
@click.pass_obj
def new_command(
    desk: Desk, name: str, topic: str | None, subject: str | None, origin: str | None, folder: Path | None, owner: str
) -> None:
    if origin != name:
        _must_be_free(desk, name)
    text, placed = _copy(desk, name, origin) if origin else _fresh(desk, name, topic, subject, owner)
    path = (folder or _own_folder(desk)) / "book" / placed / f"{name}.yml"
    if path.exists():
        raise Refusal("rules.exists", path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    click.echo(say("rules.replaces" if origin == name else "rules.started", path=path))


def _must_be_free(desk: Desk, name: str) -> None:
    if not re.fullmatch(NAME, name):
        raise Refusal("rules.bad_id", rule=name)
    if name in desk.book.indicators:
        raise Refusal("rules.used_id", rule=name, path=desk.book.paths[name])


def _own_folder(desk: Desk) -> Path:
    """The office's own folder; a shipped one is never written to by this command."""
    if not desk.settings.book:
        raise Refusal("rules.no_folder")
    return desk.settings.book[-1]


def _fresh(desk: Desk, name: str, topic: str | None, subject: str | None, owner: str) -> tuple[str, str]:
    if topic is None:
        raise Refusal("rules.no_topic", topics="、".join(TOPICS))
    kind, kinds = subject or SUBJECTS[topic], subject_kinds(desk.contracts)
    if kind not in kinds:
        raise Refusal("rules.unknown_subject", subject=kind, hint=nearest(kind, kinds))
    return starter(name, topic, kind, desk.contracts, owner), topic  # type: ignore[arg-type]


def _copy(desk: Desk, name: str, origin: str) -> tuple[str, str]:
    """Another rule's text as a draft; under its own id the text as it is, live where it was, to replace the shipped rule."""
    if origin not in desk.book.indicators:
        raise Refusal("rules.unknown", rule=origin, hint=nearest(origin, desk.book.indicators, "guantong rules list"))
    text = desk.book.paths[origin].read_text(encoding="utf-8")
    return text if origin == name else copied(text, origin, name), desk.book.indicators[origin].topic
