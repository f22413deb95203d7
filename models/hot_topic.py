"""Hot topics (热点问题) in messages without area or category: what many people write about one place within a time.

Where tickets have both, models/hotspot.py judges them against the place's own past; here nothing is expected, topics are ranked
by how many different people wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.feature_extraction.text import TfidfVectorizer

from models.learned import Progress
from models.topic_file import folded, read_messages, told_by_hand
from models.topic_group import Topic, group_topics

LARGEST = 10
ALONE = "没有三人以上反映同一地点的同一事项"


@dataclass(frozen=True)
class HotTopics:
    """The learner; it learns nothing that must be kept: topics are found in the messages themselves."""

    name: str = "hot_topics"

    def read(self, paths: Sequence[Path], labelled: bool = True) -> pd.DataFrame:
        """Messages of CSV or Excel files. Raises ValueError: file, column, what would be right."""
        return pd.concat([read_messages(path) for path in paths], ignore_index=True)

    def fit(self, rows: pd.DataFrame) -> BaseEstimator:
        """The character pairs of the messages: kept so that a batch can be compared with what there was; topics do not need it."""
        return TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True).fit(folded(rows["title"] + rows["body"]))

    def evaluate(self, rows: pd.DataFrame, progress: Progress) -> dict[str, object]:
        """Recall and precision of the known topics, each against the topic that fits it best, and the largest topics to be read.

        A known topic without messages in the file is left out.
        """
        progress(self.name, 0, 1)
        topics = ranked(group_topics(rows), rows)
        told = told_by_hand(rows)
        return {
            "protocol": "truth read by hand: models/hot_topic.yml, known",
            "messages": len(rows), "topics": len(topics),
            "known": {name: _judged(set(np.flatnonzero(belongs)), topics) for name, belongs in told.items() if belongs.any()},
            "largest": [_line(number, topic, rows) for number, topic in enumerate(topics[:LARGEST], 1)],
        }  # fmt: skip

    def predict(self, fitted: BaseEstimator | None, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with topic (its rank by people; empty where it is in none), topic_messages, topic_people, because."""
        topic, messages, people = np.full(len(rows), "", object), np.zeros(len(rows), int), np.zeros(len(rows), int)
        because = np.full(len(rows), ALONE, object)
        for number, one in enumerate(ranked(group_topics(rows), rows), 1):
            inside = list(one.rows)
            topic[inside], messages[inside], people[inside] = str(number), len(inside), _people(one, rows)
            because[inside] = _because(one, rows, _people(one, rows))
        return rows.assign(topic=topic, topic_messages=messages, topic_people=people, because=because)


def ranked(topics: list[Topic], rows: pd.DataFrame) -> list[Topic]:
    """Topics by different people, then by messages."""
    return sorted(topics, key=lambda topic: (-_people(topic, rows), -len(topic.rows), topic.rows))


def _people(topic: Topic, rows: pd.DataFrame) -> int:
    callers = rows["caller"].iloc[list(topic.rows)]
    return int(callers[callers != ""].nunique()) or len(topic.rows)


def _judged(truth: set[int], topics: list[Topic]) -> dict[str, object]:
    """Recall and precision of the topic that fits best (by F1)."""
    best = max(
        (set(topic.rows) for topic in topics), key=lambda rows: len(rows & truth) / (len(rows) + len(truth)), default=set()
    )
    hits = len(best & truth)
    return {
        "messages": len(truth), "found": len(best),
        "recall": hits / len(truth), "precision": hits / len(best) if best else 0.0,
    }  # fmt: skip


def _line(number: int, topic: Topic, rows: pd.DataFrame) -> dict[str, object]:
    inside = rows.iloc[list(topic.rows)]
    return {
        "rank": number, "messages": len(topic.rows), "people": _people(topic, rows), "places": list(topic.places[:3]),
        "from": str(inside["created"].min().date()), "to": str(inside["created"].max().date()),
        "message_ids": inside["message_id"].astype(str).head(5).tolist(),
    }  # fmt: skip


def _because(topic: Topic, rows: pd.DataFrame, people: int) -> str:
    inside: Any = rows["created"].iloc[list(topic.rows)]
    first, last = inside.min().date(), inside.max().date()
    return f"{first}至{last}，{people}人{len(topic.rows)}次反映“{topic.places[0]}”的同一类事项"


LEARNER = HotTopics()
