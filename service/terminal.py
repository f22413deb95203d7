"""Printing for people: wrapped to the terminal, Chinese characters counted as two columns, colour never alone."""

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal

import click
from pydantic import TypeAdapter
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from service.words import say
from service.wrapping import wrap

STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim"}
JSON = TypeAdapter(object)


class Paper:
    """Where a command writes its answer."""

    def __init__(self) -> None:
        self.console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)

    def text(self, text: str, indent: int = 0, style: str = "") -> None:
        """A paragraph, wrapped; continued lines keep the indent, and no line ends in blanks."""
        for line in wrap(text, max(20, self.console.width - indent)):
            self.console.print(Text(" " * indent + line, style=style), soft_wrap=True)

    def heading(self, text: str) -> None:
        self.blank()
        self.text(text, style="bold")

    def blank(self) -> None:
        self.console.print()

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[str]], indent: int = 0, right: Iterable[int] = ()) -> None:
        """A table where it fits; on a narrow terminal one record after the other, `header value`."""
        rows = [[cell.replace("\n", " ") for cell in row] for row in rows]
        widths = [max([cell_len(header), *(cell_len(row[at]) for row in rows)]) for at, header in enumerate(headers)]
        if sum(widths) + 2 * len(widths) + indent > self.console.width:
            self._records(headers, rows, indent)
            return
        table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
        for at, header in enumerate(headers):
            table.add_column(header, justify="right" if at in set(right) else "left", no_wrap=True)
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        self.console.print(Padding(table, (0, 0, 0, indent), expand=False))

    def _records(self, headers: Sequence[str], rows: Sequence[Sequence[str]], indent: int) -> None:
        for row in rows:
            filled = [f"{header} {cell}" for header, cell in zip(headers, row, strict=True) if cell and cell != "-"]
            self.text("· " + say("mark.between").join(filled), indent)


def print_json(value: object) -> None:
    """One JSON document on stdout, for programs."""
    click.echo(JSON.dump_json(value, indent=2).decode())


def yuan(amount: Decimal | None) -> str:
    """12,345.60元; nothing for no amount."""
    return "" if amount is None else say("value.yuan", amount=f"{amount:,.2f}")
