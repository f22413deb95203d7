"""What guards the pages: which scripts may run, who may post here, in which language is spoken."""

from typing import Any

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.gate import from_this_site
from service.api.problem import Trespass
from service.settings import LANGUAGES
from service.words import say, speak

OUTSIDE = ("/api/", "/livez", "/readyz", "/metrics")
"""Paths that are no pages."""
POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    )
)  # fmt: skip
"""Everything from here and nothing inline."""
HEADERS = {
    "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}  # fmt: skip


def is_page(path: str) -> bool:
    """Whether a path belongs to the console."""
    return not path.startswith(OUTSIDE)


class Guard:
    """Refuses what other sites make a browser post, and gives every page its headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_page(scope["path"]):
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                put = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    put.setdefault(name, value)
                put.setdefault("Cache-Control", "no-store")  # what is shown to one person is kept by nobody
            await send(message)

        try:
            from_this_site(Request(scope))
        except Trespass as trespass:
            refused = PlainTextResponse(say(f"problem.{trespass.code}"), trespass.status)
            await refused(scope, receive, sending)
            return
        await self.app(scope, receive, sending)


async def tongue(request: Request) -> None:
    """Speak the language of the page: `?lang=en` for this page, else the switch's cookie, else Chinese. A dependency of every page."""
    asked: Any = request.query_params.get("lang") or request.cookies.get("lang")
    speak(asked if asked in LANGUAGES else "zh")
