"""Tickets: texts that leave us and come back, sealed for one purpose so that nobody reads or makes them elsewhere."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


def sealed(key: bytes, about: str, text: str) -> str:
    """AES-256-GCM, in base64 for addresses; `about` must be the same when it is opened."""
    nonce = os.urandom(NONCE)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), about.encode())).decode()


def opened(key: bytes, about: str, ticket: str) -> str | None:
    """The text; None for what we did not seal for this."""
    try:
        raw = base64.urlsafe_b64decode(ticket.encode())
        return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], about.encode()).decode()
    except (ValueError, InvalidTag):  # no base64, too short, or not ours
        return None
