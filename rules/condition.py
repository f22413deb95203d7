"""One condition of a chain or a route on one field of a fact: the words an author may write, and what they mean exactly.

| written | holds when |
| --- | --- |
| `topic: subsidy` | the field is there and equal |
| `topic: {one_of: [a, b]}` | the field is there and one of them |
| `topic: {none_of: [a, b]}` | the field is there and none of them |
| `topic: present` / `topic: absent` | the field is there / is not |
| `rules: {at_least: 2}`, `{at_most: 2}` | the number is there and so |
| `unit_id: money.unit_id` | both fields are there and equal |

Empty fields are left out of facts, so that the engine never meets an empty value.
"""

import re
from typing import Any, Literal

from pydantic import field_validator, model_validator

from datasets.contract import Declared
from datasets.strict_yaml import did_you_mean

Word = Literal["is", "one_of", "none_of", "present", "absent", "at_least", "at_most", "same_as"]
Value = str | int | float | bool

_REFERENCE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_LISTS = ("one_of", "none_of")
_NUMBERS = ("at_least", "at_most")


class Condition(Declared):
    """What a field must be. `values`: the literals, or (fact, field) of `same_as`."""

    word: Word
    values: tuple[Value, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, written: Any) -> Any:
        if isinstance(written, Condition):
            return written
        if isinstance(written, dict):
            return _long_form(written)
        if written in ("present", "absent"):
            return {"word": written}
        if isinstance(written, str) and _REFERENCE.fullmatch(written):
            return {"word": "same_as", "values": tuple(written.split("."))}
        if isinstance(written, Value):
            return {"word": "is", "values": (written,)}
        raise ValueError("a condition is a value, present, absent, fact.field, or one of one_of, none_of, at_least, at_most")

    @classmethod
    def of(cls, word: Word, *values: Value) -> "Condition":
        """A condition that no author wrote."""
        return cls.model_construct(word=word, values=values)

    @field_validator("values")
    @classmethod
    def _no_token(cls, values: tuple[Value, ...]) -> tuple[Value, ...]:
        if any(isinstance(value, str) and value.startswith("~") for value in values):
            raise ValueError("a word does not begin with ~")
        return values

    @property
    def literals(self) -> tuple[Value, ...]:
        """The values that stand in the file, references left out."""
        return () if self.word == "same_as" else self.values

    def holds(self, value: Value | None) -> bool:
        """Whether a field's value meets it; None is a field that is not there. References are not judged here: True."""
        if self.word in ("absent", "same_as"):
            return self.word == "same_as" or value is None
        if value is None:
            return False
        if self.word in _NUMBERS:
            limit, number = float(self.values[0]), float(value)
            return number >= limit if self.word == "at_least" else number <= limit
        if self.word == "none_of":
            return value not in self.values
        return self.word == "present" or value in self.values


def _long_form(written: dict[str, Any]) -> dict[str, Any]:
    words = (*_LISTS, *_NUMBERS)
    if len(written) != 1:
        raise ValueError(f"a condition has one word of {', '.join(words)}")
    [(word, value)] = written.items()
    if word not in words:
        hint = did_you_mean(str(word), words)
        raise ValueError(f"unknown word {word!r}" + (f"; {hint}" if hint else ""))
    if word in _LISTS:
        if not isinstance(value, list) or not value or not all(isinstance(one, str | int | bool) for one in value):
            raise ValueError(f"{word} has a list of words or whole numbers")
        return {"word": word, "values": tuple(value)}
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{word} has a number")
    return {"word": word, "values": (value,)}
