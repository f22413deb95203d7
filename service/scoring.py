"""Steps 3 and 4, link and score: models read tables and write tables, each only when what it reads has changed.

What the law and the calendar fix become tables here too: `legal_period` and `workday`, made again when their files change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import pyarrow as pa
from ibis.backends.duckdb import Backend
from pydantic import TypeAdapter

from datasets.batch import Batch
from datasets.lake import Lake
from models.bid_screen import screen_bids
from models.cadre_share import share_of_cadres
from models.drift import READS, find_drift
from models.hotspot import find_hotspots
from models.integrity import score_integrity
from models.link import READS as LINKED_FROM
from models.link import link_entities
from models.matter import group_matters
from models.mention import find_mentions
from models.payment_peers import score_payments
from models.ring import find_rings
from rules.basis_check import laws_for
from service.steps import Steps, state_of
from service.store.run import SCORING
from service.words import say
from service.working_days import read_calendar_of

VERSIONS = TypeAdapter(tuple[str, ...])
Made = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Maker:
    """A model's function, the tables it writes and the tables it reads."""

    tables: tuple[str, ...]
    reads: tuple[str, ...]
    make: Callable[[Backend], pa.Table | Made]


MAKERS = (
    Maker(("entity", "link", "cluster"), LINKED_FROM, link_entities),
    Maker(("mention",), ("ticket", "area", "unit", "enterprise", "programme", "warehouse"), find_mentions),
    Maker(("ticket_matter",), ("ticket",), group_matters),
    Maker(("score_payment",), ("subsidy_payment", "area"), score_payments),
    Maker(("score_cadre_share",), ("public_employee", "unit", "kinship", "person", "subsidy_payment", "area"), share_of_cadres),
    Maker(("score_hotspot", "hotspot_ticket"), ("ticket", "area", "mention"), find_hotspots),
    Maker(("score_integrity",), ("ticket",), score_integrity),
    Maker(("score_ring", "cluster", "ring_tender"), ("bid", "tender", "award", "award_supplier"), find_rings),
    Maker(("score_screen",), ("bid", "tender"), screen_bids),
    Maker(("score_drift",), READS, find_drift),
)
"""In this order: hot spots read mentions, drift reads scores."""


def given_tables(folders: Sequence[Path]) -> Made:
    """The tables made of files, not of records: the shipped laws and holidays with those of the folders laid over them.

    Raises strict_yaml.Mistakes.
    """
    return {"legal_period": laws_for(folders).table(), "workday": read_calendar_of(folders).table()}


def link_and_score(lake: Lake, steps: Steps, folders: Sequence[Path] = ()) -> None:
    """Bring every made table to the state of what it is made from; one that is there already is left alone.

    `folders`: the office's own, with its laws and holidays. Raises strict_yaml.Mistakes for faulty ones.
    """
    given = given_tables(folders)
    total = len(given) + len(MAKERS)
    for done, (name, rows) in enumerate(given.items()):
        state = state_of(steps.question.program, rows.to_pylist())
        _brought(lake, steps, (done, total), (name,), state, partial(dict, {name: rows}))
    with _View(lake) as view:
        for done, maker in enumerate(MAKERS, len(given)):
            state = state_of(steps.question.program, lake.state(*maker.reads))
            if _brought(lake, steps, (done, total), maker.tables, state, partial(_made, view, maker)):
                view.outdated.update(maker.tables)


class _View:
    """The lake's tables for the makers: opened when one is needed, anew for a maker that reads what another has just made.

    Each opening after a change builds the current view of the whole lake again.
    """

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._tables: Backend | None = None
        self.outdated: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def of(self, reads: tuple[str, ...]) -> Backend:
        """Tables in which those read are as they are now."""
        if self._tables is not None and self.outdated & set(reads):
            self._close()
        if self._tables is None:
            self._tables = self._lake.open()
            self.outdated.clear()
        return self._tables

    def _close(self) -> None:
        if self._tables is not None:
            self._tables.disconnect()
            self._tables = None


def _brought(
    lake: Lake, steps: Steps, place: tuple[int, int], tables: tuple[str, ...], state: str, make: Callable[[], Made]
) -> bool:
    """Have what is made of this state, once; the maker goes by the name of its first table. Says whether it was made now."""
    name = tables[0]
    steps.watch(say("step.score", table=name), *place)
    present = {_version(batch) for batch in lake.living(*tables) if batch.made_by == name}
    known = steps.recall(SCORING + name, state, VERSIONS)
    if known and set(known) == present:
        return False
    steps.do(SCORING + name, state, partial(_stored, lake, name, make), VERSIONS, len)
    return True


def _stored(lake: Lake, name: str, make: Callable[[], Made]) -> tuple[str, ...]:
    return tuple(_version(lake.replace(table, rows, made_by=name)) for table, rows in make().items())


def _made(view: _View, maker: Maker) -> Made:
    made = maker.make(view.of(maker.reads))
    return {maker.tables[0]: made} if isinstance(made, pa.Table) else made


def _version(batch: Batch) -> str:
    return f"{batch.batch_id}.{batch.version}"
