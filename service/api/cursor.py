"""Opaque cursors: where the next page begins, signed so that nobody builds one by hand."""

import base64
import hashlib
import hmac
import json
from typing import Any

from service.api.problem import Trespass


def pack(place: list[Any], asked: str, secret: bytes) -> str:
    """A cursor at a place, good for the same question only."""
    text = json.dumps([place, asked], separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(_seal(text, secret) + text).decode().rstrip("=")


def unpack(cursor: str, asked: str, secret: bytes) -> list[Any]:
    """The place. Raises Trespass 400 for a cursor that is not ours, or belongs to another question."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        seal, text = raw[:16], raw[16:]
        if hmac.compare_digest(seal, _seal(text, secret)):
            place, question = json.loads(text)
            if question == asked:
                return list(place)
    except ValueError:
        pass  # not base64, or not JSON: told below
    raise Trespass(400, "cursor")


def _seal(text: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, text, hashlib.sha256).digest()[:16]
