"""Doing the same with several alerts (成批): each by itself, so that one that somebody else changed does not keep back the others."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from service.errors import NothingFound, Refusal
from service.store.triage import Move
from service.triage.moving import By

Act = Callable[[By, str, int], Move]


@dataclass(frozen=True)
class Done:
    """What became of several alerts: those that moved, and for each other one why not."""

    moves: list[Move]
    refused: dict[str, str]


def each(session: Session, by: By, alerts: Iterable[tuple[str, int]], act: Act) -> Done:
    """Act on every alert (fingerprint, version seen); what moved can be undone together."""
    together = replace(by, together=secrets.token_hex(8))
    moves, refused = [], {}
    for fingerprint, version in alerts:
        try:
            with session.begin_nested():
                moves.append(act(together, fingerprint, version))
        except (NothingFound, Refusal) as refusal:
            refused[fingerprint] = str(refusal)
    return Done(moves, refused)
