"""Looking up words: which texts hold all of them."""

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.search.grams import IS_HAN, pairs, plain, runs
from service.search.index import PART
from service.store.search import AlertGram, AlertText

Texts = npt.NDArray[np.int64]
EXACT = 2000
"""Up to so many texts are read to see that the pairs of a longer word stand beside each other; more are not asked to be exact."""


def find(session: Session, words: str) -> Texts | None:
    """Numbers (AlertText.text_id) of the texts that hold every word, ascending; None when nothing is asked for."""
    asked = runs(plain(words))
    if not asked:
        return None
    found: Texts | None = None
    for run in asked:
        for gram in pairs(run) if IS_HAN.match(run) else [run]:
            texts = _texts(session, gram, whole=len(run) > 1 and bool(IS_HAN.match(run)))
            found = texts if found is None else np.intersect1d(found, texts, assume_unique=True)
    assert found is not None
    return _exact(session, found, [run for run in asked if len(run) > 2 and IS_HAN.match(run)])


def _texts(session: Session, gram: str, *, whole: bool) -> Texts:
    """Texts with a pair of characters; with a single character in any pair; with a word that begins so."""
    which: ColumnElement[bool] = AlertGram.gram == gram
    if not whole:
        which = (
            AlertGram.gram.contains(gram, autoescape=True)
            if IS_HAN.match(gram)
            else AlertGram.gram.startswith(gram, autoescape=True)
        )
    rows = session.execute(select(AlertGram.part, AlertGram.texts).where(which)).all()
    parts = [np.frombuffer(texts, dtype="<u2").astype(np.int64) + part * PART for part, texts in rows]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)


def _exact(session: Session, found: Texts, words: list[str]) -> Texts:
    if not words or not 0 < len(found) <= EXACT:
        return found
    held = select(AlertText.text_id).where(AlertText.text_id.in_(found.tolist()))
    for word in words:
        held = held.where(AlertText.said.contains(word, autoescape=True))
    return np.array(sorted(session.scalars(held)), dtype=np.int64)
