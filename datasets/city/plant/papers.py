"""The papers of every purchase, honest ones: written once the bids are final, before anything is planted in them."""

import numpy as np

from datasets.city.filing import file_papers
from datasets.city.plant.scene import Scene


def plant(scene: Scene) -> None:
    file_papers(scene.city, np.flatnonzero(scene.city.market.tenders["alive"] == 1))
