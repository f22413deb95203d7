"""Reading alerts back: a view of the store, the lake's tables, and the key's mask over everything that is shown."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from ibis.backends.duckdb import Backend
from pydantic import BaseModel
from sqlalchemy.orm import Session

from service.desk import Desk
from service.evidence import Evidence
from service.masking import mask_all, masks, tokens_in
from service.names import Names
from service.titles import Titles
from service.words import spoken

M = TypeVar("M", bound=BaseModel)


@dataclass
class Reading:
    """What the commands that show alerts read from."""

    desk: Desk
    session: Session
    tables: Backend

    @cached_property
    def names(self) -> Names:
        return Names(self.tables, self.desk.contracts)

    @cached_property
    def titles(self) -> Titles:
        return Titles(lambda: self.desk.book)

    def kind(self, kind: str) -> str:
        """A kind of alert in the language spoken; as the chain says it where it has no English name."""
        return self.desk.kinds.get(kind, kind) if spoken() == "en" else kind

    @cached_property
    def evidence(self) -> Evidence:
        batches = self.desk.lake.batches()
        files = {batch.batch_id: batch.file for batch in batches}
        pushes = {batch.batch_id: batch.pushes for batch in batches if batch.pushes}
        return Evidence(self.tables, self.desk.contracts, files, self.names, pushes)

    def masked_one(self, shown: M) -> M:
        """The same with every pseudonym replaced by the masked value; fields that end in _id keep it, for programs."""
        return self.masked([shown])[0]

    def masked(self, shown: Sequence[M]) -> list[M]:
        """Each the same with its pseudonyms masked; the vault is asked once for all."""
        plain = [one.model_dump(mode="json") for one in shown]
        seen = masks(self.desk.secrets(tokens_in(json.dumps(plain, ensure_ascii=False))))
        return [type(one).model_validate(mask_all(dumped, seen)) for one, dumped in zip(shown, plain, strict=True)]


@contextmanager
def reading(desk: Desk) -> Iterator[Reading]:
    """Open the store and the lake for reading. Raises NothingFound when nothing was imported yet."""
    desk.must_hold_records()
    tables = desk.lake.open()
    try:
        with desk.store.look() as session:
            yield Reading(desk, session, tables)
    finally:
        tables.disconnect()
