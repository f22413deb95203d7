"""What somebody filled into a form, read strictly, after service.console.forms has looked at it: a door that reads more than the table knows is told too."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from starlette.datastructures import FormData

from service.console import forms
from service.console.forms import Field, Misfilled

V = TypeVar("V")


class Filled:
    """A form as it came."""

    def __init__(self, form: FormData, fields: dict[str, Field] | None = None) -> None:
        self._form, self._fields = form, fields or {}

    def text(self, name: str) -> str:
        """What was written, without space around it; empty when nothing was. Raises Misfilled when it is too long."""
        value = str(self._form.get(name, "")).strip()
        return self._read(name, "text", value if len(value) <= forms.LONGEST else None)

    def maybe(self, name: str) -> str | None:
        """The same, None for nothing."""
        return self.text(name) or None

    def many(self, name: str) -> list[str]:
        """Every choice that was ticked."""
        return [str(one)[: forms.LONGEST] for one in self._form.getlist(name) if str(one)]

    def number(self, name: str) -> int:
        """Raises Misfilled for what is no whole number."""
        return self._read(name, "number", forms.whole(self.text(name)))

    def day(self, name: str) -> date:
        """Raises Misfilled for what is no day."""
        return self._read(name, "day", forms.day(self.text(name)))

    def moment(self, name: str) -> datetime:
        """Without a time zone, as browsers send it. Raises Misfilled for what is no moment."""
        return self._read(name, "moment", forms.moment(self.text(name)))

    def money(self, name: str) -> Decimal | None:
        """Yuan; None for nothing. Raises Misfilled for what is no amount."""
        return self._read(name, "money", forms.money(self.text(name))) if self.text(name) else None

    def yes(self, name: str) -> bool:
        return self.text(name) == "yes"

    def records(self) -> list[dict[str, Any]]:
        """Rows of the lake that were ticked (`table|key`), and what else was written, a line each."""
        rows = [one.partition("|") for one in self.many("record")]
        lines = [line.strip() for line in self.text("records").splitlines()]
        return [{"table": table, "key": key} for table, _, key in rows] + [{"text": line} for line in lines if line]

    def _read(self, name: str, kind: str, value: V | None) -> V:
        if value is None:
            known = self._fields.get(name, Field("hidden", True, "", ""))
            field = Field(kind, True, known.words, "") if known.words else known
            raise Misfilled([field.wrong(self._form, name)])
        return value


def looked_into(request: Request, form: FormData) -> Filled:
    """A form that came with a request. Raises Misfilled for all of its mistakes at once."""
    fields = forms.fields_of(request)
    forms.look(form, fields)
    return Filled(form, fields)


async def filled(request: Request) -> Filled:
    return looked_into(request, await request.form(max_fields=200))


Form = Annotated[Filled, Depends(filled)]
