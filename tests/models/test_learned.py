"""Artifacts: the same data make the same files, and nothing that does not fit is loaded."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from models.learned import Made, Refused, data_hash, libraries, load, save
from models.register import REGISTER

TRUSTED = ("sklearn.tree._tree.Tree",)
FEATURES = ("a", "b")


def made(name: str = "thing") -> Made:
    return Made(name, "0" * 64, 200, FEATURES, 42, libraries(), {"score": 0.5})


def fitted(seed: int = 1) -> IsolationForest:
    return IsolationForest(n_estimators=5, random_state=seed).fit(np.random.default_rng(0).normal(size=(200, 2)))


def test_the_same_data_make_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        save(tmp_path / folder, fitted(), made())
    for name in ("thing.skops", "thing.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    save(tmp_path / "three", fitted(2), made())
    assert (tmp_path / "three" / "thing.skops").read_bytes() != (tmp_path / "one" / "thing.skops").read_bytes()


def test_what_was_saved_scores_as_before(tmp_path: Path) -> None:
    forest = fitted()
    save(tmp_path, forest, made())
    loaded = load(tmp_path, "thing", FEATURES, TRUSTED)
    assert loaded is not None
    rows = np.random.default_rng(3).normal(size=(20, 2))
    assert np.array_equal(loaded[0].score_samples(rows), forest.score_samples(rows))
    assert loaded[1].figures == {"score": 0.5} and loaded[1].rows == 200


def test_without_an_artifact_there_is_none(tmp_path: Path) -> None:
    assert load(tmp_path, "thing", FEATURES) is None


def test_everything_that_does_not_fit_is_told_at_once(tmp_path: Path) -> None:
    save(tmp_path, fitted(), made())
    beside = tmp_path / "thing.json"
    told = json.loads(beside.read_text(encoding="utf-8"))
    told["libraries"]["scikit-learn"] = "0.1"
    beside.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        load(tmp_path, "thing", ("a", "c"), TRUSTED)
    assert "it takes a, b, the model here takes a, c" in str(refused.value)
    assert "it was made with scikit-learn 0.1" in str(refused.value)
    assert "train thing again" in str(refused.value)


def test_a_file_that_was_exchanged_is_refused(tmp_path: Path) -> None:
    save(tmp_path, fitted(), made())
    (tmp_path / "thing.skops").write_bytes((tmp_path / "thing.skops").read_bytes() + b"x")
    with pytest.raises(Refused, match="another SHA-256"):
        load(tmp_path, "thing", FEATURES, TRUSTED)


def test_types_that_are_not_trusted_are_named(tmp_path: Path) -> None:
    save(tmp_path, fitted(), made())
    with pytest.raises(Refused, match=r"not trusted: sklearn\.tree\._tree\.Tree"):
        load(tmp_path, "thing", FEATURES)


def test_an_artifact_without_its_description_is_refused(tmp_path: Path) -> None:
    save(tmp_path, fitted(), made())
    (tmp_path / "thing.json").unlink()
    with pytest.raises(Refused, match=r"thing\.json is missing"):
        load(tmp_path, "thing", FEATURES, TRUSTED)


def test_the_hash_of_data_is_that_of_their_contents(tmp_path: Path) -> None:
    one, two, other = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    for path, text in ((one, "a"), (two, "b"), (other, "a")):
        path.write_text(text, encoding="utf-8")
    assert data_hash([one, two]) == data_hash([two, other]) != data_hash([one, one])


def test_every_learned_model_is_registered_under_its_own_name() -> None:
    assert REGISTER and all(name == model.name == model.learner.name for name, model in REGISTER.items())
    assert all(model.zh and model.en and model.reads and model.writes for model in REGISTER.values())
