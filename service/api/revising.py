"""Writes upon something the caller has seen (ETag, If-Match; RFC 9110): what somebody else changed meanwhile is not overwritten.

Whoever reads it is told its tag. A write upon it must send that tag back: 428 without, 412 when it is no more as the caller saw it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Concatenate, ParamSpec, Protocol, TypeVar

from fastapi import Depends, Header, Response
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.api.gate import Here, may
from service.api.living import Living
from service.api.problem import FieldError, Problem, Trespass
from service.casework.course import Acting
from service.errors import Conflict
from service.rectifying.seat import sit_down
from service.words import say

TAG = re.compile(r'^(?:W/)?"(\d{1,9})-[0-9a-f]{20}"$')
STALE: dict[int | str, dict[str, Any]] = {
    412: {"model": Problem, "description": "Somebody changed it since: read it again"},
    428: {"model": Problem, "description": "If-Match is missing"},
}
"""How a write refuses that did not see what is there: every such door declares it."""


class Versioned(Protocol):
    """What is told of something with versions."""

    version: int

    def model_dump_json(self) -> str: ...


Told = TypeVar("Told", bound=Versioned)
Said = ParamSpec("Said")
Tell = Callable[[Living, Session, Caller, int], Told]
"""How a door tells what has a number: here, to this caller."""


def tag(version: int, body: str) -> str:
    """The ETag of something as it is told: its version, which If-Match names, and what was told."""
    return f'"{version}-{hashlib.sha256(body.encode()).hexdigest()[:20]}"'


def tagged(response: Response, told: Told) -> Told:
    """The answer, with its ETag."""
    response.headers["ETag"] = tag(told.version, told.model_dump_json())
    return told


@dataclass(frozen=True)
class Visit:
    """Somebody's call at a door that tells what something is now, with its tag."""

    caller: Caller
    here: Living
    response: Response

    def read(self, number: int, tell: Tell[Told]) -> Told:
        """What it is."""
        with self.here.desk.store.look() as session:
            return self.told(session, number, tell)

    def told(self, session: Session, number: int, tell: Tell[Told]) -> Told:
        """What it has become."""
        return tagged(self.response, tell(self.here, session, self.caller, number))


@dataclass(frozen=True)
class Revision(Visit):
    """A write upon what its caller saw."""

    version: int

    @property
    def acting(self) -> Acting:
        """Who acts, without the lake's tables."""
        return sit_down(self.here.desk, self.caller).acting

    @contextmanager
    def change(self) -> Iterator[Session]:
        """One transaction. Raises Trespass 412 when somebody else was faster."""
        try:
            with self.here.desk.store.change() as session:
                yield session
        except Conflict as conflict:
            raise Trespass(412, "changed", [FieldError(where="If-Match", code="changed", detail=str(conflict))]) from conflict

    def take(
        self,
        step: Callable[Concatenate[Session, Acting, int, int, Said], object],
        number: int,
        tell: Tell[Told],
        *said: Said.args,
        **more: Said.kwargs,
    ) -> Told:
        """Take a step of the course that something has (`number`), and tell how it is now."""
        with self.change() as session:
            step(session, self.acting, number, self.version, *said, **more)
            return self.told(session, number, tell)


def visits(verb: str) -> Any:
    """A dependency: the call of somebody who may do this. Raises Trespass 401 or 403."""

    def visit(caller: Annotated[Caller, may(verb)], here: Here, response: Response) -> Visit:
        return Visit(caller, here, response)

    return Depends(visit)


def revises(verb: str) -> Any:
    """A dependency: the write of a caller who may do this, upon what they saw. Raises Trespass 401, 403, 428 or 412."""

    def revision(
        caller: Annotated[Caller, may(verb)], here: Here, response: Response, if_match: Annotated[str | None, Header()] = None
    ) -> Revision:
        return Revision(caller, here, response, _version(if_match))

    return Depends(revision)


def _version(if_match: str | None) -> int:
    if if_match is None:
        raise Trespass(428, "if_match")
    found = TAG.match(if_match.strip())
    if found is None:
        raise Trespass(412, "changed", [FieldError(where="If-Match", code="etag", detail=say("problem.if_match"))])
    return int(found[1])
