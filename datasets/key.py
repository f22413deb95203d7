"""The office's key (密钥): it makes pseudonyms and encrypts what is sealed, and lives in a file outside the lake."""

import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from datasets.contract import Seal

PREFIX: dict[Seal, str] = {
    "resident_id": "rid_",
    "bank_account": "acc_",
    "phone": "tel_",
    "person_name": "nam_",
    "device": "dev_",
}
_NONCE = 12


class KeyProblem(Exception):
    """The key is missing, is no key, or is not the key this lake was sealed with."""


class Key:
    """32 random bytes, from which every purpose gets a key of its own.

    `token(kind, value)` is the keyed pseudonym (假名): prefix + 20 hex of HMAC-SHA256.
    `encrypt` / `decrypt` are AES-256-GCM with a fresh nonce before each ciphertext.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise KeyProblem("a key is 32 bytes")
        self._purposes: dict[str, bytes] = {}
        self._secret = secret
        self._aes = AESGCM(self._for("vault"))

    @classmethod
    def from_file(cls, path: Path, *, create: bool = False) -> "Key":
        """Read a key file (64 hex digits); with `create` a missing one is made, readable by its owner only.

        Raises KeyProblem when there is no key at this path or the file holds something else.
        """
        if create and not path.exists():
            _make(path)
        try:
            return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))
        except FileNotFoundError as error:
            raise KeyProblem(f"no key at {path}") from error
        except ValueError as error:
            raise KeyProblem(f"{path} holds no key of 64 hex digits") from error

    def _for(self, purpose: str) -> bytes:
        if purpose not in self._purposes:
            self._purposes[purpose] = hmac.digest(self._secret, b"guantong:" + purpose.encode(), "sha256")
        return self._purposes[purpose]

    def derived(self, purpose: str) -> bytes:
        """32 bytes that are the key of one purpose, for whoever has a use of its own for them."""
        return self._for(purpose)

    def digest(self, purpose: str, value: str) -> str:
        """64 hex of the keyed hash of a value, for one purpose."""
        return hmac.digest(self._for(purpose), value.encode(), "sha256").hex()

    def tokens(self, kind: Seal, values: Iterable[str]) -> list[str]:
        """The pseudonyms of plain values, in their order."""
        key, prefix, digest = self._for(kind), PREFIX[kind], hmac.digest
        return [prefix + digest(key, value.encode(), "sha256").hex()[:20] for value in values]

    def token(self, kind: Seal, value: str) -> str:
        """The pseudonym of one plain value (see datasets.forms for making values plain)."""
        return self.tokens(kind, [value])[0]

    def encrypt(self, texts: Iterable[str]) -> list[bytes]:
        """nonce + ciphertext of each text."""
        listed = list(texts)
        noise = os.urandom(_NONCE * len(listed))
        encrypt = self._aes.encrypt
        return [
            (nonce := noise[at : at + _NONCE]) + encrypt(nonce, text.encode(), None)
            for at, text in zip(range(0, len(noise), _NONCE), listed, strict=True)
        ]

    def decrypt(self, sealed: bytes) -> str:
        """The text of one ciphertext. Raises KeyProblem when it was encrypted with another key or was altered."""
        try:
            return self._aes.decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode()
        except InvalidTag as error:
            raise KeyProblem("this was sealed with another key, or was altered") from error


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # somebody else was quicker: theirs is the key
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
