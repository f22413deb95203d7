"""Doors of triage: taking, dismissing, giving back, handing over, undoing; of one alert or of several, from the queue and the alert's page."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from service.api.problem import Trespass
from service.console.rows import rows
from service.console.visitor import Visitor, visits
from service.store.triage import Move
from service.triage import deciding, transferring
from service.triage.deciding import REASONS, WRONG
from service.triage.many import Done, each
from service.triage.moving import By
from service.triage.offices import Office, offices
from service.triage.undoing import SHOWN, undo
from service.words import say

router = APIRouter()
Judge = Annotated[Visitor, visits("alerts.judge")]
Version = Annotated[int, Form(ge=1)]
Text = Annotated[str, Form(max_length=2000)]
ASKS = {
    "dismiss": "ask_dismiss.html",
    "transfer": "ask_transfer.html",
    "wrong": "ask_wrong.html",
    "accept": "ask_accept.html",
    "send_back": "ask_send_back.html",
}
"""Verb -> the dialog that asks what must be known first."""
MOST = 200
"""Alerts that are decided at once: more than a person can have looked at is no triage."""
Act = Callable[[Session, By, str, int], Move]


@router.get("/alerts/{alert}/ask/{verb}")
def ask(me: Judge, alert: str, verb: str, version: int = 1) -> HTMLResponse:
    """The dialog before a decision about one alert."""
    return _asked(me, verb, [(alert, version)])


@router.post("/alerts/{alert}/decide/{verb}")
def decide(
    me: Judge, alert: str, verb: str, version: Version, kind: Text = "", reason: Text = "", office: Text = ""
) -> HTMLResponse:
    """Decide about one alert; answers with its row as it is then, and how to undo it."""
    act = _act(me, verb, kind, reason.strip(), office)
    with me.here.desk.store.change() as session:
        move = act(session, _by(me), alert, version)
        number = move.move_id
    return _told(me, [alert], say(f"queue.done.{verb}"), number)


@router.post("/undo/{move}")
def take_back(me: Judge, move: int) -> HTMLResponse:
    """Undo one's own move, and those made with it."""
    with me.here.desk.store.change() as session:
        prints = [one.fingerprint for one in undo(session, _by(me), move)]
    return _told(me, prints, say("queue.done.undo", count=len(prints)), None, done="")


@router.post("/alerts/{alert}/answer")
def answer(me: Judge, alert: str, version: Version, take: Text = "", reason: Text = "") -> HTMLResponse:
    """Take what another office handed over, or send it back."""
    with me.here.desk.store.change() as session:
        transferring.answer(session, _by(me), alert, version, take=take == "1", reason=reason.strip())
    return _told(me, [alert], say("queue.done.taken" if take == "1" else "queue.done.sent_back"), None)


@router.post("/many/ask/{verb}")
def ask_many(me: Judge, verb: str, alerts: Text) -> HTMLResponse:
    """The preview of a decision about several alerts: which they are, what is asked for."""
    return _asked(me, verb, _several(alerts))


@router.post("/many/decide/{verb}")
def decide_many(me: Judge, verb: str, alerts: Text, kind: Text = "", reason: Text = "", office: Text = "") -> HTMLResponse:
    """Decide about several alerts; those that somebody else changed stay as they are, and are told."""
    act = _act(me, verb, kind, reason.strip(), office)
    some = _several(alerts)
    with me.here.desk.store.change() as session:
        done: Done = each(session, _by(me), some, lambda by, name, version: act(session, by, name, version))
        moved, first = [one.fingerprint for one in done.moves], done.moves[0].move_id if done.moves else None
    said = say("queue.done.many", count=len(moved), what=say(f"queue.done.{verb}"))
    return _told(me, moved, said, first, refused=list(done.refused.values()), seen=[name for name, _ in some])


def _act(me: Visitor, verb: str, kind: str, reason: str, office: str) -> Act:
    """What a verb does, with what the dialog asked for. Raises Trespass for what makes no sense."""
    if verb == "accept":
        return deciding.accept
    if verb == "dismiss" and kind in REASONS:
        why = say(f"queue.reason.{kind}") + (say("queue.reason_more", text=reason) if reason else "")
        return lambda session, by, name, version: deciding.dismiss(session, by, name, version, why)
    if verb == "wrong" and kind in WRONG and reason:
        return lambda session, by, name, version: deciding.give_back(session, by, name, version, kind, reason)
    if verb == "transfer" and reason and (to := _offices(me).get(office)) is not None:
        handover = me.here.desk.handover
        return lambda session, by, name, version: transferring.transfer(session, by, name, version, to, reason, handover)
    raise Trespass(422, "invalid", count=1)


def _asked(me: Visitor, verb: str, alerts: list[tuple[str, int]]) -> HTMLResponse:
    if verb not in ASKS:
        raise Trespass(404, "no_such_page")
    with me.here.reading() as seen:
        told = rows(seen, me, [name for name, _ in alerts])
    to = _offices(me) if verb == "transfer" else {}
    return me.show(
        ASKS[verb], verb=verb, rows=told, alerts=",".join(f"{name}:{version}" for name, version in alerts), reasons=REASONS, wrongs=WRONG,
        offices=[one for one in to.values() if len(told) != 1 or one.name != told[0].office],
    )  # fmt: skip


def _told(
    me: Visitor, prints: list[str], said: str, move: int | None, *, done: str = "done", refused: list[str] | None = None,
    seen: list[str] | None = None,
) -> HTMLResponse:  # fmt: skip
    """The rows as they are now, each in its place, and a few words with the way back."""
    with me.here.reading() as reading:
        told = rows(reading, me, seen or prints)
    alone = "/alerts/" in me.request.headers.get("HX-Current-URL", "")
    return me.show(
        "decided.html", rows=told, said=said, move=move, seconds=int(SHOWN.total_seconds()), done=done, moved=prints, alone=alone,
        refused=refused or [], judge=True,
    )  # fmt: skip


def _several(alerts: str) -> list[tuple[str, int]]:
    """`AL1:3,AL2:1` as fingerprints and versions. Raises Trespass 422."""
    found = []
    for one in alerts.split(","):
        name, _, version = one.partition(":")
        if not name or not version.isdecimal():
            raise Trespass(422, "invalid", count=1)
        found.append((name, int(version)))
    if len(found) > MOST:
        raise Trespass(422, "invalid", count=len(found))
    return found


def _offices(me: Visitor) -> dict[str, Office]:
    with me.here.tables() as tables:
        return offices(tables)


def _by(me: Visitor) -> By:
    return By(me.caller, me.here.desk.clock())
