"""What went wrong, as a page that a person can read; other platforms get the same as a problem (service.api.problem)."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse

from service.access.role import right
from service.api.problem import MayNot, Trespass
from service.console.forms import told
from service.console.guard import is_page, tongue
from service.console.page import written
from service.console.visitor import Elsewhere
from service.errors import Trouble
from service.words import say

Handler = Callable[[Request, Any], Awaitable[Response]]
TOLD = {403: "forbidden", 404: "missing", 405: "missing", 409: "conflict", 413: "invalid", 422: "invalid", 503: "busy"}
"""Status -> which words; any other is a failure."""


def tell_people(app: FastAPI) -> None:
    """Let every problem on the way to a page become a page; those of the API stay as they are."""
    kinds: dict[Any, Any] = dict(app.exception_handlers)
    for kind, problem in kinds.items():
        if kind not in (Exception, 500):
            app.add_exception_handler(kind, _either_way(problem))
    app.add_exception_handler(Elsewhere, _elsewhere)
    app.add_exception_handler(Exception, _failed)


def _either_way(problem: Any) -> Handler:
    async def tell(request: Request, error: Any) -> Response:
        if not is_page(request.url.path):
            response: Response = await problem(request, error)
            return response
        await tongue(request)
        if isinstance(error, Trespass) and error.status == 401:
            return _to_sign_in(request)
        answer: Response = await problem(request, error)
        return refused(request, answer.status_code, _why(request, error))

    return tell


async def _elsewhere(request: Request, error: Any) -> Response:
    if "HX-Request" in request.headers:
        return Response(status_code=403, headers={"HX-Redirect": error.path})
    return RedirectResponse(error.path, 303)


async def _failed(request: Request, error: Exception) -> Response:
    """Nobody foresaw it: the log has it under the request's id, the person gets that id to tell."""
    await tongue(request)
    return refused(request, 500, "")


def refused(request: Request, status: int, why: str) -> Response:
    """The page of a refusal; for a script of ours a few words at the foot of the page it is on."""
    words = TOLD.get(status, "failed")
    told: dict[str, Any] = {
        "title": say(f"page.refused.{words}"),
        "next": say(f"page.refused.{words}_next"),
        "why": why,
        "http": status,
    }
    if "HX-Request" in request.headers:
        headers = {"HX-Retarget": "#said", "HX-Reswap": "innerHTML"}
        return written(request, "said_wrong.html", status=status, headers=headers, **told)
    return written(request, "refused.html", status=status, number=getattr(request.state, "id", "-"), **told)


def _to_sign_in(request: Request) -> Response:
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if "HX-Request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/signin"})
    return RedirectResponse("/signin" if path == "/" else f"/signin?next={quote(path)}", 303)


def _why(request: Request, error: Any) -> str:
    """A line for each thing that is wrong."""
    if isinstance(error, RequestValidationError):
        posted = [one for one in error.errors() if one["loc"][:1] == ("body",)]
        return "\n".join(dict.fromkeys(told(request, str(one["loc"][-1]), one) for one in posted))
    if isinstance(error, MayNot):
        return say("page.refused.may_not", right=right(error.verb))
    if isinstance(error, Trespass):
        return error.detail
    return str(error) if isinstance(error, Trouble) else ""
