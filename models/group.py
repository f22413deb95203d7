"""Groups of firms that bid together: connected sets of a few, tied by how much or how unlikely often two meet.

A set that is too large is looked at again with only its stronger ties, until what hangs together is small enough.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

SMALLEST, WIDEST = 3, 12
"""Firms of a set: fewer than three take no turns; of more than twelve nobody can say who belongs together."""
TIES = {
    "overlap": (
        0.5,
        0.6,
        0.7,
        0.8,
        0.9,
        1.0,
    ),  # common tenders in those of the firm that bids less: a ring that is the whole market
    "strength": (3.0, 5.0, 8.0, 12.0),  # powers of ten of the chance: a ring whose firms bid elsewhere too
}
"""What ties two firms, and its grades from weak to strong."""


def groups(pair: pd.DataFrame) -> list[tuple[str, ...]]:
    """Groups from pairs (one, other, overlap, strength), found by either tie; members by id, groups by members."""
    found = {group for tie, grades in TIES.items() for group in _tightened(pair, tie, grades)}
    return sorted(found)


def _tightened(pair: pd.DataFrame, tie: str, grades: tuple[float, ...]) -> Iterator[tuple[str, ...]]:
    if not grades or pair.empty:
        return
    tied = pair[pair[tie] >= grades[0]]
    codes, firms = pd.factorize(np.concatenate([tied["one"].to_numpy(object), tied["other"].to_numpy(object)]), sort=True)
    one, other = codes[: len(tied)], codes[len(tied) :]
    graph = coo_matrix((np.ones(len(tied)), (one, other)), shape=(len(firms), len(firms)))
    _, part = connected_components(graph, directed=False)
    sizes = np.bincount(part, minlength=1)
    for number in np.flatnonzero((sizes >= SMALLEST) & (sizes <= WIDEST)):
        yield tuple(firms[part == number])
    large = np.flatnonzero(sizes > WIDEST)
    if len(large):
        yield from _tightened(tied[np.isin(part[one], large)], tie, grades[1:])
