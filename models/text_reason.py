"""Why a text is told to be of a label (判断依据): the terms that weigh most for it against the runner-up, as they stand in the text."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from models.linear_text import Margins, columns

TERMS = 5
"""Terms told of each text."""
TELLING = 0.2
"""A term that weighs less than this share of the weightiest is not told."""
UNSURE = "；与第二类“{second}”相差不多，不下判断"


def reasons(fitted: BaseEstimator, found: Margins, rows: pd.DataFrame) -> list[str]:
    """A sentence for each row: the terms, joined to words where they touch in the text, and the runner-up where it abstains."""
    pipeline: Any = fitted
    machine, names = pipeline.named_steps["weights"], terms(fitted)
    table = found.features
    at_row = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    weighs = table.data * (machine.coef_[found.first[at_row], table.indices] - machine.coef_[found.second[at_row], table.indices])
    most = np.zeros(table.shape[0])
    np.maximum.at(most, at_row, weighs)
    some = np.flatnonzero((weighs > 0) & (weighs >= TELLING * most[at_row]))
    order = some[np.lexsort((table.indices[some], -weighs[some], at_row[some]))]
    begins = np.searchsorted(at_row[order], np.arange(table.shape[0]))
    top = order[np.arange(len(order)) - begins[at_row[order]] < 2 * TERMS]
    told = pd.Series(names[table.indices[top]]).groupby(at_row[top]).agg(list).reindex(range(table.shape[0]))
    texts = columns(rows)["body"].to_numpy(dtype=object)
    seconds = machine.classes_.astype(object)[found.second]
    return [
        _sentence(label, _words(text, grams if isinstance(grams, list) else []), second if unsure else "")
        for label, text, grams, second, unsure in zip(found.best, texts, told, seconds, found.unsure, strict=True)
    ]


def terms(fitted: BaseEstimator) -> "np.ndarray[Any, np.dtype[np.object_]]":
    """The characters behind each weight; those of the head are the same characters."""
    pipeline: Any = fitted
    parts = pipeline.named_steps["features"].named_transformers_
    return np.concatenate([parts[name].get_feature_names_out() for name in ("body", "head")]).astype(object)


def _words(text: str, grams: list[str]) -> list[str]:
    """The grams as they stand in the text, those that touch joined; the weightiest first."""
    spans = sorted((at, at + len(gram), rank) for rank, gram in enumerate(dict.fromkeys(grams)) if (at := text.find(gram)) >= 0)
    joined: list[tuple[int, int, int]] = []
    for start, end, rank in spans:
        if joined and start <= joined[-1][1]:
            before = joined.pop()
            start, end, rank = before[0], max(end, before[1]), min(rank, before[2])
        joined.append((start, end, rank))
    told = dict.fromkeys(text[start:end] for start, end, _ in sorted(joined, key=lambda span: span[2]))
    return list(told)[:TERMS]


def _sentence(label: str, words: list[str], second: str) -> str:
    said = f"“{'”“'.join(words)}”等字样像“{label}”" if words else f"没有突出的字样，最像“{label}”"
    return said + (UNSURE.format(second=second) if second else "")
