"""guantong key: which keys there are (never their secrets), a new key for a new lake, and turning keys over."""

from dataclasses import asdict

import click

from datasets.envelope_file import Digest, fresh, make_key_file
from service.desk import Desk
from service.errors import Refusal
from service.progress import Bars
from service.sealed.keys import forget_master, keys_of, turn_data, turn_master
from service.terminal import Paper, print_json
from service.words import say

HERE = "command line"
SUITES = ("aes-256-gcm", "sm4-gcm")


@click.group(help=say("command.key"))
def key_command() -> None:
    """Its commands follow."""


@key_command.command("show", help=say("key.help.show"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def show_command(desk: Desk, as_json: bool) -> None:
    found = keys_of(desk)
    if as_json:
        print_json(asdict(found))
        return
    paper = Paper()
    paper.text(say("key.file", path=desk.settings.key_file, check=found.check, pseudonyms=found.pseudonyms, suite=found.suite))
    headers = [say(f"key.column.{name}") for name in ("name", "provider", "state", "wraps")]
    rows = [
        [one.name, one.provider, say("key.current") if one.current else say("key.replaced"), str(one.wraps)]
        for one in found.masters
    ]
    paper.table(headers, rows, right=(3,))
    paper.text(say("key.data_keys", count=found.data_keys, retired=found.retired))


@key_command.command("make", help=say("key.help.make"))
@click.option("--suite", type=click.Choice(SUITES), default=SUITES[0], show_default=True, help=say("key.option.suite"))
@click.pass_obj
def make_command(desk: Desk, suite: str) -> None:
    path = desk.settings.key_file
    if path.exists():
        raise Refusal("key.there_is_one", path=path)
    digest: Digest = "sm3" if suite == "sm4-gcm" else "sha256"
    make_key_file(path, fresh("sm4-gcm" if suite == "sm4-gcm" else "aes-256-gcm", digest))
    Paper().text(say("key.made", path=path))


@key_command.command("rotate", help=say("key.help.rotate"))
@click.option("--data", is_flag=True, help=say("key.option.rotate_data"))
@click.option("--provider", type=click.Choice((*SUITES, "command")), help=say("key.option.provider"))
@click.option("--program", multiple=True, help=say("key.option.program"))
@click.option("--suite", type=click.Choice(SUITES), help=say("key.option.suite"))
@click.pass_obj
def rotate_command(desk: Desk, data: bool, provider: str | None, program: tuple[str, ...], suite: str | None) -> None:
    if (provider == "command") != bool(program):
        raise Refusal("key.needs_program")
    paper = Paper()
    with Bars() as bars:
        done = turn_master(desk, HERE, bars, provider, program, suite)  # type: ignore[arg-type]
        changed = turn_data(desk, HERE, bars) if data else None
    paper.text(say("key.went_on" if done.resumed else "key.rotated", name=done.name, count=done.done))
    if changed is not None:
        paper.text(say("key.encrypted", name=changed.name, count=changed.done))
    paper.text(say("key.keep_a_copy", path=desk.settings.key_file))


@key_command.command("forget", help=say("key.help.forget"))
@click.argument("name")
@click.pass_obj
def forget_command(desk: Desk, name: str) -> None:
    forget_master(desk, HERE, name)
    Paper().text(say("key.forgotten", name=name))
