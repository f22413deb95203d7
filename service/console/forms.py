"""How a posted form is read: every field that is missing or malformed is told at once, by the words it is called by on the page.

What must stand in which field is the table forms.yml. A form is read after the door has found who asks, and before anything is done.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from datasets import strict_yaml
from service.errors import Refusal
from service.words import say

TABLE = Path(__file__).with_name("forms.yml")
LONGEST = 20_000
"""Characters of one field."""
DIGITS = 9
"""Of a whole number."""
MOST_MONEY = 10**12
NAMES = ("form_name", "kind", "step", "act", "verb")
"""Parts of a door's address that say which form it is."""
BY_HAND = "/alerts/new"
ITSELF = (BY_HAND, "/signin", "/password")
"""Doors that show their form again with what was written, and so look at it themselves."""
RULE = re.compile(
    r"(?P<kind>text|choice|day|moment|number|money|hidden)(?P<must>!?)(?: (?P<words>[a-z_.]+))?(?P<if>(?: (?:when|unless) \S+)?)"
)


@dataclass(frozen=True)
class Field:
    """One field: what must stand in it, and when."""

    kind: str
    must: bool
    words: str
    only: str
    """`when agree=no`, `unless alert`, or empty: always."""

    @classmethod
    def of(cls, said: str) -> "Field":
        """As forms.yml has it. Raises ValueError."""
        found = RULE.fullmatch(said)
        if found is None or (not found["words"] and found["kind"] != "hidden"):
            raise ValueError(said)
        return cls(found["kind"], bool(found["must"]), found["words"] or "", found["if"].strip())

    @property
    def label(self) -> str:
        """What the page calls it."""
        return say(self.words).rstrip("：: ") if self.words else ""

    def needed(self, form: FormData) -> bool:
        how, _, what = self.only.partition(" ")
        name, _, value = what.partition("=")
        there = str(form.get(name, "")).strip()
        return self.must and (not how or (there == value if how == "when" else not there))

    def wrong(self, form: FormData, name: str) -> str:
        """What is wrong with what stands there, in words; empty: nothing."""
        value = str(form.get(name, "")).strip()
        if self.kind == "hidden":
            return say("page.misfilled.hidden") if (value or self.needed(form)) and whole(value) is None else ""
        if not value:
            return say(f"page.misfilled.missing.{self.kind}", label=self.label) if self.needed(form) else ""
        if len(value) > LONGEST:
            return say("page.misfilled.long", label=self.label, count=len(value), most=LONGEST)
        if self.kind in READ and READ[self.kind](value) is None:
            return say(f"page.misfilled.is_no.{self.kind}", label=self.label, value=value[:20])
        return ""


class Misfilled(Refusal):
    """A form with mistakes: a line for each, in the order of the page."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("page.misfilled.all", wrong="\n".join(lines))


def day(value: str) -> date | None:
    """A day as a browser sends it and people write it: 2026-03-05; None for anything else."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def moment(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def whole(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) <= DIGITS else None


def money(value: str) -> Decimal | None:
    """Yuan, with or without commas between thousands."""
    try:
        amount = Decimal(value.replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount < MOST_MONEY else None


READ = {"day": day, "moment": moment, "number": whole, "money": money}


@cache
def table() -> dict[str, dict[str, Field]]:
    """Address of a form -> its fields. Raises strict_yaml.Mistakes, and ValueError for a field that is not as the table's head says."""
    tree, _ = strict_yaml.load(TABLE)
    return {address: {name: Field.of(said) for name, said in fields.items()} for address, fields in tree.items()}


def address_of(request: Request) -> str:
    """The address of the form that was posted, as the table has it."""
    path = str(getattr(request.scope.get("route"), "path", ""))
    for name in NAMES:
        path = path.replace(f"{{{name}}}", str(request.path_params.get(name, "")))
    return path


def fields_of(request: Request) -> dict[str, Field]:
    """The fields of the form that was posted; none for one that has no rules."""
    return table().get(address_of(request), {})


def look(form: FormData, fields: dict[str, Field]) -> None:
    """Raises Misfilled for every mistake at once."""
    if lines := list(dict.fromkeys(_mistakes(form, fields))):
        raise Misfilled(lines)


def _mistakes(form: FormData, fields: dict[str, Field]) -> Iterator[str]:
    for name, field in fields.items():
        if wrong := field.wrong(form, name):
            yield wrong


def told(request: Request, name: str, error: Mapping[str, Any]) -> str:
    """A mistake that a door's own types found, in the form's words: `error` as pydantic tells it."""
    field = fields_of(request).get(name, Field("hidden", True, "", ""))
    limits = error.get("ctx", {})
    if not field.words:
        return say("page.misfilled.hidden")
    if error["type"] == "string_too_long":
        return say("page.misfilled.long", label=field.label, count=len(error["input"]), most=limits["max_length"])
    if error["type"] == "string_too_short":
        return say("page.misfilled.short", label=field.label, least=limits["min_length"])
    if error["type"] == "missing" or field.kind not in READ:
        return say(f"page.misfilled.missing.{field.kind}", label=field.label)
    return say(f"page.misfilled.is_no.{field.kind}", label=field.label, value=str(error["input"])[:20])


async def looked_at(request: Request) -> None:
    """Look at the form of a request, if it brings one: a door that takes files reads it itself. Raises Misfilled."""
    files = request.headers.get("Content-Type", "").startswith("multipart/")
    if request.method == "POST" and not files and address_of(request) not in ITSELF:
        look(await request.form(max_fields=200), fields_of(request))
