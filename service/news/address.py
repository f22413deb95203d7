"""Where webhooks may go: addresses of the open network, and the private ones that the office allows."""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit, urlunsplit

from service.settings import Network

Address = IPv4Address | IPv6Address
NAT64 = IPv6Network("64:ff9b::/96")


class RefusedAddress(Exception):
    """A name that leads to no address we may connect to."""


class BadUrl(ValueError):
    """A URL that no webhook can have; the message is a code."""


def plain_url(text: str, allowed: Iterable[Network]) -> str:
    """The URL as it is kept. Raises BadUrl: `scheme`, `host`, `login`, `private` (an address written out that is refused) or `long`."""
    try:
        parts = urlsplit(text.strip())
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except ValueError as error:  # no port number, half a bracket, a name that cannot be
        raise BadUrl("host") from error
    if parts.scheme not in ("http", "https"):
        raise BadUrl("scheme")
    if not host or not text.isprintable() or " " in text.strip():
        raise BadUrl("host")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("login")
    shown = f"[{host}]" if ":" in host else host
    url = urlunsplit((parts.scheme, f"{shown}:{port}" if port else shown, parts.path or "/", parts.query, ""))
    if len(url) > 1000 or not url.isascii():
        raise BadUrl("long" if url.isascii() else "host")
    try:
        literal = ip_address(host)
    except ValueError:
        return url
    if not may_go(literal, parts.scheme, allowed):
        raise BadUrl("private")
    return url


def may_go(address: Address, scheme: str, allowed: Iterable[Network]) -> bool:
    """Whether to connect: allowed networks always, the open network by https only."""
    inner = _embedded(address)
    if any(one in network for network in allowed for one in (address, inner) if one.version == network.version):
        return True
    return scheme == "https" and _open(address) and _open(inner)


def resolved(host: str, port: int, scheme: str, allowed: Iterable[Network]) -> str:
    """An address of the host that we may connect to, asked for now. Raises RefusedAddress, OSError when there is none at all."""
    networks = tuple(allowed)
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for text in found:
        if may_go(ip_address(text.split("%")[0]), scheme, networks):
            return text
    raise RefusedAddress


def _open(address: Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_unspecified)


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one leads to, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
