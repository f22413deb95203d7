"""A profile (指标口径): one named answer to the question what each red flag means, with the settings it may be asked under.

`profiles/<name>.yml` says which. Either its indicators have SELECTs of their own, over what was published to the letter
(`profiles/<name>/<code>.yml`), or its codes are answered by those live rules of the book that carry them as tags.
"""

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from datasets.contract import Declared, Words

Kind = Literal["text", "list", "flag", "integer", "natural", "decimal", "amounts", "words", "integers"]
Scalar = str | int | float | bool
Given = Scalar | list[str] | list[float] | dict[str, str] | dict[str, int] | None
"""A setting's value as its kind has it."""
GROUPS = ("OCID", "Buyer", "ProcuringEntity", "Tenderer")
"""What an indicator may be about, in the order in which answers are printed."""


class Setting(Declared):
    """What may be set with `--set name=value`: lists are joined by `|`, `words` and `integers` take `name.key=value`."""

    kind: Kind
    default: Scalar | list[str] | None = None
    most: int | None = None
    """The largest whole number allowed."""
    unit: str | None = None
    prepares: bool = False
    """Whether the releases are corrected before they are judged once this is set."""
    why: Words


class Code(Declared):
    """One indicator of a profile that has SELECTs of its own."""

    code: str = Field(pattern=r"^[A-Z]\d{3}$")
    title: Words
    definition: Words
    quirks: tuple[Words, ...] = ()
    """What its makers' program does that a reader of the definition would not expect; kept, and said."""
    settings: dict[str, Setting] = {}
    tables: dict[str, str] = {}
    """Steps on the way, each a SELECT; later ones and the other two SELECTs read them by name."""
    fences: str | None = None
    """`grp, measure`: for each grp the table `fence` then holds q1, q3, lower and upper."""
    sql: str
    """`grp, id, value, line`: grp is one of GROUPS; of several lines about one id the last counts."""


class ProfileFile(Declared):
    """`profiles/<name>.yml`."""

    profile: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Words
    about: Words
    answered_by: Literal["selects", "rules"] = "selects"
    settings: dict[str, Setting] = {}
    tables: dict[str, str] = {}
    """As in Code, shared by all its indicators."""
    params: dict[str, dict[str, Scalar]] = {}
    """Rule -> param -> value, where the profile asks for another than the rule's own."""
    measures: dict[str, str] = {}
    """Rule -> the measure printed as its value; 1.0 without."""

    @model_validator(mode="after")
    def _of_one_sort(self) -> Self:
        if self.answered_by == "rules" and (self.settings or self.tables):
            raise ValueError("a profile answered by rules has their params for settings, and no tables")
        if self.answered_by == "selects" and (self.params or self.measures):
            raise ValueError("only a profile answered by rules has params and measures")
        return self


class Profile(Declared):
    """A profile with its indicators by code."""

    file: ProfileFile
    codes: dict[str, Code] = {}

    @property
    def name(self) -> str:
        return self.file.profile

    @property
    def settings(self) -> dict[str, Setting]:
        """Every setting by the name it is set with: its plain name, or `code.name` for those of one indicator."""
        own = {f"{code}.{name}": setting for code, one in self.codes.items() for name, setting in one.settings.items()}
        return {**self.file.settings, **own}


def param(name: str) -> str:
    """The name under which a SELECT reads a setting: `exclusions.procurement_method_details` -> `exclusions_procurement_method_details`."""
    return re.sub(r"\W", "_", name)
