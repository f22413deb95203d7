"""What is said against an author's file, in Chinese: sentence by sentence from words/mistakes.yml, the names in it as they stand."""

import re
from functools import cache

from datasets import strict_yaml
from service.words import FOLDER, spoken

FILE = "mistakes.yml"
BLANK = re.compile(r"\\{([a-z]+)\\}")
KEY = re.compile(r"([^\s:']+): (.*)", re.DOTALL)
"""Most sentences begin with the key they speak of, which is shown as it stands."""


def told_in_words(sentence: str, part: str = "whole") -> str:
    """A mistake (`whole`) or what would be right (`hint`) in the language spoken; in English where it has no Chinese."""
    if spoken() != "zh" or not sentence:
        return sentence
    keyed = KEY.fullmatch(sentence) if part == "whole" else None
    for text, before in ((keyed[2], f"{keyed[1]}: ") if keyed else ("", ""), (sentence, "")):
        for pattern, zh in _sentences(part):
            if text and (found := pattern.fullmatch(text)):
                return before + _filled(zh, found.groupdict())
    return sentence


@cache
def _sentences(part: str) -> list[tuple[re.Pattern[str], str]]:
    tree, _ = strict_yaml.load(FOLDER / FILE)
    return [(re.compile(_pattern(en), re.DOTALL), str(zh)) for en, zh in tree[part].items()]


def _pattern(en: str) -> str:
    return BLANK.sub(lambda blank: f"(?P<{blank[1]}>.+?)", re.escape(en))


def _filled(zh: str, values: dict[str, str]) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda blank: values.get(blank[1], blank[0]), zh)
