"""Integrity relevance of tickets (廉洁关联度): how plainly one sentence says that somebody of a post did wrong with money.

A post and an act must stand in one sentence, near each other; greetings, pleas, thanks and denials are none. A score, not a finding:
a rule with a visible threshold reads it. Accusations are left out: nothing about them is derived. The words are data (`integrity.yml`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

from datasets import strict_yaml
from datasets.contract import Declared

SHIPPED = Path(__file__).parent / "integrity.yml"
SCHEMA = pa.schema([
    ("ticket_id", pa.string()), ("score", pa.float64()), ("act_kind", pa.string()), ("post_kind", pa.string()),
    ("column_name", pa.string()), ("starts_pos", pa.int64()), ("ends_pos", pa.int64()),
    ("post", pa.string()), ("act", pa.string()), ("because", pa.string()),
])  # fmt: skip
SENTENCE = re.compile(r"[^。！？；!?;\n]+")
TICKETS = """
SELECT ticket_id, title, body FROM ticket
WHERE coalesce(regime, 'ordinary') <> 'accusation' AND coalesce(kind, 'complaint') NOT IN ('inquiry', 'praise')
ORDER BY ticket_id
"""


class Words(Declared):
    """Terms of one kind; regular expressions are allowed."""

    weight: float
    zh: str
    terms: tuple[str, ...]


class IntegrityWords(Declared):
    """Posts, acts, and what is neither (`integrity.yml`)."""

    posts: Mapping[str, Words]
    acts: Mapping[str, Words]
    no_post: tuple[str, ...]
    greeted: str
    not_meant: tuple[str, ...]
    reach: int
    backwards: float


@dataclass(frozen=True)
class Told:
    """A post and an act that one sentence says: 0 < score <= 1; the span holds both, in characters of the text, end exclusive."""

    score: float
    act_kind: str
    post_kind: str
    starts_pos: int
    ends_pos: int
    post: str
    act: str


@cache
def shipped_words() -> IntegrityWords:
    return strict_yaml.read(SHIPPED, IntegrityWords)[0]


def score_integrity(tables: Backend) -> pa.Table:
    """The `score_integrity` table: tickets with a post and an act in one sentence, each with its plainest sentence.

    Reads ticket; questions, praise and accusations are left out.
    """
    rows = []
    for ticket, title, body in tables.con.execute(TICKETS).fetchall():
        told = [(one, column) for column, text in (("title", title), ("body", body)) if text for one in tell(text)]
        if told:
            best, column = max(told, key=lambda pair: (pair[0].score, -pair[0].starts_pos, pair[1]))
            rows.append({"ticket_id": ticket, "column_name": column, **best.__dict__, "because": because(best)})
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def tell(text: str) -> list[Told]:
    """What each sentence of a text says, one at most for each."""
    met = (_plainest(sentence.group(), sentence.start()) for sentence in SENTENCE.finditer(text))
    return [one for one in met if one is not None]


def because(told: Told) -> str:
    """The sentence that explains a score."""
    words = shipped_words()
    return f"同一句提到“{told.post}”（{words.posts[told.post_kind].zh}）和“{told.act}”（{words.acts[told.act_kind].zh}），关联度{told.score:.2f}"


def scored(texts: "pd.Series[str]") -> "pd.Series[float]":
    """The highest score of each text, 0 where no sentence says both."""
    return texts.map(lambda text: max((one.score for one in tell(text)), default=0.0))


def _plainest(sentence: str, at: int) -> Told | None:
    words = shipped_words()
    if not (acts := list(_met(sentence, "acts"))) or _patterns()["not_meant"].search(sentence):
        return None
    pairs = [
        Told(_weight(post, act), act[0], post[0], at + min(post[1], act[1]), at + max(post[2], act[2]), sentence[post[1] : post[2]],
             sentence[act[1] : act[2]])
        for post in _met(sentence, "posts") for act in acts
        if _apart(post, act) <= words.reach and _is_post(sentence, post)
    ]  # fmt: skip
    return max(pairs, key=lambda told: (told.score, -told.starts_pos), default=None)


def _is_post(sentence: str, post: "Met") -> bool:
    """Whether the word is somebody spoken of, not somebody spoken to or a body of owners."""
    patterns = _patterns()
    return not patterns["no_post"].search(sentence[: post[1]]) and not patterns["greeted"].match(sentence, post[2])


Met = tuple[str, int, int]
"""Kind, start, end."""


def _met(sentence: str, which: str) -> Iterator[Met]:
    for found in _patterns()[which].finditer(sentence):
        if found.lastgroup:
            yield found.lastgroup, found.start(), found.end()


def _apart(post: Met, act: Met) -> int:
    return max(act[1] - post[2], post[1] - act[2], 0)


def _weight(post: Met, act: Met) -> float:
    """The two weights, less for what stands far apart or the wrong way round."""
    words = shipped_words()
    near = 1 - 0.5 * _apart(post, act) / words.reach
    order = 1.0 if post[1] < act[1] else words.backwards
    return round(words.posts[post[0]].weight * words.acts[act[0]].weight * near * order, 4)


@cache
def _patterns() -> dict[str, "re.Pattern[str]"]:
    words = shipped_words()

    def kinds(of: Mapping[str, Words]) -> "re.Pattern[str]":
        # the longest terms first, so that 村委会主任 is one post and not 村委会
        terms = sorted(((term, kind) for kind, some in of.items() for term in some.terms), key=lambda pair: -len(pair[0]))
        groups: dict[str, list[str]] = {}
        for term, kind in terms:
            groups.setdefault(kind, []).append(re.sub(r"\((?!\?)", "(?:", term))
        return re.compile("|".join(f"(?P<{kind}>{'|'.join(some)})" for kind, some in groups.items()))

    return {
        "posts": kinds(words.posts), "acts": kinds(words.acts),
        "no_post": re.compile(f"(?:{'|'.join(words.no_post)})的?$"), "not_meant": re.compile("|".join(words.not_meant)),
        "greeted": re.compile(words.greeted),
    }  # fmt: skip
