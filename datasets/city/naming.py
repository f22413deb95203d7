"""Names of people: surnames by their real shares, given names by generation, with the collisions that follow."""

import numpy as np

from datasets.city.arrays import Ints, Texts, day, texts
from datasets.city.vocabulary import words

_OLD, _MID = day(1965), day(1992)


def draw_surnames(count: int, rng: np.random.Generator) -> Ints:
    """Positions in the list of surnames."""
    share = 1 / (np.arange(len(words().surnames)) + 6.0)
    return rng.choice(len(share), count, p=share / share.sum())


def full_names(surnames: Ints, male: Ints, born: Ints, rng: np.random.Generator) -> Texts:
    """A full name for each person; every third given name is made of two free characters."""
    said = words()
    given = np.empty(len(surnames), dtype="U2")
    pools = ((said.old_male, said.old_female), (said.mid_male, said.mid_female), (said.new_male, said.new_female))
    cohort = (born >= _OLD).astype(int) + (born >= _MID)
    for age, pair in enumerate(pools):
        for sex, pool in ((1, pair[0]), (0, pair[1])):
            rows = np.flatnonzero((cohort == age) & (male == sex))
            given[rows] = texts(pool)[rng.integers(0, len(pool), len(rows))]
    for sex, characters in ((1, said.male_characters), (0, said.female_characters)):
        rows = np.flatnonzero((male == sex) & (rng.random(len(male)) < 0.4))
        letters = texts(characters)
        given[rows] = np.strings.add(
            letters[rng.integers(0, len(letters), len(rows))], letters[rng.integers(0, len(letters), len(rows))]
        )
    return np.strings.add(texts(said.surnames)[surnames], given)
