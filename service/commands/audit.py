"""guantong audit: prove the log, and write down where it ends, on another machine."""

from dataclasses import asdict
from pathlib import Path

import click

from datasets.key import Key
from service.audit import anchor, read_anchors, verify
from service.desk import Desk
from service.errors import NothingFound
from service.terminal import Paper, print_json
from service.words import say

SHOWN = 20


@click.group(help=say("command.audit"))
def audit_command() -> None:
    """Its commands follow."""


@audit_command.command("verify", help=say("command.audit_verify"))
@click.option("--anchor", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=say("option.anchor"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def verify_command(desk: Desk, path: Path | None, as_json: bool) -> int:
    key = Key.from_file(desk.settings.key_file).derived("audit")
    anchors = read_anchors(path, key) if path is not None else []
    with desk.store.look() as session:
        faults = verify(session, key, anchors)
    if as_json:
        print_json({"whole": not faults, "anchors": len(anchors), "faults": [asdict(one) for one in faults]})
    elif not faults:
        Paper().text(say("audit.whole") if anchors else say("audit.whole_but_end"))
    else:
        paper = Paper()
        paper.text(say("audit.broken", count=len(faults)))
        for one in faults[:SHOWN]:
            paper.text(say(f"audit.fault.{one.what}", seq=one.seq), indent=2)
    return 1 if faults else 0


@audit_command.command("anchor", help=say("command.audit_anchor"))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help=say("option.anchor"))
@click.pass_obj
def anchor_command(desk: Desk, out: Path) -> None:
    key = Key.from_file(desk.settings.key_file).derived("audit")
    with desk.store.look() as session:
        made = anchor(session, key, out, desk.clock())
    if made is None:
        raise NothingFound("audit.empty")
    Paper().text(say("audit.anchored", seq=made.seq, path=out))
