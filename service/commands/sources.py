"""guantong sources propose FILE: a draft of the mapping for a file nobody knows yet, for a person to correct."""

from pathlib import Path

import click

from datasets.files import FileRefused, blobs
from datasets.propose import propose
from service.desk import Desk
from service.errors import Refusal
from service.words import either, say


@click.group(name="sources", help=say("command.sources"))
def sources_command() -> None:
    """Thin doors to the sources of datasets."""


@sources_command.command(name="propose", help=say("command.propose"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--table", help=say("option.for_table"))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=say("option.out_source"))
@click.pass_obj
def propose_command(desk: Desk, file: Path, table: str | None, out: Path | None) -> None:
    if table is not None and table not in desk.contracts:
        raise Refusal("sources.no_table", table=table)
    try:
        drafts = [propose(blob, desk.contracts, desk.sources, table=table) for blob in blobs(file)]
    except FileRefused as refused:
        raise Refusal("sources.refused", file=refused.label, why=either(refused)) from refused
    if out is None:
        click.echo("---\n".join(drafts))
        return
    if out.exists():
        raise Refusal("sources.exists", path=out)
    out.write_text(drafts[0], encoding="utf-8")
    click.echo(say("sources.written", path=out))
