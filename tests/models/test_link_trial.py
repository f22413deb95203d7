"""Linking on a city whose records were damaged in a known way: what it finds, what it must not, and the cap on groups."""

from pathlib import Path

import pandas as pd
import pytest

from datasets.city.build import build
from models.link_damage import misspelled
from models.link_trial import LEARNER, _judged


@pytest.mark.slow
def test_damaged_records_of_a_city_find_their_owners(tmp_path: Path) -> None:
    """A small city, so looser bounds than the issue's: docs/real-links.md has the large one's figures."""
    build(5, 6000, 2, tmp_path, "clean")
    rows = LEARNER.read(sorted((tmp_path / "files").glob("*.parquet")))
    figures = LEARNER.evaluate(rows, lambda *_: None)
    person, firm, groups = (figures[name] for name in ("person", "enterprise", "clusters"))
    assert isinstance(person, dict) and isinstance(firm, dict) and isinstance(groups, dict)
    assert person["to_find"] > 100 and person["precision"] >= 0.97 and person["recall"] >= 0.9
    assert firm["to_find"] > 30 and firm["precision"] == 1 and firm["recall"] >= 0.95
    assert firm["joined_of"]["name only"].startswith("0/")
    assert 0 < groups["largest"] <= groups["cap"]


def test_files_that_are_no_city_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"guantong city --form clean.*missing area, bid, .*subsidy_payment\.parquet"):
        LEARNER.read([tmp_path / "person.parquet"])


def test_linking_learns_nothing_and_says_so() -> None:
    with pytest.raises(ValueError, match="learns nothing"):
        LEARNER.fit(pd.DataFrame())
    assert LEARNER.predict(None, pd.DataFrame({"table": ["bid"]}))["abstained"].tolist() == [True]


def test_pairs_are_counted_by_hand() -> None:
    """Three records to find: a and b are found, c is not; x is joined wrongly; a ban by name is no pair to find."""
    truth = pd.DataFrame(
        {"record_id": ["a", "b", "c", "ban"], "entity_id": ["A", "B", "C", "D"], "how": ["slip", "slip", "slip", "name only"]}
    )
    entity = pd.DataFrame(
        {
            "record_id": ["A", "B", "C", "D", "a", "b", "c", "xxxxx", "ban"],
            "entity_id": ["A", "B", "C", "D", "A", "B", "c", "D", "ban"],
        }
    )
    found = _judged(entity, truth)
    assert (found["joined"], found["wrong"], found["to_find"]) == (3, 1, 3)
    assert found["precision"] == pytest.approx(2 / 3) and found["recall"] == pytest.approx(2 / 3)
    assert found["joined_of"] == {"name only": "0/1", "slip": "2/3"}


def test_a_misspelled_name_is_never_the_name() -> None:
    import numpy as np

    rng = np.random.default_rng(1)
    assert all(misspelled(rng, name) != name for name in ("王建国", "赵磊", "江临宏达建设有限公司"))
