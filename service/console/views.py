"""Doors of saved views: keep the question one looks at, forget one's own."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse

from service.console.asked import Asked
from service.console.saved import forget, offices_of, save
from service.console.visitor import Visitor, visits

router = APIRouter()
Triager = Annotated[Visitor, visits("alerts.read")]


@router.get("/views/new")
def ask(me: Triager) -> HTMLResponse:
    """The dialog in which the question gets its name."""
    return me.show("view_new.html", question=Asked.of(me.request.url.query).query, can_share=bool(offices_of(me.caller)))


@router.post("/views")
def keep(
    me: Triager, name: Annotated[str, Form(max_length=100)], question: Annotated[str, Form(max_length=2000)] = "", shared: Annotated[str, Form()] = ""
) -> RedirectResponse:  # fmt: skip
    """Keep it, and go on looking at it."""
    with me.here.desk.store.change() as session:
        view = save(session, me.caller, name, question, shared=shared == "1", now=me.here.desk.clock())
        address = f"/?{view.question}"
    return RedirectResponse(address, 303)


@router.post("/views/{view}/forget")
def drop(me: Triager, view: int) -> RedirectResponse:
    """Forget one's own view."""
    with me.here.desk.store.change() as session:
        forget(session, me.caller, view)
    return RedirectResponse("/", 303)
