"""The outbox: what is put on record and concerns other platforms becomes a notice in the same transaction."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from datasets import strict_yaml
from service.store.notice import Notice

FILE = Path(__file__).with_name("notices.yml")
BY = "by"
"""Who did it: kept with the notice, so that a platform hears of its own batches; never sent."""


class Title(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str


class Kind(BaseModel):
    """A kind of happening that other platforms hear of."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Title
    about: Literal["alert", "batch", "run"]
    needs: str
    """The verb that whoever hears of it must be allowed."""
    data: tuple[str, ...]
    wide: tuple[str, ...] = ()
    """Told besides to those only who are bound to no place."""


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its name. Raises strict_yaml.Mistakes and pydantic.ValidationError for a faulty file."""
    tree, _ = strict_yaml.load(FILE)
    return {name: Kind.model_validate(one) for name, one in tree.items()}


def tell(session: Session, happenings: Iterable[tuple[str, str, dict[str, Any]]], actor: str, at: datetime) -> int:
    """Write a notice for each happening (kind, about, values) that others hear of; returns how many.

    The caller holds the log's lock until it commits: the sequence has no holes, and whoever has read as far as a
    number has missed none below it.
    """
    known = kinds()
    told = [(kind, about, {**_public(known[kind], body), BY: actor}) for kind, about, body in happenings if kind in known]
    if not told:
        return 0
    last = session.scalar(select(func.max(Notice.seq))) or 0
    rows = [
        {"seq": seq, "notice_id": str(uuid.uuid4()), "at": at, "kind": kind, "about": about, "body": body}
        for seq, (kind, about, body) in enumerate(told, last + 1)
    ]
    session.execute(insert(Notice), rows)
    return len(rows)


def _public(kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    # of what changed only the names are told: the values may be pseudonyms of people
    return {
        name: sorted(body[name]) if name == "changed" else body[name]
        for name in (*kind.data, *kind.wide)
        if body.get(name) is not None
    }
