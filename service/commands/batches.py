"""guantong batches, guantong withdraw BATCH: what was imported, and taking it back."""

import click

from datasets.withdraw import withdraw
from service.desk import Desk
from service.errors import NothingFound, Refusal
from service.store import event
from service.store.event import Happening
from service.terminal import Paper, print_json
from service.words import say


@click.command(help=say("command.batches"))
@click.option("--table", help=say("option.table"))
@click.option("--all", "everything", is_flag=True, help=say("option.withdrawn"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def batches_command(desk: Desk, table: str | None, everything: bool, as_json: bool) -> None:
    found = [one for one in desk.lake.batches() if (everything or one.living) and (table is None or one.table == table)]
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    if not found:
        raise NothingFound("batches.none")
    rows = [
        [one.batch_id, one.table, f"{one.file} {one.sheet}".strip(), str(one.rows), str(one.accepted), str(one.rejected),
         one.withdrawn or ""]
        for one in found
    ]  # fmt: skip
    headers = [say(f"batches.{name}") for name in ("batch", "table", "file", "rows", "accepted", "rejected", "withdrawn")]
    Paper().table(headers, rows, right=(3, 4, 5))


@click.command(help=say("command.withdraw"))
@click.argument("batch")
@click.option("--why", required=True, help=say("option.why"))
@click.pass_obj
def withdraw_command(desk: Desk, batch: str, why: str) -> None:
    found = [one for one in desk.lake.batches() if one.batch_id.startswith(batch)]
    if not found:
        raise NothingFound("batches.unknown", batch=batch)
    if len(found) > 1:
        raise Refusal("batches.ambiguous", batch=batch, count=len(found))
    gone = withdraw(desk.lake, found[0].batch_id, why)
    with desk.store.change() as session:
        event.append(
            session, [Happening("batch.withdrawn", gone.batch_id, {"why": why, "table": gone.table})], "cli", desk.clock()
        )
    Paper().text(say("batches.gone", batch=gone.batch_id, table=gone.table, rows=gone.accepted))
