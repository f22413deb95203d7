"""What the program says to people, in Chinese or English: texts live in words/zh.yml and words/en.yml under the same keys.

What a page of the console says lives in files of its own: words/pages/queue.zh.yml and queue.en.yml hold `queue.…`.
"""

from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from datasets import strict_yaml

FOLDER = Path(__file__).with_suffix("")
_language: ContextVar[str] = ContextVar("language", default="zh")


def speak(lang: str) -> None:
    """Choose the language (zh or en) of what follows."""
    _language.set(lang)


def spoken() -> str:
    """The language being spoken."""
    return _language.get()


def say(key: str, **values: object) -> str:
    """The text under a key, with its {values} filled in."""
    return texts(_language.get())[key].format(**values)


def either(words: Any) -> str:
    """One of a pair of texts given as {zh, en}, as a mapping or with attributes; the other when one is empty."""
    zh, en = (words.get("zh"), words.get("en")) if isinstance(words, dict) else (words.zh, words.en)
    return str((zh or en) if _language.get() == "zh" else (en or zh))


@cache
def texts(lang: str) -> dict[str, str]:
    """All texts of a language, keys joined by dots. Raises strict_yaml.Mistakes."""
    tree, _ = strict_yaml.load(FOLDER / f"{lang}.yml")
    found = dict(_leaves(tree, ""))
    for path in sorted((FOLDER / "pages").glob(f"*.{lang}.yml")):
        tree, _ = strict_yaml.load(path)
        found.update(_leaves(tree, f"{path.name.partition('.')[0]}."))
    return found


def _leaves(tree: dict[str, Any], under: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in tree.items():
        found += _leaves(value, f"{under}{key}.") if isinstance(value, dict) else [(under + key, str(value))]
    return found
