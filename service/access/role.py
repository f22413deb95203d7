"""Roles (角色): what each may do and how far it sees, read from roles.yml."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from datasets import strict_yaml
from service.words import say

FILE = Path(__file__).with_name("roles.yml")


class Title(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    zh: str
    en: str


class Role(BaseModel):
    """One role."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Title
    sees: Literal["all", "own", "none"]
    names: Literal["masked", "pseudonym"]
    """How sealed names are shown: 王*兰, or the pseudonym only."""
    may: frozenset[str]


@cache
def roles() -> dict[str, Role]:
    """Every role by its id. Raises strict_yaml.Mistakes and pydantic.ValidationError for a faulty file."""
    tree, _ = strict_yaml.load(FILE)
    return {name: Role.model_validate(one) for name, one in tree.items()}


@cache
def verbs() -> frozenset[str]:
    """Everything that some role may do: a key's scopes are among them."""
    return frozenset().union(*(role.may for role in roles().values()))


def right(verb: str) -> str:
    """What a verb allows, in plain words of the language spoken: the table is words/pages/right.*.yml."""
    return say(f"right.{verb.replace('.', '_')}")
