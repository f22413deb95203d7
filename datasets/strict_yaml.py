"""Strict reading of the YAML files people write: every mistake at once, each at file:line, with the nearest right word.

Contracts, sources, rules, chains, routes and the other declared files are all read here, so that
an author meets one manner of being corrected.
"""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

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


def load(path: Path, shown: str | None = None) -> tuple[dict[str, Any], Places]:
    """Read a YAML 1.2 mapping; returns plain data and the place of every key and item.

    `shown` is the name used in messages (default: the path as given).
    Raises Mistakes when the file is missing, is no YAML, repeats a key, or is no mapping.
    """
    name = shown or str(path)
    if path.suffix != ".yml":
        raise Mistakes([Mistake(name, 1, 1, f"a declared file ends in .yml, not {path.suffix or 'nothing'}")])
    try:
        text = path.read_text(encoding="utf-8-sig")
        node = YAML(typ="rt", pure=True).load(text)
    except OSError as error:
        raise Mistakes([Mistake(name, 1, 1, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise Mistakes([Mistake(name, 1, 1, "is not UTF-8 text")]) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context or "not YAML").split("\n")[0]
        raise Mistakes([Mistake(name, (mark.line if mark else 0) + 1, (mark.column if mark else 0) + 1, problem)]) from error
    if not isinstance(node, CommentedMap):
        raise Mistakes([Mistake(name, 1, 1, "must be a mapping of keys to values")])
    places: Places = {(): (1, 1)}
    return _plain(node, (), places), places


def _plain(node: Any, at: tuple[str | int, ...], places: Places) -> Any:
    if isinstance(node, CommentedMap):
        for key in node:
            line, column = node.lc.key(key)
            places[(*at, str(key))] = (line + 1, column + 1)
        return {str(key): _plain(value, (*at, str(key)), places) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            line, column = node.lc.item(index)
            places[(*at, index)] = (line + 1, column + 1)
        return [_plain(value, (*at, index), places) for index, value in enumerate(node)]
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, str):
        return str(node)
    if isinstance(node, int):
        return int(node)
    if isinstance(node, float):
        return float(node)
    return str(node)  # dates stay as written: the reader of the field decides


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
        return Mistake(name, line, column, f"{where}: {item['input']!r} is none of {', '.join(expected)}", hint)
    return Mistake(name, line, column, f"{where}: {item['msg'].removeprefix('Value error, ')}")


def _field_names(model: type[BaseModel]) -> set[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {})}
