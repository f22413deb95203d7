"""Matters into the store: a matter keeps its name from run to run as long as most of it stays together."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.alert import OPEN, Alert


def keep_matters(session: Session, matters: Sequence[tuple[str, ...]]) -> int:
    """Write which alerts are one matter; returns how many matters there are. Closed alerts keep the matter they had."""
    alerts = {one.fingerprint: one for one in session.scalars(select(Alert).where(Alert.status == OPEN))}
    before = {fingerprint: one.matter for fingerprint, one in alerts.items()}
    after = named(matters, before)
    for fingerprint, one in alerts.items():
        if one.matter != after.get(fingerprint):
            one.matter = after.get(fingerprint)
    return len(matters)


def named(matters: Sequence[tuple[str, ...]], before: dict[str, str | None]) -> dict[str, str]:
    """Fingerprint -> name of its matter: the one that most of its alerts had, if no other matter has more of it."""
    claims = []
    for place, matter in enumerate(matters):
        had = Counter(name for one in matter if (name := before.get(one)))
        claims += [(-count, name, place) for name, count in had.items()]
    names: dict[int, str] = {}
    for _, name, place in sorted(claims):
        if place not in names and name not in names.values():
            names[place] = name
    taken = {name for name in before.values() if name}
    for place, matter in enumerate(matters):
        if place not in names:
            names[place] = _fresh(matter, taken)
            taken.add(names[place])
    return {one: names[place] for place, matter in enumerate(matters) for one in matter}


def _fresh(matter: tuple[str, ...], taken: set[str]) -> str:
    """A name that no matter had: from the first alert, and what it was asked with until it is new."""
    number = 0
    while True:
        name = "MT" + hashlib.sha256(f"{matter[0]}|{number}".encode()).hexdigest()[:16]
        if name not in taken:
            return name
        number += 1
