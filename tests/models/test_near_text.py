"""Nearly equal texts: what is found, how it is measured, and that many alike cost no more than few."""

import numpy as np
import pandas as pd

from models.near_text import near_pairs


def pairs(texts: list[str], least: float = 0.6, group: list[int] | None = None) -> list[tuple[int, int, float]]:
    found = near_pairs(pd.Series(texts, dtype=object), np.array(group or [0] * len(texts)), least)
    return [(int(row.later), int(row.earlier), round(float(row.alike), 2)) for row in found.itertuples()]


def test_likeness_is_the_share_of_shingles_in_common() -> None:
    """abcdef has four shingles, abcdeg shares three of them: 3 of 5."""
    assert pairs(["abcdef", "abcdeg"], 0.5) == [(1, 0, 0.6)]
    assert pairs(["abcdef", "abcdeg"], 0.61) == []


def test_only_texts_of_one_group_are_compared() -> None:
    assert pairs(["abcdefgh", "abcdefgh", "abcdefgh"], group=[1, 2, 1]) == [(2, 0, 1.0)]


def test_texts_without_shingles_and_no_texts_at_all_are_like_nothing() -> None:
    assert pairs([]) == [] and pairs(["abcd"]) == [] and pairs(["abcd", "xy", ""]) == []


def test_a_thousand_alike_make_a_chain_not_half_a_million_pairs() -> None:
    found = pairs(["这是一封被上千人转发的同样的信"] * 1000)
    assert [row[:2] for row in found] == [(number, number - 1) for number in range(1, 1000)]


def test_the_same_texts_give_the_same_pairs() -> None:
    rng = np.random.default_rng(3)
    base = ["".join(map(chr, rng.integers(0x4E00, 0x4E40, 60))) for _ in range(40)]
    texts = base + [text[:50] + "完全不同的结尾几个字" for text in base]
    found = pairs(texts, 0.5)
    assert found == pairs(texts, 0.5)
    assert sum(later == earlier + 40 for later, earlier, _ in found) >= 36, (
        "0.7 of the shingles in common: 96 in 100 meet in a band"
    )
