"""The gate every request passes: its id, its language, who is calling, and whether they may."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from service.access import key, signing_in
from service.access.caller import Caller
from service.api.living import Living
from service.api.problem import MayNot, Trespass, answer
from service.words import say, speak

COOKIE = "guantong"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
bearer = HTTPBearer(auto_error=False, scheme_name="key", description="`gt_<id>_<secret>`, made by `guantong access key`")
cookie = APIKeyCookie(name=COOKIE, auto_error=False, scheme_name="session", description="A person's session in the console")


async def mark(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    """Give the request its id and its language (Accept-Language: zh unless en comes first)."""
    given = request.headers.get("X-Request-Id", "")
    request.state.id = given if given.isascii() and given.isprintable() and 0 < len(given) <= 64 else secrets.token_hex(8)
    speak("en" if request.headers.get("Accept-Language", "zh").strip().lower().startswith("en") else "zh")
    # no text of ours holds NUL, and PostgreSQL refuses it: nothing that is asked for by such a name is there
    response = answer(request, 404, "not_there", say("problem.not_there")) if _holds_nul(request) else await proceed(request)
    response.headers["X-Request-Id"] = request.state.id
    return response


def _holds_nul(request: Request) -> bool:
    return "\x00" in request.url.path or "%00" in request.url.path or "%00" in request.url.query


def living(request: Request) -> Living:
    """What this process holds."""
    held: Living = request.app.state.living
    held.edition.follow_beside()
    return held


Here = Annotated[Living, Depends(living)]


def identified(
    request: Request,
    here: Here,
    authorization: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    session_token: Annotated[str | None, Depends(cookie)],
) -> Caller:
    """Who is calling. Raises Trespass 401."""
    now = here.desk.clock()
    with here.desk.store.look() as session:
        caller = None
        if authorization is not None:
            caller = key.caller_of(session, authorization.credentials, now)
        elif session_token is not None:
            caller = signing_in.caller_of(session, session_token, now)
    if caller is None:
        raise Trespass(401, "who", headers={"WWW-Authenticate": "Bearer"})
    if authorization is None:
        from_this_site(request)
    request.state.caller = caller.name
    return caller


def from_this_site(request: Request) -> None:
    """Refuse what a page of another site makes a browser send with our cookie. Raises Trespass 403.

    Sec-Fetch-Site says it in every browser since 2023; before, Origin or Referer must name our own host. Keys need none of
    this: no browser adds them by itself.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        own = site in ("same-origin", "none")
    else:
        told = request.headers.get("Origin") or request.headers.get("Referer") or ""
        own = urlsplit(told).netloc != "" and urlsplit(told).netloc == request.headers.get("Host")
    if not own:
        raise Trespass(403, "other_site")


Identified = Annotated[Caller, Depends(identified)]


def may(verb: str) -> Any:
    """A dependency: the caller, who may do this. Raises Trespass 401 or 403."""

    def allowed(caller: Identified) -> Caller:
        return permitted(caller, verb)

    allowed.__name__ = f"may_{verb.replace('.', '_')}"
    return Depends(allowed)


def permitted(caller: Caller, verb: str) -> Caller:
    """The caller, who may do this. Raises Trespass 403."""
    if caller.pending:
        raise Trespass(403, "change_password")
    if not caller.may(verb):
        raise MayNot(verb)
    return caller
