"""guantong rules: the workbench of rule authors; each of its commands is a module of its own, loaded when called."""

import importlib

import click

from service.words import say

COMMANDS = {
    "check": "rules_check", "test": "rules_test", "mutate": "rules_mutate", "explain": "rules_explain", "backtest": "rules_backtest",
    "diff": "rules_diff", "overlap": "rules_overlap", "list": "rules_list", "new": "rules_new", "lock": "rules_lock",
    "schema": "rules_schema", "docs": "rules_docs",
}  # fmt: skip
"""Command -> module of service.commands that holds it, in the order an author meets them."""


class Workbench(click.Group):
    """A check of one file must not wait for what a backtest needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(f"service.commands.{COMMANDS[cmd_name]}"), _function(cmd_name))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say("command.commands")):
            formatter.write_dl([(name, say(f"command.{_word(name)}")) for name in COMMANDS])


@click.group(name="rules", cls=Workbench, help=say("command.rules"))
def rules_command() -> None:
    """Thin doors to the rules room."""


def _function(name: str) -> str:
    return "mutate" if name == "mutate" else f"{name}_command"


def _word(name: str) -> str:
    return name if name in ("check", "test", "mutate", "list") else f"rules_{name}"
