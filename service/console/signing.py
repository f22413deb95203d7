"""Signing in and out (登录、退出), and one's own password."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from service.access import signing_in
from service.api.gate import COOKIE, Here
from service.api.session import set_cookie, totp_key
from service.console.page import written
from service.console.visitor import Visiting
from service.errors import Refusal
from service.words import say

router = APIRouter(include_in_schema=False)


@router.get("/signin")
def ask(request: Request, next: str = "/") -> Response:
    """The sign-in page."""
    return written(request, "signin.html", next=_inside(next), wrong="", login="")


@router.post("/signin")
def enter(
    request: Request,
    here: Here,
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    code: Annotated[str, Form(max_length=20)] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Open a session and go where the person wanted; else the page again, with what is wrong."""
    now = here.desk.clock()
    try:
        token = signing_in.enter(here.desk.store, login.strip(), password, now, code.strip() or None, totp_key(here))
    except Refusal as refusal:
        return written(request, "signin.html", status=401, next=_inside(next), wrong=str(refusal), login=login)
    response = RedirectResponse(_inside(next), 303)
    set_cookie(request, response, token)
    return response


@router.post("/signout")
def leave(request: Request, here: Here) -> Response:
    """End the session."""
    if token := request.cookies.get(COOKIE):
        with here.desk.store.change() as session:
            signing_in.sign_out(session, token)
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response


@router.get("/password")
def ask_password(me: Visiting) -> Response:
    """The page on which one changes one's own password; a first password must be changed before anything else."""
    return me.show("password.html", wrong="", must=me.caller.pending)


@router.post("/password")
def change_password(
    request: Request,
    me: Visiting,
    old: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Change it and go on to the first page."""
    wrong = "" if new == again else say("page.password.differ")
    token = request.cookies.get(COOKIE)
    if not wrong and token is not None:
        try:
            signing_in.change_password(me.here.desk.store, token, old, new, me.here.desk.clock())
        except Refusal as refusal:
            wrong = str(refusal)
    if wrong:
        return me.show("password.html", status=422, wrong=wrong, must=me.caller.pending)
    return RedirectResponse("/", 303)


def _inside(path: str) -> str:
    """The path when it is one of ours, else the first page: nobody is sent on to another site."""
    parts = urlsplit(path)
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme else "/"
