"""The command `guantong`: the edge where time, environment and the terminal come in, and exit codes go out.

Exit codes: 0 done; 1 nothing found, or the answer is no; 2 the caller must change something;
3 something failed that may work when tried again; 130 interrupted.
"""

import importlib
import os
import sys
from datetime import UTC, datetime
from typing import Any

import click

from datasets.strict_yaml import Mistakes
from service.desk import Desk
from service.errors import BadSetting, Trouble
from service.later import later
from service.settings import LANGUAGES, Settings
from service.words import say, speak

# asked only when something went wrong: see service.later
_duckdb, _sqlalchemy, _key, _lake = (later(name) for name in ("duckdb", "sqlalchemy", "datasets.key", "datasets.lake"))
_reasoner, _routing = later("rules.reasoner"), later("rules.routing")
_mistakes_told = later("service.mistakes_told")
COMMANDS = {
    "import": "taking", "run": "running", "alerts": "listing", "show": "showing", "batches": "batches", "withdraw": "batches",
    "rejects": "rejects", "sources": "sources", "city": "city", "ocds": "ocds", "real": "real", "rules": "rules",
    "models": "models", "serve": "serving", "worker": "working", "migrate": "migrating",
    "backup": "backup", "restore": "restore", "access": "access", "audit": "audit", "index": "searching",
    "key": "sealed", "purge": "purging", "paper": "paper",
}  # fmt: skip
"""Command -> module of service.commands that holds it; a module is loaded when its command is called."""


class Guantong(click.Group):
    """The group of all commands, in the language chosen."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"service.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.indentation():
            formatter.write_text(say("command.guantong"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say("command.commands")):
            formatter.write_dl([(name, say(f"command.{name}")) for name in COMMANDS])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say("command.exit_codes")):
            formatter.write_dl([(str(code), say(f"command.exit_{code}")) for code in (0, 1, 2, 3)])


@click.group(cls=Guantong, name="guantong")
@click.option("--lang", type=click.Choice(LANGUAGES), help="中文 / English")
@click.version_option(package_name="guantong", prog_name="guantong")
def cli(lang: str | None) -> None:
    """The words of the help come from the word files."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(answer(list(sys.argv[1:] if arguments is None else arguments)))


def answer(arguments: list[str]) -> int:
    """Run the command line; returns the exit code."""
    arguments, lang = _asked_language(arguments)
    try:
        settings = Settings.from_environment(lang=lang)
    except BadSetting as trouble:
        return _complain(str(trouble), trouble.code)
    speak(settings.lang)
    with Desk(settings, clock=lambda: datetime.now(UTC)) as desk:
        return _call(arguments, desk)


def _call(arguments: list[str], desk: Desk) -> int:
    try:
        answered: Any = cli.main(arguments, prog_name="guantong", standalone_mode=False, obj=desk)
        return answered if isinstance(answered, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _complain(say("command.interrupted"), 130)
    except Mistakes as mistakes:
        return _complain(_mistakes_told.told(mistakes.mistakes), 2)
    except _key.KeyProblem as problem:
        return _complain(say("command.key_trouble", why=str(problem)), 2)
    except Trouble as trouble:
        return _complain(str(trouble), trouble.code)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except _routing.NoLead as missing:
        return _complain(say("command.no_lead", alert=str(missing)), 2)
    except again() as error:
        return _complain(say("command.system", why=str(error).split("\n")[0]), 3)


def again() -> tuple[type[Exception], ...]:
    """What fails for reasons outside the input: full disks, lost connections, a reasoner that does not answer."""
    return (OSError, _duckdb.Error, _sqlalchemy.exc.SQLAlchemyError, _lake.LakeProblem, _reasoner.ReasonerFailed)


def _complain(text: str, code: int) -> int:
    click.echo(text, err=True)
    return code


def _asked_language(arguments: list[str]) -> tuple[list[str], str | None]:
    """--lang is taken out wherever it stands: help is written before the commands are read."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return arguments[:index] + arguments[index + 1 :], argument.removeprefix("--lang=")
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[:index] + arguments[index + 2 :], arguments[index + 1]
        if argument == "--":
            break
    return arguments, None
