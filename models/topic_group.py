"""Messages about one thing at one place (热点分组): within the texts that name a place, those alike once names are masked.

Alike is told twice: in the space of the corpus's own themes (latent semantic analysis), where 油烟 and 烧烤 are near, joined by
average linkage, and by the shared characters themselves, without which a street's traffic lights and its bus stops are one.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from models.learned import SEED
from models.place_key import masked, named_in, place_keys
from models.topic_file import folded, shipped_words

READ = 400
"""Characters of a body that are read: complaints come to the point."""
THEMES = 50
"""Dimensions of the space of themes."""
NEAR = 0.3
"""Average likeness in the space of themes from which two groups are one thing."""
SAME = 0.1
"""Average likeness of the characters themselves that a topic must have: mixed streets have 0.03 to 0.08, topics from 0.13."""
GAP = 60
"""Days of silence after which it is a new topic."""
LEAST = 3
"""Messages of a topic."""
OVERLAP = 0.5
"""A group that has this share of its messages in a larger one is the same topic under another name of the place."""
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Topic:
    """Rows of its messages, in order of time, and the names of its places, the most frequent first."""

    rows: tuple[int, ...]
    places: tuple[str, ...]


def group_topics(messages: pd.DataFrame) -> list[Topic]:
    """The topics of messages (title, body, created), the largest first; a message is in one topic at most."""
    title, body = folded(messages["title"]), folded(messages["body"]).str.slice(0, READ)
    words = shipped_words()
    texts = (title + "。" + body).tolist()
    names = place_keys(texts, words.endings, words.joints, words.everyday, words.never)
    bare = masked((title + "。" + title + "。" + body).tolist(), names)
    if len(bare) < LEAST or not names:
        return []
    grams, themes = _spaces(bare)
    days = messages["created"].to_numpy("datetime64[s]").astype(np.int64) / 86_400
    named = named_in(texts, names).tocsc()
    found: dict[tuple[int, ...], list[str]] = {}
    for number, name in enumerate(names):
        rows = named.indices[named.indptr[number] : named.indptr[number + 1]]
        for group in _things(rows, themes, grams, days):
            found.setdefault(group, []).append(name)
    return _apart(found, days)


def _spaces(bare: list[str]) -> tuple[csr_matrix, Floats]:
    """Texts as character pairs, and in the space of themes; rows of length 1."""
    least = 3 if len(bare) > 100 else 1
    grams = TfidfVectorizer(
        analyzer="char", ngram_range=(2, 2), sublinear_tf=True, min_df=least, max_df=0.2 if least > 1 else 1.0
    )
    table = csr_matrix(grams.fit_transform(bare))
    size = min(THEMES, min(table.shape) - 1)
    if size < 1:
        return table, normalize(table.toarray())
    return table, normalize(TruncatedSVD(size, random_state=SEED).fit_transform(table))


def _things(rows: "np.ndarray[Any, Any]", themes: Floats, grams: csr_matrix, days: Floats) -> Iterator[tuple[int, ...]]:
    """The things that messages of one place are about, cut where nobody wrote for long."""
    if len(rows) < LEAST:
        return
    thing = _cut(themes[rows] @ themes[rows].T, (grams[rows] @ grams[rows].T).toarray())
    for number in np.unique(thing):
        group = rows[thing == number]
        group = group[np.lexsort((group, days[group]))]
        for part in np.split(group, np.flatnonzero(np.diff(days[group]) > GAP) + 1):
            if len(part) >= LEAST:
                yield tuple(part.tolist())


def _cut(near: Floats, same: Floats) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Branches of the average-linkage tree: the largest that are near enough and, on average, the same enough."""
    tree = linkage(squareform(np.clip(1 - near, 0, None), checks=False), "average")
    size = len(near)
    members = {row: [row] for row in range(size)}
    branch = np.arange(size)
    for number, (one, other, apart, _) in enumerate(tree, size):
        here = members[int(one)] + members[int(other)]
        members[number] = here
        inside = same[np.ix_(here, here)]
        alike = (inside.sum() - np.trace(inside)) / (len(here) * (len(here) - 1))
        if 1 - apart >= NEAR and alike >= SAME:
            branch[here] = number
    return branch


def _apart(found: dict[tuple[int, ...], list[str]], days: Floats) -> list[Topic]:
    """Groups that overlap joined, and each message left to the largest topic it is in."""
    joined: list[tuple[set[int], set[int], Counter[str]]] = []  # first group, all messages, names
    for group in sorted(found, key=lambda group: (-len(group), group)):
        names = Counter(dict.fromkeys(found[group], len(group)))
        shares = [len(first.intersection(group)) / len(group) for first, _, _ in joined]
        best = int(np.argmax(shares)) if shares else -1
        if best >= 0 and shares[best] >= OVERLAP:
            joined[best][1].update(group)
            joined[best][2].update(names)
        else:
            joined.append((set(group), set(group), names))
    taken: set[int] = set()
    topics = []
    for _, rows, places in sorted(joined, key=lambda one: (-len(one[1]), min(one[1]))):
        left = sorted(rows - taken, key=lambda row: (days[row], row))
        if len(left) >= LEAST:
            topics.append(Topic(tuple(left), tuple(name for name, _ in places.most_common())))
            taken.update(left)
    return sorted(topics, key=lambda topic: (-len(topic.rows), topic.rows))
