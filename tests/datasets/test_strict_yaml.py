"""Declared files are read strictly: all mistakes at once, each at its line, with the nearest right word."""

from pathlib import Path
from typing import Literal

import pytest

from datasets.contract import Declared
from datasets.strict_yaml import Mistakes, did_you_mean, load, read


class Inner(Declared):
    amount: int


class Outer(Declared):
    name: str
    severity: Literal["low", "high"]
    inner: Inner
    items: tuple[Inner, ...] = ()


def written(folder: Path, text: str, name: str = "outer.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf8")
    return path


def mistakes(path: Path) -> list[str]:
    with pytest.raises(Mistakes) as caught:
        read(path, Outer, shown=path.name)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_right_file_becomes_the_model_with_the_places_of_its_keys(tmp_path: Path) -> None:
    outer, places = read(written(tmp_path, "name: x\nseverity: low\ninner:\n  amount: 3\n"), Outer)
    assert outer == Outer(name="x", severity="low", inner=Inner(amount=3))
    assert places[("inner", "amount")] == (4, 3)


def test_all_mistakes_come_at_once_each_at_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "nmae: x\nseverity: hihg\ninner:\n  amount: three\nitems:\n- {amuont: 1}\n")
    assert mistakes(path) == [
        "outer.yml:1: key 'name' is missing",
        "outer.yml:1: unknown key 'nmae'; did you mean name?",
        "outer.yml:2: severity: 'hihg' is none of low, high; did you mean high?",
        "outer.yml:4: inner.amount: Input should be a valid integer",
        "outer.yml:6: key 'amount' is missing in items.0.amount",
        "outer.yml:6: unknown key 'amuont'; did you mean amount?",
    ]


def test_a_repeated_key_is_refused_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "name: x\nname: y\ninner:\n  amount: 1\n  amount: 2\n")
    assert mistakes(path) == [
        "outer.yml:2: duplicate key 'name'; the first is in line 1",
        "outer.yml:5: duplicate key 'amount'; the first is in line 4",
    ]


def test_no_and_on_are_words_not_booleans(tmp_path: Path) -> None:
    data, _ = load(written(tmp_path, "name: no\nother: on\nday: 2024-01-01\nnothing:\nyes: [1, -2.5, 007, 1e3, 0x1F, true]\n"))
    assert data == {"name": "no", "other": "on", "day": "2024-01-01", "nothing": None, "yes": [1, -2.5, 7, 1000.0, "0x1F", True]}


@pytest.mark.parametrize(
    ("text", "message"), [("- 1\n", "must be a mapping"), ("a: [1\n", "outer.yml:2:"), ("", "must be a mapping")]
)
def test_a_file_that_is_no_mapping_is_named(tmp_path: Path, text: str, message: str) -> None:
    assert message in mistakes(written(tmp_path, text))[0]


def test_only_yml_files_that_exist_and_are_utf8_are_read(tmp_path: Path) -> None:
    assert "ends in .yml" in mistakes(written(tmp_path, "name: x", "outer.yaml"))[0]
    assert "cannot be read" in mistakes(tmp_path / "missing.yml")[0]
    (tmp_path / "gbk.yml").write_bytes("name: 补贴".encode("gb18030"))
    assert "is not UTF-8" in mistakes(tmp_path / "gbk.yml")[0]


def test_the_hint_is_the_nearest_word_or_the_few_known_ones() -> None:
    assert did_you_mean("subsidy_paymnet", ["subsidy_payment", "person"]) == "did you mean subsidy_payment?"
    assert did_you_mean("zzz", ["a", "b"]) == "known: a, b"
    assert did_you_mean("zzz", map(str, range(100))) == ""


def test_tags_and_keys_that_are_no_words_are_refused(tmp_path: Path) -> None:
    assert mistakes(written(tmp_path, "name: !!python/name:os.system x\n? [a]\n: 1\n")) == [
        "outer.yml:1: tag tag:yaml.org,2002:python/name:os.system is not used here",
        "outer.yml:2: a key is a word, not a list or mapping",
    ]
