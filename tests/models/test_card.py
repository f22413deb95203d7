"""Model cards: complete, in both languages, and their figures are the ones that were measured."""

import json

import pytest

from datasets import strict_yaml
from models.card import FOLDER, Card, flat, names, page


@pytest.mark.parametrize("name", names())
def test_every_figure_of_a_card_was_measured(name: str) -> None:
    card, _ = strict_yaml.read(FOLDER / f"{name}.yml", Card)
    measured = flat(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))) if card.measured else {}
    assert {one.at for one in card.measured} <= set(measured)
    told = page(name)
    assert told is not None and "not measured yet" not in told
    assert all(
        one.zh.strip() in told and one.en.strip() in told for one in (card.purpose, card.not_for, card.data, *card.failures)
    )


def test_a_model_without_a_card_has_no_page() -> None:
    assert page("no_such_model") is None


def test_figures_are_named_by_their_place() -> None:
    assert flat({"a": {"b": 0.123456, "c": 3}, "d": "x"}) == {"a.b": "0.1235", "a.c": "3", "d": "x"}
