"""Writing the truth by its kind."""

from collections.abc import Callable

from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM

Write = Callable[..., None]


def writer(scene: Scene, kind: str) -> Write:
    """The scene's way of writing a problem, an explained look-alike or an undecidable case."""
    if kind == PROBLEM:
        return scene.problem
    return scene.explained if kind == EXPLAINED else scene.undecidable
