"""Names with one character mistaken (错别字): 东风村 written 东丰村, found by how they sound or look.

Texts and names are folded to one character for each sound (without tone, zh as z, ing as in: what dialects and input methods
confuse) or shape; what is equal then and differs in one character is the name misspelled. Never where the character tells names
apart by number or direction (第一小学, 第二小学), and a name rightly written goes first.
"""

import unicodedata
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pypinyin.constants import PINYIN_DICT

from models.gazetteer import shipped_forms

SHORTEST = 3
"""Characters of a name from which one may be mistaken."""
FIRST = 0xE000
"""Sounds are private characters from here on, so that no text holds one by chance."""
COLUMNS = ["text", "starts_pos", "ends_pos", "form"]


@cache
def sounds() -> dict[int, int]:
    """Character -> the character that stands for its sound or shape, for str.translate."""
    sound = {code: _sound(readings.split(",")[0]) for code, readings in PINYIN_DICT.items() if 0x4E00 <= code <= 0x9FFF}
    same: dict[str, str] = {}
    for group in shipped_forms().look_alike:
        for sign in group[1:]:
            same[_root(same, sound[ord(sign)])] = _root(same, sound[ord(group[0])])
    numbers: dict[str, int] = {}
    return {code: FIRST + numbers.setdefault(_root(same, one), len(numbers)) for code, one in sound.items()}


def _root(same: dict[str, str], sound: str) -> str:
    """The sound that stands for this one and those it is confused with."""
    while same.get(sound, sound) != sound:
        sound = same[sound]
    return sound


def folded(texts: "pd.Series[Any]") -> "pd.Series[Any]":
    """Texts by sound, character for character: positions stay."""
    return texts.str.translate(sounds())


def told_slips(found: pd.DataFrame, texts: "np.ndarray[Any, Any]", forms: "pd.Series[Any]") -> pd.DataFrame:
    """Of spans that sound like a name, those that differ from it in one character which may be mistaken.

    `found`: text (number in texts), starts_pos, ends_pos, number (of the folded form); `forms`: the names by that number. Returns COLUMNS.
    """
    pairs = found.merge(forms.rename("form"), left_on="number", right_index=True)
    pairs["surface"] = [
        texts[text][start:end]
        for text, start, end in zip(pairs["text"], pairs["starts_pos"], pairs["ends_pos"], strict=True)
    ]  # fmt: skip
    pairs = pairs[pairs["surface"] != pairs["form"]]
    slips = [_one_slip(surface, form) for surface, form in zip(pairs["surface"], pairs["form"], strict=True)]
    return pairs.loc[np.array(slips, dtype=bool), COLUMNS]


def _one_slip(written: str, meant: str) -> bool:
    wrong = [(one, other) for one, other in zip(written, meant, strict=True) if one != other]
    return len(wrong) == 1 and not set(wrong[0]) <= set(shipped_forms().telling)


def _sound(reading: str) -> str:
    """A syllable without tone, with sounds that are confused made one."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", reading) if not unicodedata.combining(sign))
    for long, short in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        bare = short + bare[2:] if bare.startswith(long) else bare
    return bare[:-1] if bare.endswith("ng") else bare
