"""Every write may carry an Idempotency-Key: this stands between the limits and the doors, so that no door need know of it."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.exceptions import InvalidTag
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.access import key, signing_in
from service.api import idempotency
from service.api.gate import COOKIE
from service.api.idempotency import Going, Other, Told, Write
from service.api.limits import LIMITED
from service.api.problem import answer, database_gone
from service.desk import Desk
from service.words import say

log = logging.getLogger("guantong.api")
METHODS = ("POST", "PUT", "PATCH", "DELETE")
FORM = re.compile(r"[\x21-\x7e]{1,200}")
NOT_DONE = (401, 403, 409, 412, 413, 428, 429)
"""Answers that say nothing was done because of the moment: the same write may be tried again under its key."""


class Writes:
    """Looks a write's key up before it is done, and keeps the answer before it is told."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app, self.desk = app, desk
        self._going: set[Write] = set()
        self._unfreed: set[Write] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        write = scope["type"] == "http" and scope["method"] in METHODS and scope["path"].startswith(LIMITED)
        headers = Headers(scope=scope) if write else Headers()
        given = headers.get("idempotency-key")
        if given is None:
            await self.app(scope, receive, send)
            return
        if not FORM.fullmatch(given):
            await answer(Request(scope), 422, "key_form", say("problem.key_form"))(scope, receive, send)
            return
        body = await _whole(receive)
        try:
            await self._known(given, body, scope, receive, send)
        except DBAPIError as error:
            await database_gone(Request(scope), error)(scope, receive, send)

    async def _known(self, given: str, body: bytes | None, scope: Scope, receive: Receive, send: Send) -> None:
        caller = await run_in_threadpool(self._caller, Headers(scope=scope))
        if caller is None or body is None:  # the door says so; a caller who left before the body was here is owed nothing
            await self.app(scope, _again(body or b"", receive, gone=body is None), send)
            return
        address = scope["raw_path"] + b"?" + scope["query_string"]
        await self._once(Write.of(caller, given, scope["method"], address, body), scope, _again(body, receive), send)

    def _caller(self, headers: Headers) -> str | None:
        now, scheme = self.desk.clock(), headers.get("authorization")
        token = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        with self.desk.store.look() as session:
            if scheme is not None:
                found = key.caller_of(session, scheme.partition(" ")[2].strip(), now)
            else:
                found = signing_in.caller_of(session, token, now) if token else None
        return found.name if found else None

    async def _once(self, write: Write, scope: Scope, receive: Receive, send: Send) -> None:
        response: ASGIApp
        try:
            told = await run_in_threadpool(idempotency.begin, self.desk, write, self._going)
        except Other:
            response = answer(Request(scope), 422, "key_other", say("problem.key_other"))
        except Going:
            response = answer(Request(scope), 409, "key_going", say("problem.key_going"), headers={"Retry-After": "1"})
        except InvalidTag:  # the office's key was replaced: the answer is lost, and doing it again is not ours to decide
            response = answer(Request(scope), 409, "key_lost", say("problem.key_lost"))
        else:
            if told is None:
                await self._done(write, scope, receive, send)
                return
            response = Response(told.body, told.status, {**told.headers, "Idempotent-Replay": "true"})
        await response(scope, receive, send)

    async def _done(self, write: Write, scope: Scope, receive: Receive, send: Send) -> None:
        heard, told = _Heard(), None
        with self._at(write):
            try:
                await self.app(scope, receive, heard)
                told = heard.lasting()
            finally:  # kept before it is told: a caller who hears it lost in between hears it again; failed or cut off, the key is free
                await self._noted(write, told)
        for message in heard.messages:
            await send(message)

    @contextmanager
    def _at(self, write: Write) -> Iterator[None]:
        """This process is at it."""
        self._going.add(write)
        try:
            yield
        finally:
            self._going.discard(write)

    async def _noted(self, write: Write, told: Told | None) -> None:
        """Keep the answer, or (None) free the key. Where the database is gone, the key is freed with the next write that comes."""
        try:
            if told is not None:
                await run_in_threadpool(idempotency.end, self.desk, write, told)
            else:
                await run_in_threadpool(idempotency.give_up, self.desk, write)
            while self._unfreed:
                await run_in_threadpool(idempotency.give_up, self.desk, next(iter(self._unfreed)))
                self._unfreed.pop()
        except SQLAlchemyError as error:
            self._unfreed.add(write)
            log.warning("answer not kept: %s", type(error).__name__)


class _Heard:
    """An answer, held back."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        self.messages.append(message)

    def lasting(self) -> Told | None:
        """The answer, where the same write is to be answered so again.

        A sealed value (no-store) is kept nowhere, not even encrypted: who asks again is put on record again.
        """
        if not self.messages:
            return None
        first, rest = self.messages[0], self.messages[1:]
        status, headers = first["status"], dict(Headers(raw=first["headers"]))
        if status >= 500 or status in NOT_DONE or "no-store" in headers.get("cache-control", ""):
            return None
        return Told(status, headers, b"".join(one.get("body", b"") for one in rest))


async def _whole(receive: Receive) -> bytes | None:
    """The body; None when the caller left, or sent more than may come."""
    pieces = []
    while (message := await receive())["type"] == "http.request":
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
    return None


def _again(body: bytes, receive: Receive, *, gone: bool = False) -> Receive:
    """Gives the body to the door as if it came now."""
    given = gone

    async def giving() -> Message:
        nonlocal given
        if given:
            return {"type": "http.disconnect"} if gone else await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return giving
