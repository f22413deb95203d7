"""Steps 3 and 4, link and score: models read tables and write tables, each only when what it reads has changed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
from ibis.backends.duckdb import Backend
from pydantic import TypeAdapter

from datasets.batch import Batch
from datasets.lake import Lake
from models.matter import group_matters
from models.mention import find_mentions
from service.steps import Steps, state_of
from service.store.run import SCORING
from service.words import say

VERSION = TypeAdapter(str)


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
    """Bring every made table to the state of what it is made from; one that is there already is left alone."""
    for done, maker in enumerate(MAKERS):
        steps.watch(say("step.score", table=maker.table), done, len(MAKERS))
        step = SCORING + maker.table
        state = state_of(steps.question.program, lake.state(*maker.reads))
        present = [_version(batch) for batch in lake.living(maker.table) if batch.made_by == maker.table]
        known = steps.recall(step, state, VERSION)
        if known is None or known not in present:
            steps.do(step, state, partial(_made, lake, maker), VERSION, lambda _: 1)


def _made(lake: Lake, maker: Maker) -> str:
    tables = lake.open()
    try:
        rows = maker.make(tables)
    finally:
        tables.disconnect()
    return _version(lake.replace(maker.table, rows, made_by=maker.table))


def _version(batch: Batch) -> str:
    return f"{batch.batch_id}.{batch.version}"
