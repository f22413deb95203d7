"""What a person sets for a profile (`--set name=value`): read by the kind of each setting, with every fault said at once."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from datasets.strict_yaml import did_you_mean
from rules.profile import Given, Kind, Setting

KEYED: tuple[Kind, ...] = ("words", "integers")
FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one `--set`, or with one code of `--only`."""

    what: Literal["unknown", "no_value", "bad_value", "unknown_code"]
    said: str
    wanted: str = ""
    """The kind of value it takes."""
    most: int | None = None
    """The largest value it takes."""
    hint: str = ""
    """The nearest right word."""


class BadSettings(Exception):
    """Every fault of what was set."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.what}: {fault.said}" for fault in self.faults))


class _Bad(Exception):
    """A value is not of its kind."""


def chosen(only: Iterable[str], known: Iterable[str]) -> tuple[list[str], list[Fault]]:
    """The codes asked for by name, comma-separated (all without any), and a fault for each that is not known."""
    words = list(known)
    asked = [word.strip() for text in only for word in text.split(",") if word.strip()]
    faults = [Fault("unknown_code", word, hint=did_you_mean(word.upper(), words)) for word in asked if word not in words]
    return [word for word in words if not asked or word in asked], faults


def read_settings(said: Iterable[str], settings: Mapping[str, Setting]) -> tuple[dict[str, Given], list[Fault]]:
    """Every setting's value, its default where nothing was said; the last word on a setting counts."""
    values: dict[str, Given] = {name: _default(setting) for name, setting in settings.items()}
    faults = []
    for text in said:
        name, equals, value = text.partition("=")
        found = _setting(name.strip(), settings)
        if found is None:
            known = (f"{one}.…" if setting.kind in KEYED else one for one, setting in settings.items())
            hint = did_you_mean(name.strip(), known)
            faults.append(Fault("unknown", name.strip(), hint=hint))
        elif not equals:
            faults.append(Fault("no_value", text.strip(), settings[found[0]].kind))
        else:
            faults += _put(values, *found, value.strip(), settings[found[0]], text.strip())
    return values, faults


def _default(setting: Setting) -> Given:
    if setting.default is None and setting.kind in ("list", "amounts"):
        return []
    if setting.default is None and setting.kind in KEYED:
        return {}
    if setting.default is None and setting.kind == "flag":
        return False
    return setting.default


def _setting(name: str, settings: Mapping[str, Setting]) -> tuple[str, str] | None:
    """The setting meant and, for one that takes `name.key`, the key."""
    for known, setting in settings.items():
        if setting.kind in KEYED and name.startswith(known + ".") and len(name) > len(known) + 1:
            return known, name.removeprefix(known + ".")
    return (name, "") if name in settings and settings[name].kind not in KEYED else None


def _put(values: dict[str, Given], name: str, key: str, value: str, setting: Setting, text: str) -> list[Fault]:
    try:
        read = _value(value, setting)
    except _Bad:
        hint = did_you_mean(value.lower(), FLAGS) if setting.kind == "flag" else ""
        return [Fault("bad_value", text, setting.kind, setting.most, hint)]
    before = values[name]
    gathered: dict[str, Any] = {**before, key: read} if isinstance(before, dict) else {}
    values[name] = gathered or read
    return []


def _value(text: str, setting: Setting) -> Given:
    kind = setting.kind
    if kind in ("text", "words"):
        if not text:
            raise _Bad
        return text
    if kind == "list":
        return split(text)
    if kind == "amounts":
        return [_decimal(word) for word in split(text)]
    if kind == "flag":
        if text.lower() not in FLAGS:
            raise _Bad
        return FLAGS[text.lower()]
    return _decimal(text) if kind == "decimal" else _whole(text, setting)


def split(text: str) -> list[str]:
    """The words of a list joined by `|`; one at the very end adds no empty word."""
    words = text.split("|")
    return words[:-1] if words[-1] == "" else words


def _whole(text: str, setting: Setting) -> int:
    if not re.fullmatch(r"[-+]?\d{1,18}" if setting.kind in ("integer", "integers") else r"\+?\d{1,18}", text, re.ASCII):
        raise _Bad
    number = int(text)
    if setting.most is not None and number > setting.most:
        raise _Bad
    return number


def _decimal(text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise _Bad from error
    if not math.isfinite(number) or "_" in text:
        raise _Bad
    return number
