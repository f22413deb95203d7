"""Measures every request by its route: how long until it is answered, and a line in the log when it is done."""

import logging
from time import perf_counter

from prometheus_client import CollectorRegistry, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = CollectorRegistry(auto_describe=True)
SECONDS = Histogram(
    "guantong_request_seconds", "Seconds until a request is answered", ("method", "route", "status"), registry=REQUESTS,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)  # fmt: skip
NOWHERE = "-"
"""The route of an address that we do not have: strangers' guesses make no labels."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
log = logging.getLogger("guantong.request")


class Measured:
    """The application, measured; `prefix` is what its included routers are put under."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app, self.prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, status, answered = perf_counter(), 500, 0.0
        scope.setdefault("state", {})

        async def sending(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], perf_counter() - begun
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            method = scope["method"] if scope["method"] in METHODS else "OTHER"
            route = self._template(scope)
            SECONDS.labels(method, route, str(status)).observe(answered or perf_counter() - begun)
            state = scope["state"]
            told = {
                "request": state.get("id"), "method": method, "route": route, "status": status, "caller": state.get("caller"),
                "ms": round((perf_counter() - begun) * 1000, 1),
            }  # fmt: skip
            log.info("request", extra={"told": told})

    def _template(self, scope: Scope) -> str:
        """The route as it is declared; FastAPI tells that of an included router with or without its prefix, by version."""
        path = getattr(scope.get("route"), "path", None)
        if path is None:
            return NOWHERE
        under = scope["path"].startswith(self.prefix) and not path.startswith(self.prefix)
        return f"{self.prefix}{path}" if under else str(path)
