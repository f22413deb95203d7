"""Saved views: a question to the queue under a name, one's own or shared with one's office, each with its count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.console.asked import Asked
from service.errors import NothingFound, Refusal
from service.store import event
from service.store.event import Happening
from service.store.view import SavedView

LONGEST, MOST = 30, 40
"""Characters of a name; views of one owner."""


@dataclass(frozen=True)
class Saved:
    """A view in the list."""

    view_id: int
    name: str
    query: str
    count: int
    shared: bool
    own: bool


def offices_of(caller: Caller) -> list[str]:
    """The offices that a person's roles are bound to."""
    return sorted({one.bounds.office_id for one in caller.held if one.bounds.office_id is not None})


def saved(session: Session, caller: Caller, count: Callable[[Asked], int]) -> list[Saved]:
    """The caller's views and those shared with their offices, by name."""
    mine = or_(SavedView.owner == caller.name, SavedView.office_id.in_(offices_of(caller)))
    return [
        Saved(
            one.view_id,
            one.name,
            one.question,
            count(Asked.of(one.question)),
            one.office_id is not None,
            one.owner == caller.name,
        )
        for one in session.scalars(select(SavedView).where(mine).order_by(SavedView.name, SavedView.view_id))
    ]


def save(session: Session, caller: Caller, name: str, question: str, *, shared: bool, now: datetime) -> SavedView:
    """Keep a question under a name. Raises Refusal for no name, too many views, or sharing without an office."""
    name = name.strip()[:LONGEST]
    offices = offices_of(caller)
    if not name:
        raise Refusal("queue.view_name")
    if shared and not offices:
        raise Refusal("queue.view_no_office")
    if session.query(SavedView).filter_by(owner=caller.name).count() >= MOST:
        raise Refusal("queue.view_most", most=MOST)
    view = SavedView(
        name=name, question=Asked.of(question).query, owner=caller.name, office_id=offices[0] if shared else None, made_at=now
    )
    session.add(view)
    session.flush()
    if shared:
        told = {"name": name, "office": offices[0]}
        event.append(session, [Happening("view.shared", str(view.view_id), told)], caller.name, now)
    return view


def forget(session: Session, caller: Caller, view_id: int) -> None:
    """Delete one's own view. Raises NothingFound for another's."""
    view = session.get(SavedView, view_id)
    if view is None or view.owner != caller.name:
        raise NothingFound("queue.view_gone")
    session.delete(view)
