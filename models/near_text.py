"""Texts that are nearly the same (近似重复): shingles of three characters, MinHash to find candidates, Jaccard's measure to judge them.

Broder: On the Resemblance and Containment of Documents, 1997; banding after Leskovec, Rajaraman, Ullman: Mining of Massive
Datasets, chapter 3. A text is only compared with the one before it in each bucket, so that work grows with the number of texts,
never with its square, however many say the same. Seeds are fixed: the same texts, the same pairs.
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

BANDS, ROWS = 12, 4
"""Of two texts with 0.7 of their shingles in common 96 in 100 meet in a band, with 0.6 of them 81, with a tenth none."""
BITS = 22
"""Places for shingles: of a thousand in two texts one shares its place with another by chance now and then, which no measure feels."""
TEXTS_AT_ONCE, PAIRS_AT_ONCE = 10_000, 20_000
"""So that memory stays small."""
_BREAK, _SHIFT = 10, 21
Ints = np.ndarray[Any, np.dtype[np.int64]]
Texts = np.ndarray[Any, np.dtype[np.object_]]
Hashes = np.ndarray[Any, np.dtype[np.uint64]]


def near_pairs(texts: "pd.Series[str]", group: Ints, least: float) -> pd.DataFrame:
    """later, earlier (places in `texts`, later > earlier), alike (0 to 1, `least` or more), of texts of one group.

    `texts`: without line breaks, three characters or more, in order of time. Chains, not all pairs: of many alike each is tied to one or a few before it.
    """
    every = texts.to_numpy(dtype=object)
    signs = [_signatures(_shingles(every[at : at + TEXTS_AT_ONCE])) for at in range(0, len(every), TEXTS_AT_ONCE)]
    earlier, later = _candidates(np.vstack(signs), group) if signs else (np.zeros(0, np.int64),) * 2
    parts = [slice(at, at + PAIRS_AT_ONCE) for at in range(0, len(later), PAIRS_AT_ONCE)]
    alike = np.concatenate([_jaccard(every, earlier[part], later[part]) for part in parts] or [np.zeros(0)])
    keep = alike >= least
    return pd.DataFrame({"later": later[keep], "earlier": earlier[keep], "alike": alike[keep]})


def _shingles(texts: Texts) -> csr_matrix:
    """Which shingles stand in which text, as ones; a shingle is one of 2 ** BITS places, so that two share one now and then."""
    codes = np.frombuffer("\n".join(texts.tolist()).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    text = np.cumsum(codes == _BREAK, dtype=np.int32)
    inside = (codes[:-2] != _BREAK) & (codes[1:-1] != _BREAK) & (codes[2:] != _BREAK)
    found = ((codes[:-2] << np.uint64(2 * _SHIFT)) | (codes[1:-1] << np.uint64(_SHIFT)) | codes[2:])[inside]
    place = (_mixed(found) >> np.uint64(64 - BITS)).astype(np.int32)
    table = csr_matrix((np.ones(len(place), np.int8), (text[:-2][inside], place)), shape=(len(texts), 1 << BITS), dtype=np.int8)
    table.data[:] = 1
    return table


def _signatures(table: csr_matrix) -> "np.ndarray[Any, np.dtype[np.uint32]]":
    """For each text and each of BANDS x ROWS orders of the shingles, which of its shingles comes first; a text without any has zeros."""
    full = np.flatnonzero(np.diff(table.indptr))
    signs = np.zeros((table.shape[0], BANDS * ROWS), np.uint32)
    kinds, place = np.unique(table.indices, return_inverse=True)
    for order in range(BANDS * ROWS if len(full) else 0):
        rank = (_mixed(kinds.astype(np.uint64) + np.uint64((order + 1) << 40)) >> np.uint64(32)).astype(np.uint32)
        signs[full, order] = np.minimum.reduceat(rank[place], table.indptr[full])
    return signs


def _candidates(signs: "np.ndarray[Any, np.dtype[np.uint32]]", group: Ints) -> tuple[Ints, Ints]:
    """Pairs (earlier, later) that are neighbours in a bucket of some band."""
    found = []
    for band in range(BANDS):
        key = _mixed(group.astype(np.uint64))
        for row in range(ROWS):
            key = _mixed(key ^ signs[:, band * ROWS + row])
        by_key = np.argsort(key, kind="stable")
        same = key[by_key[1:]] == key[by_key[:-1]]
        found.append(by_key[:-1][same] * len(group) + by_key[1:][same])
    pairs = np.unique(np.concatenate(found))
    return pairs // len(group), pairs % len(group)


def _mixed(values: Hashes) -> Hashes:
    """SplitMix64 (Steele, Lea, Flood, 2014): each value somewhere else in 64 bits."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _jaccard(texts: Texts, one: Ints, other: Ints) -> "np.ndarray[Any, np.dtype[np.float64]]":
    rows, place = np.unique(np.concatenate([one, other]), return_inverse=True)
    table = _shingles(texts[rows])
    left, right = place[: len(one)], place[len(one) :]
    both = np.asarray(table[left].multiply(table[right]).sum(axis=1, dtype=np.int64)).ravel()
    sizes = np.diff(table.indptr)
    alike: np.ndarray[Any, np.dtype[np.float64]] = both / np.maximum(sizes[left] + sizes[right] - both, 1)
    return alike
