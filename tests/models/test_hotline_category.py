"""Category of hotline texts: any labels, terms that decide, abstention, artifacts, and the bars on the real messages."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from skops import io as skops

from models.char_grams import CharGrams
from models.hotline_category import LEARNER, NO_ARTIFACT
from models.register import REGISTER

SHARED = Path(os.environ.get("GUANTONG_SHARED", Path(__file__).parents[3] / "shared"))
MESSAGES = SHARED / "data" / "hotline" / "labelled_messages.csv"
THINGS = {
    "供水/停水": ["小区停水三天", "自来水又停水了", "停水没有通知", "水管没有水，停水", "夜里停水"],
    "道路/路灯": ["路灯不亮", "村口路灯坏了", "路灯晚上不亮", "路灯杆歪了", "装几盏路灯"],
    "教育/收费": ["学校乱收费", "学校收补课费", "老师收费办班", "学校收校服费", "幼儿园乱收费"],
}


def nothing(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@pytest.fixture
def rows() -> pd.DataFrame:
    said = [
        {"label": label, "text": f"{text}，第{turn}次反映"}
        for label, texts in THINGS.items()
        for text in texts
        for turn in "一二三"
    ]
    return pd.DataFrame(said)


def test_any_label_tree_is_learned_and_the_terms_that_decided_are_told(rows: pd.DataFrame) -> None:
    told = LEARNER.predict(LEARNER.fit(rows), pd.DataFrame({"text": ["请问什么时候不停水"], "number": ["7"]}))
    assert list(told.columns) == ["text", "number", "predicted", "margin", "abstained", "because"]
    assert told["predicted"].tolist() == ["供水/停水"]
    assert "停水" in told["because"][0]


def test_a_text_that_says_nothing_is_abstained_from_with_the_runner_up(rows: pd.DataFrame) -> None:
    mixed = pd.concat([rows, rows.assign(label=rows["label"].to_numpy()[::-1]).iloc[::4]], ignore_index=True)
    told = LEARNER.predict(LEARNER.fit(mixed), pd.DataFrame({"text": ["xyz", "你好"]}))
    assert told["abstained"].all()
    assert told["because"].str.contains("不下判断").all()


def test_a_title_of_its_own_is_the_head(rows: pd.DataFrame) -> None:
    fitted = LEARNER.fit(rows)
    told = LEARNER.predict(fitted, pd.DataFrame({"title": ["路灯不亮"], "text": ["请处理，第三次反映"]}))
    assert told["predicted"].tolist() == ["道路/路灯"]


def test_without_an_artifact_it_abstains_and_says_so(rows: pd.DataFrame) -> None:
    told = LEARNER.predict(None, rows[["text"]])
    assert told["abstained"].all() and (told["because"] == NO_ARTIFACT).all() and (told["predicted"] == "").all()


def test_the_same_rows_make_the_same_weights_and_skops_brings_them_back(rows: pd.DataFrame) -> None:
    first, again = LEARNER.fit(rows), LEARNER.fit(rows)
    assert np.array_equal(first.named_steps["weights"].coef_, again.named_steps["weights"].coef_)
    packed = skops.dumps(first)
    trusted = REGISTER["hotline_category"].trusted
    assert set(skops.get_untrusted_types(data=packed)) == set(trusted)
    back = skops.loads(packed, trusted=list(trusted))
    pd.testing.assert_frame_equal(LEARNER.predict(back, rows), LEARNER.predict(first, rows))


def test_grams_are_those_of_scikit_learn(rows: pd.DataFrame) -> None:
    theirs, ours = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True, min_df=2), CharGrams()
    expected, found = theirs.fit_transform(rows["text"]), ours.fit_transform(rows["text"])
    names = ours.get_feature_names_out()
    assert set(names) == set(theirs.vocabulary_)
    assert abs(expected[:, [theirs.vocabulary_[name] for name in names]] - found).max() < 1e-12
    assert ours.transform(["", "☺"]).nnz == 0


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("label,body\na,b\n", "no column text"),
        ("label,text\n,水\nb,路\n", ":2: label is empty"),
        ("label,text\na,水\na,路\n", "two or more"),
        ("", "not a CSV file"),
    ],
)
def test_a_file_that_cannot_be_learned_from_is_refused_with_its_place(tmp_path: Path, content: str, wrong: str) -> None:
    path = tmp_path / "texts.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=wrong) as told:
        LEARNER.read([path])
    assert str(path) in str(told.value)


def test_a_file_of_an_office_in_gb18030_is_read_with_all_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_bytes("编号,text\n007,停水\n".encode("gb18030"))
    assert LEARNER.read([path], labelled=False).to_dict("records") == [{"编号": "007", "text": "停水"}]


def test_rare_labels_are_left_out_of_the_figures_and_named(rows: pd.DataFrame) -> None:
    rare = pd.concat([rows, pd.DataFrame({"label": ["其他"], "text": ["别的事情"]})], ignore_index=True)
    figures: Any = LEARNER.evaluate(rare, nothing)
    assert figures["left_out"] == ["其他"]
    assert figures["macro_f1"] > 0.9


@pytest.mark.skipif(not MESSAGES.is_file(), reason="the public messages are not here")
def test_the_real_messages_are_told_as_well_as_demanded() -> None:
    figures: Any = LEARNER.evaluate(LEARNER.read([MESSAGES]), nothing)
    assert figures["macro_f1"] >= 0.895
    assert figures["surest_80_accuracy"] >= 0.96
    assert figures["recall"]["交通运输"] >= 0.78
