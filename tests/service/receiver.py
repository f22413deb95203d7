"""A receiver of webhooks for tests: a real HTTP server on this machine that can be told to misbehave."""

import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from standardwebhooks.webhooks import Webhook

Manner = int | str
"""A status to answer with, or `drop` (hang up), `drip` (a byte now and then), `sleep` (say nothing)."""


class Got(NamedTuple):
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


class Receiver:
    """Keeps what it got; `manner` decides how it answers each request."""

    def __init__(self, port: int = 0) -> None:
        self.got: list[Got] = []
        self.manner: Callable[[Got], Manner] = lambda _: 204
        self.seconds = 30.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = self.rfile.read(length)
                if len(body) < length:  # the sender was killed before all of it was out: that is no request
                    return
                got = Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                receiver._answer(self, got)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a sender that was killed is no news
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    def _answer(self, handler: BaseHTTPRequestHandler, got: Got) -> None:
        manner = self.manner(got)
        self.got.append(got)
        if manner == "drop":
            handler.connection.shutdown(socket.SHUT_RDWR)
        elif manner == "sleep":
            time.sleep(self.seconds)
        elif manner == "drip":
            for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"x" * 1000:
                handler.connection.sendall(bytes([byte]))
                time.sleep(0.05)
        else:
            handler.send_response(int(manner))
            if manner in (301, 302, 307):
                handler.send_header("location", f"{self.url}/elsewhere")
            handler.send_header("content-length", "0")
            handler.end_headers()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def subjects(self) -> dict[str, list[str]]:
        """Subject -> ids of the events in the order in which they first came."""
        found: dict[str, list[str]] = defaultdict(list)
        for one in self.got:
            event = one.event
            if event["id"] not in found[event["subject"]]:
                found[event["subject"]].append(event["id"])
        return dict(found)


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    receiver = Receiver(port)
    try:
        yield receiver
    finally:
        receiver.stop()


def verify(secret: str, got: Got) -> dict[str, Any]:
    """The event, proven by the receiver's own library. Raises WebhookVerificationError."""
    found: dict[str, Any] = Webhook(secret).verify(got.body, got.headers)
    return found
