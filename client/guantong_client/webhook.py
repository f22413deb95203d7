"""Proving that a webhook came from the service (Standard Webhooks): signed with the subscription's secret, and not older than five minutes."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

PREFIX = "whsec_"
TOLERANCE_SECONDS = 300


class NotProven(Exception):
    """The message was not signed with the secret, or it is too old."""


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Raises NotProven unless `body` was signed with `secret` within five minutes of `now` (seconds since 1970).

    Of two signatures (while a secret is turned over) one suffices.
    """
    low = {name.lower(): value for name, value in headers.items()}
    try:
        identity, stamp, signatures = low["webhook-id"], low["webhook-timestamp"], low["webhook-signature"]
        age = abs(now - int(stamp))
    except (KeyError, ValueError) as error:
        raise NotProven("headers") from error
    if age > TOLERANCE_SECONDS:
        raise NotProven("timestamp")
    key = base64.b64decode(secret.removeprefix(PREFIX))
    right = base64.b64encode(hmac.digest(key, f"{identity}.{stamp}.".encode() + body, hashlib.sha256)).decode()
    given = [one.removeprefix("v1,") for one in signatures.split() if one.startswith("v1,")]
    if not any(hmac.compare_digest(right, one) for one in given):
        raise NotProven("signature")
