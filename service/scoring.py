"""Steps 3 and 4, link and score: models read tables and write tables, each only when what it reads has changed."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
from ibis.backends.duckdb import Backend
from pydantic import TypeAdapter

from datasets.lake import Lake
from models.matter import group_matters
from models.mention import find_mentions
from service.steps import Steps, state_of
from service.words import say

BATCH = TypeAdapter(str)


@dataclass(frozen=True)
class Maker:
    """A model's function, the table it writes and the tables it reads."""

    table: str
    reads: tuple[str, ...]
    make: Callable[[Backend], pa.Table]


MAKERS = (
    Maker("mention", ("ticket", "area", "unit", "enterprise", "programme"), find_mentions),
    Maker("ticket_matter", ("ticket",), group_matters),
)


def link_and_score(lake: Lake, steps: Steps) -> None:
    """Bring every made table to the state of what it is made from."""
    for done, maker in enumerate(MAKERS):
        steps.watch(say("step.score", table=maker.table), done, len(MAKERS))
        state = state_of(steps.program, lake.state(*maker.reads))
        steps.once(f"score:{maker.table}", state, lambda maker=maker: _made(lake, maker), BATCH, lambda _: 1)  # type: ignore[misc]


def _made(lake: Lake, maker: Maker) -> str:
    tables = lake.open()
    try:
        rows = maker.make(tables)
    finally:
        tables.disconnect()
    batch = lake.replace(maker.table, rows, made_by=maker.table)
    return f"{batch.batch_id}.{batch.version}"
