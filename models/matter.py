"""Tickets about the same matter (同一事项): tied by the platform, by equal or nearly equal text, or by spot or caller and kind within 90 days.

A matter is a connected group of such ties and is named after its earliest ticket, so that its id stays while it grows.
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from models.near_text import near_pairs

WINDOW = pd.Timedelta(days=90)
"""H04's window: the same person, or the same spot, and the same kind of thing within it is one matter."""
SPOT = r"\d(?:号|栋|幢|座|弄|室|单元|楼)"
"""A place this exact is one spot, whoever calls; a village or an estate as a whole is not."""
IN_VILLAGE = r"\d组|[一二三四五六七八九十]组|\d队"
"""Villages of one name lie in several towns: such a place means a spot only together with its area."""
LEAST_TEXT = 12
"""Characters that a text must have to tie by equality: 咨询低保政策 is asked by many about different matters."""
ALIKE = 0.6
"""Share of three-character shingles (Jaccard) from which two texts are nearly the same; docs/real-tickets.md has the pairs that were read."""
LONG = 100
"""Characters from which nobody writes the same by chance. Of shorter texts the caller or the place must agree too: 农机补贴办了半年没下来
is the matter of many, each his own."""
COLUMNS = ["ticket_id", "created_at", "caller_id", "area_id", "category", "place", "title", "body", "merged_into", "related_id"]
SCHEMA = pa.schema([("ticket_id", pa.string()), ("matter_id", pa.string()), ("because", pa.string())])
ALONE, FIRST = "单独一件", "本事项最早一件"
Ties = pd.DataFrame
"""later, earlier (rows of the ticket frame), because."""


