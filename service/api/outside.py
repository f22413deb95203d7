"""The way to the identity provider and back (统一身份认证登录)."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from service.access.outside import PATIENCE, Journey, Outside, member_outside
from service.access.signing_in import open_session
from service.api.gate import Here
from service.api.living import Living
from service.api.problem import Problem, Trespass
from service.api.session import set_cookie
from service.errors import Refusal
from service.settings import LOOPBACK

TRAVELLING = "guantong-outside"
WAY = "/signin/oidc"
REFUSED = {
    403: {"model": Problem, "description": "The provider's answer does not hold, or nobody here is known by it"},
    404: {"model": Problem, "description": "No provider is set (GUANTONG_OIDC_ISSUER)"},
    409: {"model": Problem, "description": "This machine has no key"},
    503: {"model": Problem, "description": "The provider does not answer"},
}
router = APIRouter(tags=["session"], responses={**REFUSED})  # type: ignore[dict-item]


@router.get(WAY, status_code=303, response_class=RedirectResponse)
def go_outside(request: Request, here: Here, next: str = "/") -> Response:
    """To the identity provider; `next` is the path on this site to come back to."""
    found, key = _provider(here)
    url, journey = found.send(str(request.url_for("come_back")), _inside(next), here.desk.clock())
    response = RedirectResponse(url, 303)
    response.set_cookie(
        TRAVELLING, journey.ticket(key), max_age=int(PATIENCE.total_seconds()), path=WAY, httponly=True, samesite="lax",
        secure=request.url.hostname not in LOOPBACK,
    )  # fmt: skip
    return response


@router.get(f"{WAY}/return", status_code=303, response_class=RedirectResponse)
def come_back(request: Request, here: Here) -> Response:
    """Back from the identity provider: the session's cookie, and on to where one wanted to go."""
    found, key = _provider(here)
    now = here.desk.clock()
    try:
        journey = Journey.from_ticket(request.cookies.get(TRAVELLING), key, now)
        outside_id = found.received(journey, request.query_params, now)
        with here.desk.store.change() as session:
            token = open_session(session, member_outside(session, outside_id), now, second_factor=False)
    except Refusal as refusal:
        raise Trespass(403, "outside", why=str(refusal)) from refusal
    response = RedirectResponse(journey.next, 303)
    response.delete_cookie(TRAVELLING, path=WAY)
    set_cookie(request, response, token)
    return response


def _provider(here: Living) -> tuple[Outside, bytes]:
    if here.desk.settings.provider is None:
        raise Trespass(404, "no_provider")
    if here.desk.key is None:
        raise Trespass(409, "no_key")
    try:
        return Outside.discover(here.desk.settings.provider), here.desk.key.derived("outside")
    except Refusal as refusal:
        raise Trespass(403, "outside", why=str(refusal)) from refusal


def _inside(path: str) -> str:
    """The path when it is one of ours, else the first page: nobody is sent on to another site."""
    parts = urlsplit(path)
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return path if ours and path.isprintable() else "/"
