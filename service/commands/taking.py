"""guantong import PATH…: take files in, and say of every file what became of its rows."""

from pathlib import Path

import click

from datasets.contract import Contracts
from datasets.import_report import FileReport, ImportReport
from service.desk import Desk
from service.pipeline import take_in
from service.progress import Bars
from service.terminal import Paper, print_json
from service.words import either, say

FAULTS_SHOWN = 12


@click.command(help=say("command.import"))
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def import_command(desk: Desk, paths: tuple[Path, ...], as_json: bool) -> int:
    with Bars() as bars:
        report = take_in(desk, paths, bars)
    if as_json:
        print_json(report.as_json())
    else:
        _print(Paper(), report, desk.contracts)
    return _code(report)


def _code(report: ImportReport) -> int:
    """2 when a file was refused or stopped, 1 when no file was recognised, else 0: single bad rows are no failure."""
    if any(message.code in ("refused", "stopped") for file in report.files for message in file.messages):
        return 2
    return 0 if report.parts else 1


def _print(paper: Paper, report: ImportReport, contracts: Contracts) -> None:
    headers = [say(f"import.{name}") for name in ("file", "table", "rows", "accepted", "rejected", "status")]
    rows = [
        [Path(part.file).name + (f" {part.sheet}" if part.sheet else ""), either(contracts[part.table].title), str(part.rows), str(part.accepted),
         str(part.rejected), say(f"import.{part.status}")]
        for part in report.parts
    ]  # fmt: skip
    if rows:
        paper.table(headers, rows, right=(2, 3, 4))
    for file in report.files:
        _messages(paper, file)
    paper.blank()
    totals = {name: report.total(name) for name in ("rows", "accepted", "rejected", "diverted")}
    paper.text(say("import.done", files=len(report.files), **totals))
    if codes := report.codes():
        paper.text("；".join(f"{say(f'code.{code}')} {count}" for code, count in codes.items()), indent=2)
    if report.total("rejected"):
        paper.text(say("import.rejects"), indent=2)
    if report.unmatched:
        paper.text(say("import.unmatched", count=len(report.unmatched)))
    paper.text(say("import.next"))


def _messages(paper: Paper, file: FileReport) -> None:
    for message in file.messages[:FAULTS_SHOWN]:
        paper.text(f"{file.file}：{either(message)}", indent=2)
