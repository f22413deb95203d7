"""Random streams: one for each part of the city, so that a change in one part leaves the others as they were."""

import numpy as np


class Streams:
    """Gives every part its own generator, made from the city's seed and the part's name."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def of(self, part: str) -> np.random.Generator:
        """The generator of a part; asking twice starts the same stream again."""
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self._seed, *part.encode()])))
