"""guantong models: what the models are, and training, judging and using those that learn; scikit-learn is loaded when one is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.errors import NothingFound, Refusal
from service.later import later
from service.progress import Bars
from service.terminal import Paper, print_json
from service.words import either, say

if TYPE_CHECKING:
    from models.register import Model
    from service.desk import Desk

_learning, _card = later("service.learning"), later("models.card")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


@click.group(name="models", help=say("command.models"))
def models_command() -> None:
    """Thin doors to the models room."""


@models_command.command(name="list", help=say("command.models_list"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def list_command(desk: Desk, as_json: bool) -> None:
    lines = _learning.all_models(desk)
    if as_json:
        print_json(lines)
        return
    paper = Paper()
    for one in lines:
        paper.text(f"{one.name}  {either(one.title)}")
        state = say(f"models.state.{one.state}")
        paper.text(say("models.line", state=state, reads=_listed(one.reads), writes=_listed(one.writes)), indent=2, style="dim")


@models_command.command(name="train", help=say("command.models_train"))
@click.argument("name")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--evaluate", is_flag=True, help=say("option.models_evaluate"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def train_command(desk: Desk, name: str, files: tuple[Path, ...], evaluate: bool, as_json: bool) -> None:
    model = _asked(name)
    with Bars() as bars:
        path, made = _learning.train(desk, model, files, evaluate, bars)
    if as_json:
        print_json({"path": str(path), **made.__dict__})
    else:
        click.echo(say("models.trained", name=name, rows=made.rows, path=path))


@models_command.command(name="evaluate", help=say("command.models_evaluate"))
@click.argument("name")
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--out", type=OUT, help=say("option.models_figures"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def evaluate_command(desk: Desk, name: str, files: tuple[Path, ...], out: Path | None, as_json: bool) -> None:
    model = _asked(name)
    with Bars() as bars:
        figures = _learning.evaluate(desk, model, files, bars)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json(figures)
    else:
        Paper().table([say("models.figure"), say("models.value")], list(_card.flat(figures).items()), right=(1,))


@models_command.command(name="predict", help=say("command.models_predict"))
@click.argument("name")
@click.argument("file", type=FILE)
@click.option("--out", type=OUT, required=True, help=say("option.models_out"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def predict_command(desk: Desk, name: str, file: Path, out: Path, as_json: bool) -> None:
    model = _asked(name)
    with Bars() as bars:
        done = _learning.predict(desk, model, file, out, bars)
    if as_json:
        print_json(done)
        return
    if not done.artifact and done.abstained:
        click.echo(say("models.no_artifact", name=name), err=True)
    click.echo(say("models.predicted", rows=done.rows, abstained=done.abstained, out=out))


@models_command.command(name="card", help=say("command.models_card"))
@click.argument("name")
def card_command(name: str) -> None:
    _asked(name)
    page: str | None = _card.page(name)
    if page is None:
        raise NothingFound("models.no_card", name=name)
    click.echo(page, nl=False)


def _asked(name: str) -> Model:
    """The model of this name. Raises Refusal, with the names there are."""
    found: Model | None = _learning.REGISTER.get(name)
    if found is None:
        raise Refusal("models.unknown", name=name, known=_listed(sorted(_learning.REGISTER)))
    return found


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return say("mark.between").join(names)
