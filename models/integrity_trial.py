"""Integrity relevance of texts in files (廉洁关联度), judged and told by the same commands as the learned models; nothing is learned."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sklearn.base import BaseEstimator

from models.integrity import tell
from models.learned import Progress

FROM = 0.5
"""Score from which a text counts as scored, as the rule cadre_and_money has it."""


@dataclass(frozen=True)
class Integrity:
    """The words of integrity.yml over a column `text`; `right` (1 or 0) says what somebody who read the text holds it for."""

    name: str = "integrity"

    def read(self, paths: Sequence[Path], labelled: bool = True) -> pd.DataFrame:
        """Texts from CSV files. Raises ValueError naming the file and the columns that are missing."""
        rows = []
        for path in paths:
            found = pd.read_csv(path)
            if missing := [column for column in (("text", "right") if labelled else ("text",)) if column not in found]:
                raise ValueError(f"{path}: there is no column {', '.join(missing)}; right says 1 or 0 of each text")
            rows.append(found)
        return pd.concat(rows, ignore_index=True)

    def fit(self, rows: pd.DataFrame) -> BaseEstimator:
        """Raises ValueError: there is nothing to learn."""
        raise ValueError("integrity learns nothing: its words are declared in models/integrity.yml")

    def evaluate(self, rows: pd.DataFrame, progress: Progress) -> dict[str, object]:
        """How many texts are scored, how many of these are right, and how many of the right ones are scored; None of none."""
        progress(self.name, 0, 1)
        scored, right = self.predict(None, rows)["score"] >= FROM, rows["right"] == 1
        hit = int((scored & right).sum())
        return {
            "texts": len(rows), "right": int(right.sum()), "scored": int(scored.sum()), "scored_right": hit,
            "precision": hit / int(scored.sum()) if scored.any() else None, "recall": hit / int(right.sum()) if right.any() else None,
        }  # fmt: skip

    def predict(self, fitted: BaseEstimator | None, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with score (0 where nothing is told) and because, of the weightiest sentence."""
        best = [max(tell(text), key=lambda one: one.score, default=None) for text in rows["text"].fillna("").astype(str)]
        return rows.assign(
            score=[one.score if one else 0.0 for one in best],
            because=[f"{one.post}、{one.act}" if one else "没有同一句里的职务和行为" for one in best],
        )


LEARNER = Integrity()
