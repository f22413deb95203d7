"""What somebody filled into a form of casework, read strictly: what is no day or no number is refused, and told as such."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData

from service.api.files import Sent, files_in, in_clear
from service.errors import Refusal

LONGEST = 20_000
"""Characters of one field."""
MOST_TOLD = 100
"""Files of one form that are looked at, to say what is wrong with each."""


class Filled:
    """A form as it came."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    def text(self, name: str) -> str:
        """What was written, without space around it; empty when nothing was. Raises Refusal when it is too long."""
        value = str(self._form.get(name, "")).strip()
        if len(value) > LONGEST:
            raise Refusal("casework.misfilled.long", most=LONGEST)
        return value

    def maybe(self, name: str) -> str | None:
        """The same, None for nothing."""
        return self.text(name) or None

    def many(self, name: str) -> list[str]:
        """Every choice that was ticked."""
        return [str(one)[:LONGEST] for one in self._form.getlist(name) if str(one)]

    def number(self, name: str) -> int:
        """Raises Refusal for what is no whole number."""
        value = self.text(name)
        if not value.isascii() or not value.isdigit() or len(value) > 9:
            raise Refusal("casework.misfilled.number", value=value[:20])
        return int(value)

    def day(self, name: str) -> date:
        """Raises Refusal for what is no day."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError as error:
            raise Refusal("casework.misfilled.day", value=self.text(name)[:20]) from error

    def money(self, name: str) -> Decimal | None:
        """Yuan; None for nothing. Raises Refusal for what is no amount."""
        value = self.text(name).replace(",", "")
        try:
            amount = Decimal(value) if value else None
        except InvalidOperation as error:
            raise Refusal("casework.misfilled.money", value=value[:20]) from error
        if amount is not None and not (amount.is_finite() and amount < 10**12):
            raise Refusal("casework.misfilled.money", value=value[:20])
        return amount

    def yes(self, name: str) -> bool:
        return self.text(name) == "yes"

    def records(self) -> list[dict[str, Any]]:
        """Rows of the lake that were ticked (`table|key`), and what else was written, a line each."""
        rows = [one.partition("|") for one in self.many("record")]
        lines = [line.strip() for line in self.text("records").splitlines()]
        return [{"table": table, "key": key} for table, _, key in rows] + [{"text": line} for line in lines if line]


async def _filled(request: Request) -> Filled:
    return Filled(await request.form(max_fields=200))


Form = Annotated[Filled, Depends(_filled)]


@dataclass(frozen=True)
class WithFiles:
    """A form to which files may be attached."""

    filled: Filled
    files: list[Sent]


async def _with_files(request: Request) -> WithFiles:
    """Raises Trespass 413 and 422. A form without files may come plain."""
    if not request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
        return WithFiles(await _filled(request), [])
    form = await in_clear(request, MOST_TOLD)
    files = await files_in(form)
    await form.close()
    return WithFiles(Filled(form), files)


FormWithFiles = Annotated[WithFiles, Depends(_with_files)]
