"""Integrity relevance by file: what is said of texts, and how it is judged."""

from pathlib import Path

import pandas as pd
import pytest

from models.integrity_trial import LEARNER

TEXTS = ["村支书克扣补贴", "路灯不亮", "业委会主任收了红包", "村支书收好处费才给盖章"]


def test_texts_are_scored_with_the_words_that_decided() -> None:
    told = LEARNER.predict(None, pd.DataFrame({"text": [*TEXTS, None]}))
    assert (told["score"] >= 0.5).tolist() == [True, False, False, True, False]
    assert told["because"][0] == "村支书、克扣" and told["because"][1] == "没有同一句里的职务和行为"


def test_precision_and_recall_are_of_those_read() -> None:
    rows = pd.DataFrame({"text": TEXTS, "right": [1, 1, 0, 0]})
    found = LEARNER.evaluate(rows, lambda *_: None)
    assert found == {"texts": 4, "right": 2, "scored": 2, "scored_right": 1, "precision": 0.5, "recall": 0.5}
    assert LEARNER.evaluate(rows[1:2].assign(right=0), lambda *_: None)["precision"] is None


def test_a_file_without_its_columns_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("body\nx\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.csv: there is no column text, right"):
        LEARNER.read([tmp_path / "a.csv"])


def test_integrity_learns_nothing_and_says_so() -> None:
    with pytest.raises(ValueError, match="learns nothing"):
        LEARNER.fit(pd.DataFrame())
