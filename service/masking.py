"""Sealed values as people may see them: 王*兰, 3206***********011, 138****0001; the pseudonym when there is no key."""

import re
from collections.abc import Mapping
from typing import Any

from datasets.sealing import TOKEN, kind_of

FREE_TEXT = re.compile(rf"【(?:电话|证件|账号|姓名|设备):({TOKEN.pattern})】")


def masked(kind: str, secret: str) -> str:
    """A secret with its middle hidden; the length shows, except of what is too short to hide anything in."""
    if kind == "person_name":
        return _name(secret)
    keep_left, keep_right = {"resident_id": (4, 3), "phone": (3, 4), "bank_account": (4, 4), "device": (2, 2)}[kind]
    if len(secret) <= keep_left + keep_right:
        return "*" * len(secret)
    return secret[:keep_left] + "*" * (len(secret) - keep_left - keep_right) + secret[-keep_right:]


def _name(name: str) -> str:
    if len(name) <= 1:
        return "*"
    return name[0] + "*" if len(name) == 2 else name[0] + "*" * (len(name) - 2) + name[-1]


def tokens_in(text: str) -> set[str]:
    """Every pseudonym in a text."""
    return {found.group(0) for found in TOKEN.finditer(text)}


def masks(secrets: dict[str, str]) -> dict[str, str]:
    """token -> masked secret."""
    return {token: masked(str(kind_of(token)), secret) for token, secret in secrets.items()}


def mask_text(text: str, seen: Mapping[str, str]) -> str:
    """The text with the pseudonyms in `seen` replaced; the others stay."""
    plain = FREE_TEXT.sub(lambda found: seen.get(found.group(1), found.group(0)), text)
    return TOKEN.sub(lambda found: seen.get(found.group(0), found.group(0)), plain)


def mask_all(value: Any, seen: Mapping[str, str]) -> Any:
    """A tree of plain values with every text masked; values of keys that end in _id stay."""
    if isinstance(value, str):
        return mask_text(value, seen)
    if isinstance(value, list):
        return [mask_all(one, seen) for one in value]
    if isinstance(value, dict):
        return {name: one if name.endswith("_id") else mask_all(one, seen) for name, one in value.items()}
    return value
