"""The envelope (信封加密): what is sealed carries the name of the data key it was encrypted with, and who checks it sees any change.

A ciphertext is `GTE2`, the number of its suite, 8 bytes that name the data key, a nonce of its own, and what the cipher made of the text.
Older ones (before there were data keys) are a nonce and AES-256-GCM under the office's key itself: they are told apart by
trying, because both kinds prove themselves.
"""

import os
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Suite = Literal["aes-256-gcm", "sm4-gcm"]
SUITES: tuple[Suite, ...] = ("aes-256-gcm", "sm4-gcm")
"""AES: NIST SP 800-38D. SM4: GB/T 32907-2016 in the same mode (GB/T 36624-2018, RFC 8998)."""
SECRET_BYTES: dict[Suite, int] = {"aes-256-gcm": 32, "sm4-gcm": 16}
MAGIC, NAME_BYTES, NONCE, TAG = b"GTE2", 8, 12, 16
_HEAD = len(MAGIC) + 1 + NAME_BYTES


class NotOurs(Exception):
    """This ciphertext was made with another key, or was altered."""


@dataclass(frozen=True)
class Box:
    """A cipher with its secret; each text gets a fresh nonce, and `about` must be the same when it is opened."""

    suite: Suite
    secret: bytes

    def seal(self, text: bytes, about: bytes) -> bytes:
        """nonce + ciphertext + tag."""
        nonce = os.urandom(NONCE)
        if self.suite == "aes-256-gcm":
            return nonce + AESGCM(self.secret).encrypt(nonce, text, about)
        made = Cipher(algorithms.SM4(self.secret), modes.GCM(nonce)).encryptor()
        made.authenticate_additional_data(about)
        return nonce + made.update(text) + made.finalize() + made.tag

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """The text. Raises NotOurs."""
        nonce, rest = sealed[:NONCE], sealed[NONCE:]
        if len(rest) < TAG:
            raise NotOurs
        try:
            if self.suite == "aes-256-gcm":
                return AESGCM(self.secret).decrypt(nonce, rest, about)
            opened = Cipher(algorithms.SM4(self.secret), modes.GCM(nonce, rest[-TAG:])).decryptor()
            opened.authenticate_additional_data(about)
            return opened.update(rest[:-TAG]) + opened.finalize()
        except InvalidTag as error:
            raise NotOurs from error


@dataclass(frozen=True)
class DataKey:
    """A data key (数据密钥) in clear: only ever in memory."""

    name: str
    """16 hex digits."""
    box: Box

    @property
    def head(self) -> bytes:
        """What a ciphertext under this key begins with."""
        return MAGIC + bytes([SUITES.index(self.box.suite)]) + bytes.fromhex(self.name)

    def seal(self, text: str) -> bytes:
        """The text as a whole ciphertext."""
        return self.seal_bytes(text.encode())

    def seal_bytes(self, content: bytes) -> bytes:
        """The same of a file's content."""
        return self.head + self.box.seal(content, self.head)

    def open(self, sealed: bytes) -> str:
        """The text of one ciphertext under this key. Raises NotOurs."""
        return self.open_bytes(sealed).decode()

    def open_bytes(self, sealed: bytes) -> bytes:
        """The same of a file's content. Raises NotOurs."""
        return self.box.open(sealed[_HEAD:], self.head)


def new_data_key(suite: Suite) -> DataKey:
    """A data key that nobody has yet."""
    return DataKey(os.urandom(NAME_BYTES).hex(), Box(suite, os.urandom(SECRET_BYTES[suite])))


def named_in(sealed: bytes) -> str | None:
    """The data key that a ciphertext names; None for one that was made before there were data keys."""
    if sealed[: len(MAGIC)] != MAGIC or len(sealed) < _HEAD + NONCE + TAG or sealed[len(MAGIC)] >= len(SUITES):
        return None
    return sealed[len(MAGIC) + 1 : _HEAD].hex()
