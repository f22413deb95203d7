"""The wire: one signed request to one receiver, to an address that was checked, within a time; redirects are not followed."""

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore2

from service.news.address import RefusedAddress, resolved
from service.settings import Network

WHOLE_SECONDS = 15.0
"""For one attempt from connecting to the answer's status: Standard Webhooks advises 15 to 30."""


@dataclass(frozen=True)
class Answer:
    """How an attempt went: the receiver's status, or what kept it from giving one."""

    status: int | None
    error: str | None
    ms: int
    retry_after: int | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Wire:
    """Sends. `allowed`: private networks that may be reached; `seconds`: for a whole attempt."""

    allowed: tuple[Network, ...] = ()
    seconds: float = WHOLE_SECONDS
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    """Trusts what this machine trusts (SSL_CERT_FILE names another list)."""

    def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        """One attempt. What the receiver says beyond its status is not read: it may not tell us anything, nor keep us."""
        begun = time.monotonic()
        status = error = retry_after = None
        try:
            status, retry_after = self._exchange(url, headers, body, begun + self.seconds)
        except RefusedAddress:
            error = "refused_address"
        except httpcore2.TimeoutException:
            error = "timeout"
        except httpcore2.ConnectError as failed:
            error = "tls" if isinstance(failed.__cause__ or failed.__context__, ssl.SSLError) else "connect"
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            error = "dropped"
        except OSError:  # the name leads nowhere
            error = "name"
        return Answer(status, error, round((time.monotonic() - begun) * 1000), retry_after)

    def _exchange(self, url: str, headers: dict[str, str], body: bytes, until: float) -> tuple[int, int | None]:
        scheme = url.partition(":")[0]
        backend = _Checked(scheme, self.allowed, until)
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self.seconds)
        with (
            httpcore2.ConnectionPool(ssl_context=self.tls, network_backend=backend, max_connections=1) as pool,
            pool.stream("POST", url, headers=[*headers.items()], content=body, extensions={"timeout": limits}) as answer,
        ):
            wait = dict(answer.headers).get(b"retry-after", b"")
            return answer.status, int(wait) if wait.isdigit() else None


class _Checked(httpcore2.NetworkBackend):
    """Connects to the very address it has checked, so that a name cannot lead elsewhere in between (DNS rebinding)."""

    def __init__(self, scheme: str, allowed: tuple[Network, ...], until: float) -> None:
        self._scheme, self._allowed, self._until = scheme, allowed, until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        address = resolved(host.strip("[]"), port, self._scheme, self._allowed)
        left = _left(self._until, timeout, httpcore2.ConnectTimeout)
        stream = httpcore2.SyncBackend().connect_tcp(address, port, left, local_address, socket_options or ())
        return _Timed(stream, self._until)


class _Timed(httpcore2.NetworkStream):
    """A stream that ends at a moment, however busily the other side drips."""

    def __init__(self, stream: httpcore2.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until, timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until, timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(self._until, timeout, httpcore2.ConnectTimeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float, timeout: float | None, late: type[httpcore2.TimeoutException]) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise late
    return left if timeout is None else min(left, timeout)
