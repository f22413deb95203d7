"""guantong rules docs: rules as pages."""

from pathlib import Path

import click

from rules.rule_page import page
from service.desk import Desk
from service.rules_asked import rules_asked
from service.words import say, spoken


@click.command(name="docs", help=say("command.rules_docs"))
@click.argument("rules", nargs=-1)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help=say("option.out_pages"))
@click.pass_obj
def docs_command(desk: Desk, rules: tuple[str, ...], out: Path | None) -> None:
    for rule in rules_asked(desk, rules):
        text = "\n".join(page(rule, spoken()))
        if out is None:
            click.echo(text)
        else:
            out.mkdir(parents=True, exist_ok=True)
            (out / f"{rule.id}.md").write_text(text, encoding="utf-8")
            click.echo(out / f"{rule.id}.md")
