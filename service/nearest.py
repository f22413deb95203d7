"""The word that was probably meant, said in the reader's language."""

import difflib
from collections.abc import Iterable

from service.words import say

FEW = 40
"""Known words that are told when none is near."""


def nearest(word: str, known: Iterable[str], else_see: str = "") -> str:
    """The nearest known word; else all of them when they are few; else the command that lists them."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return say("nearest.meant", word=near[0])
    if words and len(words) <= FEW:
        return say("nearest.known", words=say("mark.list").join(words))
    return say("nearest.see", command=else_see) if else_see else ""
