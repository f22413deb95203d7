"""Strict reading of the YAML files people write: every mistake at once, each at file:line, with the nearest right word.

Contracts, sources, rules, chains, routes and the other declared files are all read here, so that
an author meets one manner of being corrected.
"""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
Place = tuple[int, int]
Places = dict[tuple[str | int, ...], Place]


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake of an author: where it is (1-based line and column), what is wrong, what would be right."""

    path: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        tail = f"; {self.hint}" if self.hint else ""
        return f"{self.path}:{self.line}: {self.message}{tail}"


class Mistakes(Exception):
    """All the mistakes of one or several files, sorted by place."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))

    def __reduce__(self) -> tuple[type[Self], tuple[tuple[Mistake, ...]]]:
        # an exception is rebuilt from its args when it comes back from another process: these are not the text
        return type(self), (self.mistakes,)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint `did you mean …?` for the nearest known word, or the known words when none is near and they are few."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(words)}" if 0 < len(words) <= 12 else ""


class _Reader(yaml.CSafeLoader):
    """The core schema of YAML 1.2: `no` and `on` are words, and dates stay as written, for the reader of the field to decide."""

    yaml_implicit_resolvers: dict[str, Any] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _Reader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


def load(path: Path, shown: str | None = None) -> tuple[dict[str, Any], Places]:
    """Read a YAML 1.2 mapping; returns plain data and the place of every key and item.

    `shown` is the name used in messages (default: the path as given).
    Raises Mistakes when the file is missing, is no YAML, repeats a key, or is no mapping.
    """
    name = shown or str(path)
    if path.suffix != ".yml":
        raise Mistakes([Mistake(name, 1, 1, f"a declared file ends in .yml, not {path.suffix or 'nothing'}")])
    try:
        node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_Reader)
    except OSError as error:
        raise Mistakes([Mistake(name, 1, 1, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise Mistakes([Mistake(name, 1, 1, "is not UTF-8 text")]) from error
    except yaml.MarkedYAMLError as error:
        line, column = _after(error.problem_mark or error.context_mark)
        raise Mistakes([Mistake(name, line, column, str(error.problem or error.context or "not YAML"))]) from error
    except yaml.YAMLError as error:
        raise Mistakes([Mistake(name, 1, 1, "holds characters that YAML does not allow")]) from error
    if not isinstance(node, yaml.MappingNode):
        raise Mistakes([Mistake(name, 1, 1, "must be a mapping of keys to values")])
    reading = _Reading(name)
    data = reading.plain(node, ())
    if reading.mistakes:
        raise Mistakes(reading.mistakes)
    return data, reading.places


def _after(mark: Any) -> Place:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Reading:
    """Turns nodes into plain data, keeping the place of each."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: Places = {(): (1, 1)}
        self.mistakes: list[Mistake] = []

    def plain(self, node: yaml.Node, at: tuple[str | int, ...]) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, at)
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.places[*at, index] = _after(item.start_mark)
            return [self.plain(item, (*at, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, at: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            place, word = _after(key.start_mark), str(key.value)
            if not isinstance(key, yaml.ScalarNode):
                self.mistakes.append(Mistake(self.name, *place, "a key is a word, not a list or mapping"))
            elif word in found:
                self.mistakes.append(
                    Mistake(
                        self.name, *place, f"duplicate key {word!r}", "the first is in line " + str(self.places[*at, word][0])
                    )
                )
            else:
                self.places[*at, word] = place
                found[word] = self.plain(value, (*at, word))
        return found

    def _scalar(self, node: yaml.Node) -> Any:
        kind, text = node.tag.removeprefix("tag:yaml.org,2002:"), str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind in ("int", "float"):
            return int(text) if kind == "int" else float(text)
        if kind != "str":
            self.mistakes.append(Mistake(self.name, *_after(node.start_mark), f"tag {node.tag} is not used here"))
        return text


def place_of(places: Places, at: tuple[str | int, ...]) -> Place:
    """The place of a key path, or of its nearest parent that the file holds."""
    while at not in places and at:
        at = at[:-1]
    return places.get(at, (1, 1))


def read(path: Path, model: type[M], shown: str | None = None) -> tuple[M, Places]:
    """Read one declared file into a strict model.

    Raises Mistakes with every fault of the file at once.
    """
    data, places = load(path, shown)
    return validate(data, places, model, shown or str(path)), places


def validate(data: Mapping[str, Any], places: Places, model: type[M], name: str) -> M:
    """Validate plain data against a strict model, turning pydantic's errors into Mistakes at their lines."""
    try:
        # through JSON: strict, and yet lists become tuples and ISO texts become dates
        return model.model_validate_json(json.dumps(data, ensure_ascii=False), strict=True)
    except ValidationError as error:
        words = _field_names(model)
        raise Mistakes(_mistake(name, item, places, words) for item in error.errors()) from error


def _mistake(name: str, item: Any, places: Places, words: set[str]) -> Mistake:
    at = tuple(item["loc"])
    line, column = place_of(places, at)
    where = ".".join(map(str, at)) or "file"
    if item["type"] == "extra_forbidden":
        return Mistake(name, line, column, f"unknown key {at[-1]!r}", did_you_mean(str(at[-1]), words))
    if item["type"] == "missing":
        return Mistake(name, line, column, f"key {str(at[-1])!r} is missing" + (f" in {where}" if len(at) > 1 else ""))
    if item["type"] == "literal_error":
        expected = str(item["ctx"]["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        hint = did_you_mean(str(item["input"]), expected)
        near = "" if hint.startswith("known: ") else hint  # all the known words stand in the sentence
        return Mistake(name, line, column, f"{where}: {item['input']!r} is none of {', '.join(expected)}", near)
    return Mistake(name, line, column, f"{where}: {item['msg'].removeprefix('Value error, ')}")


def _field_names(model: type[BaseModel]) -> set[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {})}
