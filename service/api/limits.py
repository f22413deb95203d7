"""Limits: how large a request may be, and how many a caller may make; every answer says what is left (RateLimit, draft-ietf-httpapi-ratelimit-headers)."""

import hashlib
import math
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.gate import COOKIE
from service.api.problem import answer
from service.words import say

LIMITED = "/api/"
MIB = 1 << 20
MOST_BYTES, LARGER = 16 * MIB, {"/api/v1/files": 256 * MIB, "/data/imports": 256 * MIB, "/api/v1/screenings": 64 * MIB}
"""Bytes of a request's body; by path, where it may be larger."""
REPORT_OF_UNIT, REPORT_BYTES = re.compile(r"/unit/\d+/report"), 256 * MIB
"""The same of the form by which a unit reports, with files: all that it may send (service.rectifying.attached), and room to say what is too much."""
KNOWN_CALLERS = 10_000
"""Callers whose buckets are kept; the one that was silent longest is forgotten first, and begins with a full bucket."""


def most_bytes(path: str) -> int:
    """How many bytes the body of a request to this path may have."""
    path = path.rstrip("/")
    return REPORT_BYTES if REPORT_OF_UNIT.fullmatch(path) else LARGER.get(path, MOST_BYTES)


@dataclass
class Buckets:
    """A bucket of tokens for each caller, in this process: `burst` at once, and `rate` a second in the long run."""

    rate: float
    burst: int
    clock: Callable[[], float] = monotonic
    _held: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def take(self, caller: str) -> tuple[int, float]:
        """Take a token; returns how many are left (-1: there was none) and in how many seconds there is one again (0: now)."""
        now = self.clock()
        with self._turn:
            tokens, then = self._held.pop(caller, (float(self.burst), now))
            tokens = min(float(self.burst), tokens + (now - then) * self.rate)
            granted = tokens >= 1
            tokens -= 1 if granted else 0
            self._held[caller] = (tokens, now)
            if len(self._held) > KNOWN_CALLERS:
                self._held.popitem(last=False)
        return (int(tokens) if granted else -1), max(0.0, (1 - tokens) / self.rate)

    @property
    def policy(self) -> str:
        return f'"caller";q={self.burst};w={math.ceil(self.burst / self.rate)}'


class Limits:
    """Refuses what is too much: 413 for bytes, 429 for requests, before anything is read or done."""

    def __init__(self, app: ASGIApp, buckets: Buckets | None) -> None:
        self.app, self.buckets = app, buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(LIMITED):
            await self.app(scope, receive, send)
            return
        send, wait = self._counted(Headers(scope=scope), scope, send)
        request = Request(scope)
        if wait is not None:
            detail = say("problem.too_often", seconds=wait)
            await answer(request, 429, "too_often", detail, headers={"Retry-After": str(wait)})(scope, receive, send)
            return
        most, given = most_bytes(scope["path"]), Headers(scope=scope).get("content-length", "0")
        if given.isdecimal() and int(given) > most:
            await self._too_large(request, most)(scope, receive, send)
            return
        bounded = _Bounded(receive, most)
        await self.app(scope, bounded, self._unless_too_large(bounded, request, scope, send))

    def _unless_too_large(self, bounded: "_Bounded", request: Request, scope: Scope, send: Send) -> Send:
        """For a body that said nothing of its length, or not the truth: whatever is answered to half of it, 413 is sent."""
        told = False

        async def sending(message: Message) -> None:
            nonlocal told
            if not bounded.broken:
                await send(message)
            elif not told:
                told = True
                await self._too_large(request, bounded.most)(scope, bounded, send)

        return sending

    def _counted(self, headers: Headers, scope: Scope, send: Send) -> tuple[Send, int | None]:
        if self.buckets is None:
            return send, None
        left, seconds = self.buckets.take(caller_of(headers, scope))
        wait = math.ceil(seconds)
        told = {"RateLimit-Policy": self.buckets.policy, "RateLimit": f'"caller";r={max(left, 0)};t={wait}'}

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(told)
            await send(message)

        return telling, wait if left < 0 else None

    def _too_large(self, request: Request, most: int) -> ASGIApp:
        return answer(request, 413, "too_large", say("problem.too_large", most=most))


class _Bounded:
    """The body as it comes in, up to a bound; behind that the caller is gone, as far as the service can tell."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self.most, self._left, self.broken = receive, most, most, False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self.broken = self.broken or self._left < 0
        return {"type": "http.disconnect"} if self.broken else message


def caller_of(headers: Headers, scope: Scope) -> str:
    """Whom a request counts for: its credential (hashed), else its address. A wrong credential is a caller of its own."""
    given = headers.get("authorization") or cookie_parser(headers.get("cookie", "")).get(COOKIE)
    if given:
        return hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()
    return str((scope.get("client") or ("-",))[0])
