"""Areas: the county, its towns, their villages; village names come again from town to town, as real ones do."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import Bools, Ints, Texts, texts
from datasets.city.vocabulary import words

REGION = 320612


@dataclass(frozen=True)
class Places:
    """Areas in one numbering: 0 the county, then the towns, then the villages."""

    code: Texts
    name: Texts
    town_of: Ints
    """Area number of the town of every area (towns: themselves; the county: 0)."""
    towns: Ints
    villages: Ints

    def parent(self) -> Ints:
        out = self.town_of.copy()
        out[self.towns] = 0
        return out

    def lax(self) -> Bools:
        """Areas where things go wrong: about a third of the villages, so that the others stay clean."""
        out = np.zeros(len(self.code), dtype=bool)
        out[self.villages[::3]] = True
        return out


def lay_out(people: int, rng: np.random.Generator) -> Places:
    """Towns and villages in number fit for so many people."""
    towns = int(np.clip(round(people / 2500), 3, 20))
    per_town = int(np.clip(round(people / (towns * 300)), 6, 15))
    said = words()
    codes, names, town_of = [f"{REGION}000000"], [said.county], [0]
    for number in range(towns):
        codes.append(f"{REGION}{100 + number:03d}000")
        names.append(said.towns[number] + "镇")
        town_of.append(1 + number)
    for number in range(towns):
        # three of the common names in every town, the rest from the whole list: collisions across towns, none within
        common = rng.choice(8, 3, replace=False)
        rest = 8 + rng.choice(len(said.villages) - 8, per_town - 3, replace=False)
        for place, word in enumerate(np.r_[common, rest].tolist()):
            codes.append(f"{REGION}{100 + number:03d}{200 + place:03d}")
            names.append(said.villages[word] + ("社区" if place == per_town - 1 else "村"))
            town_of.append(1 + number)
    villages = np.arange(1 + towns, len(codes))
    return Places(texts(codes), texts(names), np.array(town_of), np.arange(1, 1 + towns), villages)
