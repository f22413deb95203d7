"""How well mentions are found in a city, in tickets that name its entities rightly, short, damaged or misspelled."""

from pathlib import Path
from typing import Any

import pytest

from datasets.city.build import build
from models.mention_trial import LEARNER, WAYS


def nothing(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@pytest.mark.parametrize("seed", [7])
def test_mentions_of_a_city_are_found_as_well_as_demanded(tmp_path: Path, seed: int) -> None:
    build(seed, 3000, 1, tmp_path, "clean")
    figures: Any = LEARNER.evaluate(LEARNER.read(sorted((tmp_path / "files").glob("*.parquet"))), nothing)
    assert figures["precision"] >= 0.97 and figures["recall"] >= 0.95
    assert set(figures["recall_by_way"]) == set(WAYS)
    assert figures["recall_by_way"]["misspelled"] >= 0.95


def test_files_that_are_no_city_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="missing"):
        LEARNER.read([tmp_path / "ticket.parquet"])