def group_matters(tables: Backend) -> pa.Table:
    """The `ticket_matter` table: every ticket once, with its matter and what ties it to an earlier ticket.

    Reads ticket. Deterministic: the order of rows does not matter.
    """
    ticket = tables.table("ticket").select(*COLUMNS).to_pyarrow().to_pandas()
    ticket = ticket.sort_values(["created_at", "ticket_id"]).reset_index(drop=True)
    ties = pd.concat(
        [_platform(ticket), _equal_text(ticket), _same_spot(ticket), _same_caller(ticket), _near_text(ticket)], ignore_index=True
    )
    size = len(ticket)
    graph = coo_matrix((np.ones(len(ties)), (ties["later"].to_numpy(int), ties["earlier"].to_numpy(int))), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    # tickets stand in order of time: the first row of a group is its earliest ticket
    first = pd.Series(np.arange(size)).groupby(group).transform("min").to_numpy(dtype=int)
    members = pd.Series(group).groupby(group).transform("size").to_numpy()
    because = np.where(members == 1, ALONE, FIRST).astype(object)
    told = ties.drop_duplicates("later")
    because[told["later"].to_numpy(int)] = told["because"].to_numpy()
    ids = ticket["ticket_id"].to_numpy()
    return pa.table({"ticket_id": ids, "matter_id": "M" + ids[first], "because": because}, schema=SCHEMA)


def _platform(ticket: pd.DataFrame) -> Ties:
    """What the platform itself has joined."""
    row_of = pd.Series(ticket.index, index=ticket["ticket_id"])
    found = []
    for column, words in (("merged_into", "平台并入工单"), ("related_id", "平台关联工单")):
        other = ticket[column].map(row_of)
        known = other.notna() & (other != ticket.index)
        here, there = ticket.index[known].to_numpy(), other[known].to_numpy(int)
        found.append(
            pd.DataFrame({"later": here, "earlier": there, "because": words + ticket[column][known].to_numpy(dtype=object)})
        )
    return pd.concat(found, ignore_index=True)


def _equal_text(ticket: pd.DataFrame) -> Ties:
    """The same words about the same area, letter by letter but for blanks and punctuation.

    Where the area is not known, only within the window: years apart, equal words are a common question.
    """
    text = _bare(ticket["title"]) + _bare(ticket["body"])
    keyed = ticket.assign(text=text)[text.str.len() >= LEAST_TEXT]
    placed = keyed["area_id"].notna()
    here = _chained(keyed[placed], ["text", "area_id"], None, "文字与{}相同")
    return pd.concat([here, _chained(keyed[~placed], ["text"], WINDOW, "文字与{}相同，相隔不超过90日")], ignore_index=True)


def _same_spot(ticket: pd.DataFrame) -> Ties:
    """The same kind of thing at the same spot, each within the window of the one before, whoever calls."""
    place = _bare(ticket["place"])
    area = ticket["area_id"].fillna("").where(place.str.contains(IN_VILLAGE), "")
    known = place.str.contains(SPOT) & ticket["category"].notna()
    keyed = ticket.assign(place=place, area_id=area)[known]
    return _chained(keyed, ["place", "area_id", "category"], WINDOW, "与{}同一地点、同一类别，相隔不超过90日")


def _same_caller(ticket: pd.DataFrame) -> Ties:
    """The same caller about the same kind of thing at the same place, each within the window of the one before.

    Where no place is named, the area and the title stand for it.
    """
    place = _bare(ticket["place"])
    place = place.where(place != "", "#" + ticket["area_id"].fillna("") + "#" + _bare(ticket["title"]))
    known = ticket["caller_id"].notna() & ticket["category"].notna() & (place.str.len() > 2)
    keyed = ticket.assign(place=place)[known]
    return _chained(keyed, ["caller_id", "category", "place"], WINDOW, "与{}同一来电人、同一地点和类别，相隔不超过90日")


def _near_text(ticket: pd.DataFrame) -> Ties:
    """Nearly the same words about one area within the window, by one caller, about one place, or so long that chance is out of the question.

    Two places named, or in short texts other numbers (3号楼 and 5号楼), are two matters however alike the words.
    """
    text = _bare(ticket["title"]) + _bare(ticket["body"])
    rows = np.flatnonzero(text.str.len() >= LEAST_TEXT)
    kept = ticket.iloc[rows].reset_index(drop=True).assign(text=text.iloc[rows].to_numpy())
    found = near_pairs(kept["text"], pd.factorize(kept["area_id"].fillna(""))[0].astype(np.int64), ALIKE)
    later, earlier = (kept.iloc[found[side]].reset_index(drop=True) for side in ("later", "earlier"))
    size = np.minimum(later["text"].str.len(), earlier["text"].str.len())
    here, there = _bare(later["place"]), _bare(earlier["place"])
    one_caller = later["caller_id"].notna() & (later["caller_id"] == earlier["caller_id"])
    numbers = [side["text"].str.replace(r"\D+", " ", regex=True).str.strip() for side in (later, earlier)]
    near = later["created_at"] - earlier["created_at"] <= WINDOW
    near &= (here == there) | (here == "") | (there == "")
    near &= (size >= LONG) | (one_caller | (here == there) & (here != "")) & (numbers[0] == numbers[1])
    tied = found[near.to_numpy()]
    said = (
        "文字与"
        + earlier["ticket_id"][near].astype(object)
        + "相近（"
        + (tied["alike"].mul(100).round().astype(int).astype(str)).to_numpy()
        + "%），相隔不超过90日"
    )
    return pd.DataFrame({"later": rows[tied["later"]], "earlier": rows[tied["earlier"]], "because": said.to_numpy(dtype=object)})


def _bare(texts: "pd.Series[Any]") -> "pd.Series[Any]":
    """Texts without blanks and punctuation; empty where there is none."""
    return texts.fillna("").astype(object).str.replace(r"[\W_]+", "", regex=True)


def _chained(ticket: pd.DataFrame, same: list[str], window: Any, words: str) -> Ties:
    """Ties of each ticket to the one before it in its group."""
    earlier = pd.Series(ticket.index, index=ticket.index).groupby([ticket[column] for column in same]).shift()
    tied = earlier.notna()
    if window is not None:
        tied &= ticket["created_at"] - ticket["created_at"].groupby([ticket[column] for column in same]).shift() <= window
    before = earlier[tied].to_numpy(dtype=int)
    front, back = words.split("{}")
    because = front + ticket["ticket_id"].reindex(before).to_numpy(dtype=object) + back
    return pd.DataFrame({"later": ticket.index[tied].to_numpy(), "earlier": before, "because": because})
