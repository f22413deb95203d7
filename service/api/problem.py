"""Problems as RFC 9457 has them (application/problem+json): a stable code, what is wrong where, and what would be right."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from datasets.strict_yaml import Mistakes
from service.access.role import right
from service.errors import BadSetting, Busy, Conflict, NothingFound, Refusal, Trouble
from service.words import say

log = logging.getLogger("guantong.api")
MEDIA = "application/problem+json"
ABOUT = "urn:guantong:problem:"
Found = TypeVar("Found")
STATUS: dict[type[Trouble], int] = {NothingFound: 404, BadSetting: 500, Busy: 503, Conflict: 409, Refusal: 422, Trouble: 500}
"""The kinds of trouble and how HTTP calls them; a subclass goes by its nearest parent."""


class FieldError(BaseModel):
    """One thing wrong, and where: a JSON pointer into the body, or the name of a parameter or header."""

    where: str
    code: str
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    """`urn:guantong:problem:` and the code, which never changes its meaning."""
    title: str
    status: int
    detail: str
    instance: str
    """The request's id, as the log has it."""
    errors: list[FieldError] = []


class Trespass(Exception):
    """A request that is refused at the door: status, stable code, and headers that belong to it."""

    def __init__(
        self, status: int, code: str, errors: Sequence[FieldError] = (), headers: dict[str, str] | None = None, **values: object
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.errors, self.headers, self.values = status, code, list(errors), headers or {}, values

    @property
    def detail(self) -> str:
        """What went wrong, in the language spoken."""
        return say(f"problem.{self.code}", **self.values)


class MayNot(Trespass):
    """403: the caller lacks a right; platforms are told its verb too, which is what the scopes of a key are written in."""

    def __init__(self, verb: str) -> None:
        super().__init__(403, "may_not", verb=verb)
        self.verb = verb

    @property
    def detail(self) -> str:
        return say("problem.may_not", right=right(self.verb), verb=self.verb)


def there(found: Found | None) -> Found:
    """What was looked for among what the caller sees. Raises Trespass 404."""
    if found is None:
        raise Trespass(404, "not_there")
    return found


def answer(
    request: Request,
    status: int,
    code: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """A problem as the response."""
    body = Problem(
        type=ABOUT + code, title=HTTPStatus(status).phrase, status=status, detail=detail,
        instance=f"urn:request:{getattr(request.state, 'id', '-')}", errors=list(errors),
    )  # fmt: skip
    return JSONResponse(body.model_dump(mode="json"), status, headers=headers, media_type=MEDIA)


def tell_problems(app: FastAPI) -> None:
    """The one table of exceptions and what they become."""
    table: dict[Any, Callable[[Request, Any], Awaitable[Response]]] = {
        Trouble: _trouble, Trespass: _trespass, RequestValidationError: _invalid, HTTPException: _http, Mistakes: _mistakes, Exception: _fault,
        OperationalError: _gone, InterfaceError: _gone, ClientDisconnect: _hung_up,
    }  # fmt: skip
    for kind, handler in table.items():
        app.add_exception_handler(kind, handler)


def database_gone(request: Request, error: Exception) -> Response:
    """The database does not answer, or is restarting: 503, with what was wrong in the log only."""
    log.warning("database: %s", type(error).__name__)
    return answer(request, 503, "database", say("problem.database"), headers={"Retry-After": "2"})


async def _gone(request: Request, error: Exception) -> Response:
    return database_gone(request, error)


async def _hung_up(request: Request, error: ClientDisconnect) -> Response:
    return Response(status_code=400)  # nobody hears it; but it is no fault of ours, which the log would take it for


async def _trouble(request: Request, trouble: Trouble) -> Response:
    status = next(STATUS[kind] for kind in type(trouble).__mro__ if kind in STATUS)
    return answer(request, status, trouble.key, str(trouble), headers={"Retry-After": "5"} if status == 503 else None)


async def _trespass(request: Request, problem: Trespass) -> Response:
    return answer(request, problem.status, problem.code, problem.detail, problem.errors, problem.headers)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    errors = [FieldError(where=_pointer(one["loc"]), code=str(one["type"]), detail=str(one["msg"])) for one in error.errors()]
    return answer(request, 422, "invalid", say("problem.invalid", count=len(errors)), errors)


async def _http(request: Request, error: HTTPException) -> Response:
    known = {404: "no_such_page", 405: "wrong_method"}
    code = known.get(error.status_code, "http")
    return answer(request, error.status_code, code, say(f"problem.{code}"), headers=dict(error.headers or {}))


async def _mistakes(request: Request, mistakes: Mistakes) -> Response:
    errors = [FieldError(where="", code="mistake", detail=str(one)) for one in mistakes.mistakes]
    return answer(request, 503, "book", say("problem.book", count=len(errors)), errors)


async def _fault(request: Request, fault: Exception) -> Response:
    """A fault of ours: the log has where, the caller its number; what it was about may hold secrets."""
    return answer(request, 500, "fault", say("problem.fault"))


def _pointer(place: Sequence[Any]) -> str:
    """`body, 0, amount` as /0/amount; of a query or header, its name."""
    first, *rest = place
    return "/" + "/".join(str(one) for one in rest) if first == "body" else str(rest[0] if rest else first)
