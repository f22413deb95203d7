"""Files of messages for hot topics (留言文件): CSV or Excel under any of the known headers, and the topics a person has read (`hot_topic.yml`)."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from datasets import strict_yaml
from datasets.contract import Declared

SHIPPED = Path(__file__).parent / "hot_topic.yml"
EXCEL = (".xlsx", ".xls")
NEEDED = ("message_id", "created", "body")


class Known(Declared):
    """A topic somebody has read message by message: what tells its messages, and the exceptions by id."""

    all: tuple[str, ...]
    any: tuple[str, ...]
    also: tuple[str, ...]
    not_: tuple[str, ...]
    why: str


class TopicWords(Declared):
    """How names of places end and what makes none, headers by meaning, and the known topics."""

    endings: tuple[str, ...]
    joints: str
    everyday: tuple[str, ...]
    never: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    known: Mapping[str, Known]


@cache
def shipped_words() -> TopicWords:
    return strict_yaml.read(SHIPPED, TopicWords)[0]


def read_messages(path: Path) -> pd.DataFrame:
    """The file's own columns as text, and after them message_id, caller, title, created, body, likes where it has them.

    `created` is a timestamp without zone. Raises ValueError: file, column, what would be right.
    """
    try:
        given = pd.read_excel(path, engine="calamine", dtype=str) if path.suffix.lower() in EXCEL else _csv(path)
    except (ValueError, OSError) as error:
        raise ValueError(f"{path}: it cannot be read as {path.suffix.lstrip('.') or 'CSV'} ({error})") from error
    given = given.fillna("")
    headers = shipped_words().columns
    found = {name: next((one for one in ways if one in given), None) for name, ways in headers.items()}
    if missing := [name for name in NEEDED if found[name] is None]:
        said = "; ".join(f"{name} ({', '.join(headers[name])})" for name in missing)
        raise ValueError(f"{path}: there is no column for {said}; it has {', '.join(given.columns)}")
    for name, column in found.items():
        given[name] = given[column] if column else ""
    given["created"] = _times(path, given["created"])
    return given


def folded(texts: "pd.Series[Any]") -> "pd.Series[Any]":
    """Half-width small letters without blanks and without dots inside names (伊景园·滨河苑)."""
    return texts.map(lambda text: unicodedata.normalize("NFKC", text)).str.lower().str.replace(r"[\s·.•]+", "", regex=True)


def told_by_hand(rows: pd.DataFrame) -> dict[str, "pd.Series[Any]"]:
    """For each known topic which rows belong to it."""
    text, ids = folded(rows["title"] + "。" + rows["body"]), rows["message_id"].astype(str)
    told = {}
    for name, topic in shipped_words().known.items():
        holds = text.str.contains("|".join(topic.any))
        for word in topic.all:
            holds &= text.str.contains(word)
        told[name] = (holds | ids.isin(topic.also)) & ~ids.isin(topic.not_)
    return told


def _csv(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except UnicodeDecodeError:
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="gb18030")


def _times(path: Path, said: "pd.Series[Any]") -> "pd.Series[Any]":
    times = pd.to_datetime(said, format="mixed", errors="coerce")
    if (bad := said.index[times.isna()]).size:
        raise ValueError(f"{path}:{bad[0] + 2}: {said[bad[0]]!r} is no time; one reads like 2019-07-28 13:09:08")
    return times
