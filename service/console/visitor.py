"""Who looks at a page, and what every page of theirs says: name, role, office, what they may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from service.access.caller import Caller
from service.api.gate import Here, Identified
from service.api.living import Living
from service.api.problem import MayNot
from service.console.forms import looked_at
from service.console.menu import entries
from service.console.page import written
from service.console.shown import Days
from service.store.member import Member
from service.words import either


class Elsewhere(Exception):
    """The person must go to another page first."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass
class Visitor:
    """A caller before a page."""

    request: Request
    here: Living
    caller: Caller

    @cached_property
    def name(self) -> str:
        """What the person is called; the caller's own name where it is no person."""
        login = self.caller.name.partition(":")[2]
        with self.here.desk.store.look() as session:
            return session.scalar(select(Member.name).where(Member.login == login)) or login

    @cached_property
    def posts(self) -> list[str]:
        """Each role with the office, stream, area or unit it holds for."""
        offices = self.names_of("office", [one.bounds.office_id for one in self.caller.held])
        units = self.names_of("unit", [one.bounds.unit_id for one in self.caller.held])
        told = []
        for one in self.caller.held:
            where = [offices.get(one.bounds.office_id or ""), units.get(one.bounds.unit_id or ""), one.bounds.area_id]
            told.append(" · ".join([either(one.role.title), *(place for place in where if place)]))
        return told

    @property
    def days(self) -> Days:
        """Today and the office's calendar."""
        desk = self.here.desk
        return Days(desk.today, desk.handover.days.calendar)

    def names_of(self, kind: str, ids: Sequence[str | None]) -> dict[str, str]:
        """Id -> name, of offices, units, areas; ids themselves while nothing is imported."""
        wanted = [one for one in ids if one]
        if not wanted or not any((self.here.desk.lake.folder / "batches").glob("*.json")):
            return {one: one for one in wanted}
        with self.here.reading() as seen:
            seen.names.learn(kind, wanted)
            return {one: seen.names.short(kind, one) for one in wanted}

    def show(self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any) -> HTMLResponse:
        """A page or a part of one; the template also finds `me` (this), `may`, `days` and `menu`."""
        known = {"me": self, "may": self.caller.may, "days": self.days, "menu": entries(self.caller)}
        return written(self.request, template, status=status, headers=headers, **known, **values)

    @property
    def by_htmx(self) -> bool:
        """Whether a script of ours asks for a part of the page."""
        return "HX-Request" in self.request.headers and "HX-History-Restore-Request" not in self.request.headers


def visiting(request: Request, here: Here, caller: Identified) -> Visitor:
    """A dependency: who looks, whoever it is. Raises Trespass 401, which a browser sees as the sign-in page."""
    return Visitor(request, here, caller)


Visiting = Annotated[Visitor, Depends(visiting)]


def visits(verb: str) -> Any:
    """A dependency: who looks, and may do this. What they posted is looked at here, once it is known that they may.

    Raises Trespass 401 or 403, Misfilled, and Elsewhere when a first password is to be changed.
    """

    async def allowed(visitor: Visiting) -> Visitor:
        if visitor.caller.pending:
            raise Elsewhere("/password")
        if not visitor.caller.may(verb):
            if visitor.request.url.path == "/" and (known := entries(visitor.caller)):
                raise Elsewhere(known[-1][0].path)  # who has no queue begins on the page that is most their own
            raise MayNot(verb)
        await looked_at(visitor.request)
        return visitor

    return Depends(allowed)
