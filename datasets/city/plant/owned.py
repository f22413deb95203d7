"""Who owns what (法定代表人、股东): firms by the person behind them."""

import numpy as np

from datasets.city.arrays import NONE
from datasets.city.plant.scene import Scene


def firms_owned(scene: Scene) -> dict[int, list[int]]:
    """Person -> firms owned today as legal representative or shareholder, struck off or not; the living who are not on the public payroll."""
    firms, folk = scene.city.firms, scene.city.folk
    shares = firms.shares
    current = np.flatnonzero((shares["ends"] == NONE) & (shares["person"] != NONE))
    pairs = np.unique(
        np.stack([np.r_[firms.owner, shares["person"][current]], np.r_[np.arange(len(firms)), shares["firm"][current]]]), axis=1
    )
    out: dict[int, list[int]] = {}
    for person, firm in pairs.T.tolist():
        if folk.died[person] == NONE and not scene.city.purse.public[person]:
            out.setdefault(person, []).append(firm)
    return out
