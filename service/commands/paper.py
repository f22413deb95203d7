"""guantong paper: 周报, 月报, 专报, letters and lists, as files in the official layout."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from datasets import strict_yaml
from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.commands.access import HERE
from service.desk import Desk
from service.errors import Refusal
from service.later import later
from service.reading import reading
from service.terminal import Paper, print_json
from service.words import say

_making, _letter, _period, _scope, _filling, _fonts, _pdf, _workbook = (
    later(f"service.paper.{name}") for name in ("making", "letter", "period", "scope", "filling", "fonts", "pdf", "workbook")
)
KINDS = ("weekly", "monthly", "special", "situation", "briefing", "transfer", "discipline", "supervision", "both", "inspection")
STREAMS = ("discipline", "supervisory", "stationed", "inspection", "coordination")
DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(dir_okay=False, path_type=Path)


def whoever_sits_here() -> Caller:
    """Who reaches this machine sees what a leader sees."""
    return Caller(HERE, "person", (Held(roles()["leader"], Bounds()),))


@click.group(help=say("command.paper"))
def paper_command() -> None:
    """Its commands follow."""


@paper_command.command("list", help=say("command.paper_list"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def list_command(desk: Desk, as_json: bool) -> None:
    forms = {kind: str(_filling.form_of(kind, desk.settings.book)) for kind in KINDS}
    with TemporaryDirectory(prefix="guantong-") as folder:
        fonts = _fonts.stand_ins(desk.settings.fonts, Path(folder))
    office = _pdf.program()
    if as_json:
        print_json({"forms": forms, "fonts": fonts, "libreoffice": office})
        return
    told = Paper()
    told.table(
        [say("paper.kinds"), "KIND", say("paper.form")], [[say(f"paper.kind.{kind}"), kind, form] for kind, form in forms.items()]
    )
    told.heading(say("paper.fonts"))
    told.table([say("paper.font"), say("paper.shown_in")], [[name, shown or "-"] for name, shown in fonts.items()])
    told.text(say("paper.office", path=office) if office else say("paper.wrong.no_office_program"))


OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option("--out", required=True, type=FILE, help=say("option.paper_out")),
    click.option("--from", "first", type=DAY, help=say("option.paper_from")),
    click.option("--until", "last", type=DAY, help=say("option.paper_until")),
    click.option("--unit", help=say("option.paper_unit")),
    click.option("--area", help=say("option.paper_area")),
    click.option("--stream", type=click.Choice(STREAMS), help=say("option.stream")),
    click.option("--topic", help=say("option.topic")),
    click.option("--rule", help=say("option.rule")),
    click.option("--case", type=int, help=say("option.paper_case")),
    click.option("--letter", "parts", type=FILE, help=say("option.paper_letter")),
    click.option("--organ", help=say("option.paper_organ")),
    click.option("--number", help=say("option.paper_number")),
    click.option("--to", help=say("option.paper_to")),
    click.option("--copy", "copies", multiple=True, help=say("option.paper_copy")),
    click.option("--plain", is_flag=True, help=say("option.paper_plain")),
)


def with_options(command: Any) -> Any:
    """The options of a paper, in their order."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


@paper_command.command("make", help=say("command.paper_make"))
@click.argument("kind", type=click.Choice(KINDS))
@with_options
@click.pass_obj
def make_command(desk: Desk, /, kind: str, out: Path, parts: Path | None, **given: Any) -> None:
    shape = out.suffix.lower().removeprefix(".")
    if shape not in _making.SHAPES:
        raise Refusal("paper.wrong.shape", out=out)
    head = {
        "organ": given["organ"],
        "mark": given["organ"],
        "number": given["number"],
        "to": given["to"],
        "copies": given["copies"],
    }
    if given["plain"]:
        head["red_head"] = False
    scope = _scope.Scope(given["unit"], given["area"], given["stream"], given["topic"], given["rule"])
    asked = _making.Asked(
        kind,
        shape,
        _days(desk, kind, given["first"], given["last"]),
        scope,
        given["case"],
        _parts(kind, parts) if parts else None,
        head,
    )
    with reading(desk) as seen:
        made = _making.make(desk, seen, whoever_sits_here(), asked)
    out.write_bytes(made.content)
    Paper().text(say("paper.made", path=out, bytes=len(made.content)))


@paper_command.command("export", help=say("command.paper_export"))
@click.argument("what", type=click.Choice(("alerts", "cases")))
@click.option("--out", required=True, type=FILE, help=say("option.paper_xlsx"))
@click.pass_obj
def export_command(desk: Desk, what: str, out: Path) -> None:
    write = _workbook.alerts_listed if what == "alerts" else _workbook.cases_listed
    with reading(desk) as seen:
        made = write(desk, seen, whoever_sits_here())
    out.write_bytes(made.content)
    Paper().text(say("paper.exported", path=out, rows=made.rows))


def _days(desk: Desk, kind: str, first: datetime | None, last: datetime | None) -> Any:
    until: date = last.date() if last else desk.today
    if first is not None:
        return _period.Period.between(first.date(), until)
    return _period.Period.ending(_making.LENGTHS[kind], until) if kind in _making.LENGTHS else None


def _parts(kind: str, path: Path) -> Any:
    """The parts of a letter from a file. Raises Mistakes for broken YAML, Refusal for parts that are missing or unknown."""
    said, _ = strict_yaml.load(path)
    try:
        return TypeAdapter(_letter.Letter).validate_python({**said, "kind": kind})
    except ValidationError as error:
        wrong = "；".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Refusal("paper.wrong.letter", path=path, why=wrong) from error
