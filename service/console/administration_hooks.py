"""Webhooks (事件推送): who is told of what and where, how deliveries went, paused, taken up, sent again, ended."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from service.api import subscriptions
from service.api.hook_shapes import Again, Change, Rotation, Wanted
from service.console.administration_asked import made
from service.console.casework_filled import Form
from service.console.data_imports import on
from service.console.visitor import Visitor, visits
from service.news.cloud import type_of
from service.store.outbox import kinds
from service.triage.hold import called
from service.words import either
from service.working_days import LOCAL

router = APIRouter()
Manager = Annotated[Visitor, visits("hooks.manage")]


@router.get("/admin/hooks")
def listed(me: Manager) -> HTMLResponse:
    """One's own subscriptions; who manages keys sees that others are there, never what they are told."""
    found = subscriptions.list_subscriptions(me.caller, me.here)
    with me.here.desk.store.look() as session:
        owners = called(session, [one.owner for one in found])
    titles = {type_of(name): either(kind.title) for name, kind in sorted(kinds().items())}
    return me.show("admin_hooks.html", hooks=found, owners=owners, kinds=titles)


@router.post("/admin/hooks")
def make(me: Manager, form: Form) -> HTMLResponse:
    """Have events sent to an address from now on; the secret is in this answer and never again."""
    asked = made(Wanted, url=form.text("url"), types=form.many("type"), entitled=form.yes("entitled"))
    one = subscriptions.make_subscription(asked, me.caller, me.here)
    return _page(me, one.subscription, secret=one.secret)


@router.get("/admin/hooks/{hook}")
def read(me: Manager, hook: str, cursor: str | None = None) -> HTMLResponse:
    """One subscription, how it fares, and (its owner's only) the delivery log with every attempt."""
    return _page(me, hook, cursor=cursor)


@router.post("/admin/hooks/{hook}/active")
def activate(me: Manager, hook: str, form: Form) -> Response:
    """Pause, or take up again where it stopped."""
    subscriptions.change_subscription(hook, Change(active=form.yes("active")), me.caller, me.here)
    return on(me, f"/admin/hooks/{hook}")


@router.post("/admin/hooks/{hook}/secret")
def rotate(me: Manager, hook: str) -> HTMLResponse:
    """A new secret, shown once; both sign for a day."""
    one = subscriptions.rotate_secret(hook, Rotation(), me.caller, me.here)
    return _page(me, hook, secret=one.secret)


@router.post("/admin/hooks/{hook}/replay")
def replay(me: Manager, hook: str, form: Form) -> Response:
    """Send one event again, or everything since a moment."""
    event = form.maybe("event")
    since = None if event else form.moment("since").replace(tzinfo=LOCAL)
    subscriptions.replay_deliveries(hook, made(Again, event=event, since=since), me.caller, me.here)
    return on(me, f"/admin/hooks/{hook}")


@router.post("/admin/hooks/{hook}/end")
def end(me: Manager, hook: str) -> Response:
    """End it: nothing more is sent, and its delivery log goes."""
    subscriptions.end_subscription(hook, me.caller, me.here)
    return on(me, "/admin/hooks")


def _page(me: Visitor, hook: str, *, secret: str | None = None, cursor: str | None = None) -> HTMLResponse:
    one = subscriptions.read_subscription(hook, me.caller, me.here)
    own = one.owner == me.caller.name
    log = subscriptions.list_deliveries(hook, me.caller, me.here, cursor=cursor, limit=50) if own else None
    titles = {type_of(name): either(kind.title) for name, kind in kinds().items()}
    with me.here.desk.store.look() as session:
        owner = called(session, [one.owner])[one.owner]
    return me.show("admin_hook.html", hook=one, own=own, owner=owner, log=log, kinds=titles, shown_once=secret)
