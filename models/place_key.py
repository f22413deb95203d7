"""Places and bodies named in texts without a gazetteer (地点关键词): strings that end like a name and recur with changing words before them.

A string counts as a name of its own when different characters stand before it in different texts (accessor variety: Feng,
Chen, Deng, Zheng, Computational Linguistics 30(1), 2004): 魅力之城 does, 力之城 always follows 魅.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import ahocorasick
import numpy as np
from scipy.sparse import csr_matrix

SHORTEST, LONGEST = 3, 8
"""Characters of a name."""
LEAST = 2
"""Texts a name must stand in, and different characters that must stand before it."""
MOST, FEW = 0.03, 20
"""Share of texts from which a name is no place but a word of everyday; so many texts are always allowed."""
SAME_AFTER = 0.7
"""A name ends where what follows it changes; the same character behind more than this share makes it a part of a word (影响居民)."""
MASK = "◇"


def place_keys(
    texts: Sequence[str], endings: Sequence[str], joints: str, everyday: Sequence[str], never: Sequence[str]
) -> list[str]:
    """Names in the texts, the longest first.

    `endings`: how names end; `joints`: characters no name holds; `everyday`: what makes no name with an ending behind it;
    `never`: words that no name holds.
    """
    within: dict[str, set[int]] = defaultdict(set)
    before: dict[str, set[str]] = defaultdict(set)
    after: dict[str, Counter[str]] = defaultdict(Counter)
    ends = re.compile("|".join(sorted(map(re.escape, endings), key=len, reverse=True)))
    broken = re.compile(f"[^{re.escape(joints)}\\W_]*$")
    for number, text in enumerate(texts):
        for met in ends.finditer(text):
            reach = broken.search(text, max(0, met.end() - LONGEST), met.end())
            for start in range(reach.start() if reach else met.end(), met.end() - SHORTEST + 1):
                name = text[start : met.end()]
                within[name].add(number)
                before[name].add(text[start - 1 : start])
                after[name][text[met.end() : met.end() + 1]] += 1
    most = max(FEW, MOST * len(texts))
    kept = [name for name, numbers in within.items() if LEAST <= len(numbers) <= most and len(before[name]) >= LEAST]
    none = re.compile("|".join(map(re.escape, never)) or "(?!)")
    kept = [name for name in kept if not none.search(name) and max(after[name].values()) <= SAME_AFTER * after[name].total()]
    core = re.compile(f"(?:{ends.pattern})$")
    return sorted((name for name in kept if _is_name(name, core, frozenset(everyday))), key=lambda name: (-len(name), name))


def _is_name(name: str, core: "re.Pattern[str]", everyday: frozenset[str]) -> bool:
    """Whether two characters or more stay without its endings, and these are no everyday word: 园小区 and 供水公司 are none."""
    while (left := core.sub("", name)) != name:
        if left in everyday:
            return False
        name = left
    return len(name) >= LEAST and name not in everyday


def named_in(texts: Sequence[str], names: Sequence[str]) -> csr_matrix:
    """Texts x names, 1 where the name stands in the text, inside a longer one too."""
    automaton = _automaton(names)
    pairs = {(row, number) for row, text in enumerate(texts) for _, number in automaton.iter(text)} if names else set()
    rows, columns = (np.array(part, dtype=np.int64) for part in zip(*sorted(pairs), strict=True)) if pairs else ([], [])
    return csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(texts), len(names)))


def masked(texts: Sequence[str], names: Sequence[str]) -> list[str]:
    """The texts with every name made alike, so that they are compared by what they are about, not where."""
    if not names:
        return list(texts)
    automaton = _automaton(names)
    return [
        _without(text, [(end + 1 - len(names[number]), end + 1) for end, number in automaton.iter_long(text)]) for text in texts
    ]


def _automaton(names: Sequence[str]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for number, name in enumerate(names):
        automaton.add_word(name, number)
    automaton.make_automaton()
    return automaton


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts.append(text[at:start])
        at = end
    return MASK.join([*parts, text[at:]])
