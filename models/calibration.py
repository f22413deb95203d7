"""How far chances can be taken at their word (校准): expected calibration error, and what stands first."""

import numpy as np

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
BINS = 10


def calibration_error(chance: Floats, right: Floats, bins: int = BINS) -> float:
    """Expected calibration error: mean distance of said chance and share right over bins of equal width, weighted by their sizes.

    Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian Binning, AAAI 2015. 0 for no rows.
    """
    if not len(chance):
        return 0.0
    at = np.minimum((chance * bins).astype(int), bins - 1)
    said, held = np.bincount(at, chance, bins), np.bincount(at, right, bins)
    return float(np.abs(said - held).sum() / len(chance))


def first_precision(chance: Floats, right: Floats, first: int = 100) -> float:
    """Share right among the first by chance, of equals in the order given."""
    order = np.argsort(-chance, kind="stable")[:first]
    return float(right[order].mean()) if len(order) else 0.0
