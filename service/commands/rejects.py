"""guantong rejects: rows that were sent back and still wait, counted; or exported to be corrected and imported again."""

from collections import Counter
from pathlib import Path

import click

from datasets.contract import Contract, Contracts
from datasets.key import Key
from datasets.quarantine import Waiting, export_rejects, waiting
from service.desk import Desk
from service.errors import NothingFound
from service.evidence import label_of
from service.terminal import Paper, print_json
from service.words import either, say, spoken

SHOWN = 20


@click.command(help=say("command.rejects"))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help=say("option.out_rejects"))
@click.option("--limit", default=SHOWN, show_default=True, type=click.IntRange(1), help=say("option.limit"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def rejects_command(desk: Desk, out: Path | None, limit: int, as_json: bool) -> None:
    if out is not None:
        count = export_rejects(desk.lake, Key.from_file(desk.settings.key_file), out)
        Paper().text(say("rejects.written", count=count, path=out))
        return
    found = waiting(desk.lake)
    if as_json:
        print_json([_plain(one) for one in found])
    elif not found:
        raise NothingFound("rejects.none")
    else:
        _print(Paper(), found, limit, desk.contracts)


def _print(paper: Paper, found: list[Waiting], limit: int, contracts: Contracts) -> None:
    codes = Counter(code for one in found for _, code, _, _ in one.faults)
    paper.text(say("rejects.head", count=len(found)))
    paper.text("；".join(f"{say(f'code.{code}')} {count}" for code, count in sorted(codes.items())), indent=2)
    headers = [say(f"rejects.{name}") for name in ("place", "table", "column", "why")]
    rows = [
        [
            _place(one),
            either(contracts[one.table].title),
            _called(contracts[one.table], column),
            why_zh if spoken() == "zh" else why_en,
        ]
        for one in found[:limit]
        for column, _, why_zh, why_en in one.faults
    ]
    paper.table(headers, rows, indent=2)
    if len(found) > limit:
        paper.text(say("rejects.more", count=len(found) - limit), indent=2)
    paper.text(say("import.rejects"))


def _called(contract: Contract, column: str | None) -> str:
    known = contract.columns.get(column or "")
    return label_of(known) if known else column or "-"


def _place(one: Waiting) -> str:
    return f"{one.file} {one.sheet}:{one.row_no if one.row_no is not None else '-'}"


def _plain(one: Waiting) -> dict[str, object]:
    faults = [{"column": column, "code": code, "zh": zh, "en": en} for column, code, zh, en in one.faults]
    return {"batch": one.batch_id, "table": one.table, "file": one.file, "sheet": one.sheet, "row": one.row_no, "faults": faults}
