"""The secrets that webhooks are signed with: encrypted by a key outside the database, two at a time while one follows the other."""

import base64
import os
import secrets
from collections.abc import Iterable
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from standardwebhooks.webhooks import Webhook

from datasets.key import Key, KeyProblem
from service.store.notice import Subscription

PREFIX, NONCE = "whsec_", 12


def new_secret() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(32)


def shown(secret: bytes) -> str:
    """The secret as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secret).decode("ascii")


def sealed(key: Key, subscription_id: str, secret: bytes) -> bytes:
    """Encrypted for this subscription only: moved to another row, it does not open."""
    nonce = os.urandom(NONCE)
    return nonce + _box(key).encrypt(nonce, secret, subscription_id.encode())


def opened(key: Key, subscription_id: str, kept: bytes) -> bytes:
    """The secret. Raises KeyProblem when it was encrypted with another key or was altered."""
    try:
        return _box(key).decrypt(kept[:NONCE], kept[NONCE:], subscription_id.encode())
    except InvalidTag as error:
        raise KeyProblem("this subscription's secret was sealed with another key, or was altered") from error


def in_force(key: Key, subscription: Subscription, now: datetime) -> tuple[bytes, ...]:
    """The secrets that sign now: the newest, and the older one while it still counts. Raises KeyProblem."""
    kept = [subscription.secret]
    if subscription.older_secret is not None and subscription.older_until is not None and now < subscription.older_until:
        kept.append(subscription.older_secret)
    return tuple(opened(key, subscription.subscription_id, one) for one in kept)


def signed(secrets: Iterable[bytes], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks, with a signature by each secret."""
    signatures = [Webhook(one).sign(message_id, now, body.decode("utf-8")) for one in secrets]
    return {
        "webhook-id": message_id, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": " ".join(signatures),
    }  # fmt: skip


def _box(key: Key) -> AESGCM:
    return AESGCM(key.derived("webhook"))
