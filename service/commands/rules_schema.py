"""guantong rules schema: JSON Schema of rule files, for editors."""

import json
from pathlib import Path

import click

from rules.schema import KINDS, schema
from service.desk import Desk
from service.words import say


@click.command(name="schema", help=say("command.rules_schema"))
@click.argument("kind", type=click.Choice(list(KINDS)), default="indicator")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=say("option.out_source"))
@click.pass_obj
def schema_command(desk: Desk, kind: str, out: Path | None) -> None:
    text = json.dumps(schema(kind, desk.contracts), ensure_ascii=False, indent=1)
    if out is None:
        click.echo(text)
    else:
        out.write_text(text + "\n", encoding="utf-8")
        click.echo(out)
