"""Events for other platforms, fetched in pages or streamed; nothing in them names a person."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse, ServerSentEvent

from service.access.caller import Caller
from service.api.cursor import pack, unpack
from service.api.gate import Here, may
from service.api.living import Living
from service.api.problem import FieldError, Problem, Trespass
from service.nearest import nearest
from service.news import feed
from service.news.cloud import CloudEvent, kind_of, source_of, type_of
from service.news.owner import caller_named
from service.store.outbox import kinds
from service.words import say

router = APIRouter(tags=["events"])
Hears = Annotated[Caller, may("events.read")]
Types = Annotated[list[Annotated[str, Field(max_length=100)]] | None, Query(max_length=50)]
STALE: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The cursor is not ours, or belongs to another caller"}
}
EVERY_SECONDS, BEAT_SECONDS, AT_ONCE = 1.0, 15, 100
LONGEST = timedelta(hours=1)
"""A stream ends after an hour and is taken up again by the client, as SSE has it."""


class EventPage(BaseModel):
    """A page of events."""

    events: list[CloudEvent]
    next: str
    """Where to go on, now or later: good for this caller and these types."""
    more: bool
    """Whether there is more at once."""


class EventType(BaseModel):
    """A type of event."""

    type: str
    title: dict[str, str]
    about: str
    needs: str
    """What the caller must be allowed to hear of it."""
    data: list[str]


@router.get("/events/kinds")
def list_event_types(caller: Hears) -> list[EventType]:
    """Every type of event, and what its `data` may hold besides the reference."""
    return [
        EventType(
            type=type_of(name), title=kind.title.model_dump(), about=kind.about, needs=kind.needs, data=[*kind.data, *kind.wide]
        )
        for name, kind in sorted(kinds().items())
    ]


@router.get("/events", responses=STALE)
def list_events(
    caller: Hears,
    here: Here,
    after: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    types: Types = None,
) -> EventPage:
    """CloudEvents that the caller may hear of, oldest first, from the beginning or behind a cursor.

    Keep `next` and ask with it as `after` next time: nothing is left out and nothing told twice. A page may be short, or empty,
    while `more` is true: go on.
    """
    wanted = asked_kinds(types or [])
    question = _question(caller, wanted)
    place = unpack(after, question, here.secret)[0] if after is not None else 0
    with here.desk.store.look() as session:
        page = feed.read(session, caller, source_of(here.desk.key), place, limit, wanted)
    return EventPage(events=[one for _, one in page.events], next=pack([page.after], question, here.secret), more=page.more)


@router.get(
    "/events/stream",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events as they happen"}, **STALE},
)
async def stream_events(
    request: Request,
    caller: Hears,
    here: Here,
    types: Types = None,
    last_event_id: Annotated[str | None, Header(max_length=500)] = None,
) -> EventSourceResponse:
    """The same events as they happen (server-sent events): from now on, or behind `Last-Event-ID`, without gap.

    A comment every 15 seconds shows that it lives. It ends after an hour, or when the service stops; clients come back by themselves.
    """
    wanted = asked_kinds(types or [])
    question = _question(caller, wanted)
    place = unpack(last_event_id, question, here.secret)[0] if last_event_id else await run_in_threadpool(_newest, here)
    return EventSourceResponse(_told(here, caller, question, wanted, place), ping=BEAT_SECONDS, sep="\n")


async def _told(here: Living, caller: Caller, question: str, wanted: set[str], place: int) -> AsyncIterator[ServerSentEvent]:
    ends = here.desk.clock() + LONGEST
    yield ServerSentEvent(retry=2000, sep="\n")
    while here.desk.clock() < ends:
        page = await run_in_threadpool(_page, here, caller, place, wanted)
        if page is None:
            return
        for seq, one in page.events:
            yield ServerSentEvent(one.model_dump_json(), event=one.type, id=pack([seq], question, here.secret), sep="\n")
        place = page.after
        if not page.more:
            await asyncio.sleep(EVERY_SECONDS)


def _page(here: Living, caller: Caller, place: int, wanted: set[str]) -> feed.Page | None:
    """The next page, as the caller may hear it by now; None when it may no more, or the database is away."""
    try:
        with here.desk.store.look() as session:
            now = caller_named(session, caller.name, here.desk.clock())
            if now is None or not now.may("events.read"):
                return None
            return feed.read(session, now, source_of(here.desk.key), place, AT_ONCE, wanted)
    except SQLAlchemyError:
        return None


def _newest(here: Living) -> int:
    with here.desk.store.look() as session:
        return feed.newest(session)


def asked_kinds(types: list[str]) -> set[str]:
    """The kinds behind types. Raises Trespass 422, with the nearest right word for each that is none."""
    errors = [
        FieldError(
            where=f"/types/{place}",
            code="hook_kind",
            detail=say("problem.hook_kind", name=name, near=nearest(name, map(type_of, kinds()), "GET /events/kinds")),
        )
        for place, name in enumerate(types)
        if kind_of(name) is None
    ]
    if errors:
        raise Trespass(422, "invalid", errors, count=len(errors))
    return {kind for name in types if (kind := kind_of(name)) is not None}


def _question(caller: Caller, wanted: set[str]) -> str:
    return f"events {caller.name} {','.join(sorted(wanted))}"
