"""The office's key (密钥): it makes pseudonyms and encrypts what is sealed, and lives in a file outside the lake."""

import hmac
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

from datasets.contract import Seal
from datasets.envelope import DataKey, NotOurs, named_in
from datasets.envelope_file import Digest, KeyFile, bare, fresh, make_key_file, read_key_file
from datasets.envelope_master import KeyProblem
from datasets.envelope_ring import Ring

__all__ = ["PREFIX", "Key", "KeyProblem"]

PREFIX: dict[Seal, str] = {
    "resident_id": "rid_",
    "bank_account": "acc_",
    "phone": "tel_",
    "person_name": "nam_",
    "device": "dev_",
}
_NONCE = 12
MOST = 1_000_000
"""Texts encrypted with one data key: far below the 2^32 that random nonces of 96 bits allow (NIST SP 800-38D 8.3)."""


class Key:
    """A secret, from which every purpose gets a key of its own, and the master keys that wrap the data keys of a lake.

    `token(kind, value)` is the keyed pseudonym (假名): prefix + 20 hex of HMAC-SHA-256 (or HMAC-SM3).
    `encrypt` / `decrypt` are AES-256-GCM (or SM4-GCM) with a data key of the lake that `at` names, and a nonce of its own for each text.
    """

    def __init__(self, secret: bytes, file: KeyFile | None = None, told: Callable[[], KeyFile] | None = None) -> None:
        self.file = file or bare(secret)
        self.told = told or (lambda: self.file)
        self._purposes: dict[str, bytes] = {}
        self._aes = AESGCM(self._for("vault"))
        self._ring: Ring | None = None
        self._known: dict[str, DataKey] = {}
        self._own, self._used = "", 0

    @classmethod
    def from_file(cls, path: Path, *, create: bool = False) -> "Key":
        """Read a key file; with `create` a missing one is made, readable by its owner only.

        Raises KeyProblem when there is no key at this path or the file holds something else.
        """
        if create and not path.exists():
            make_key_file(path, fresh("aes-256-gcm", "sha256"))
        file = read_key_file(path)
        return cls(file.root, file, lambda: read_key_file(path))

    def at(self, folder: Path) -> "Key":
        """The same key with the data keys of the lake in this folder."""
        if self._ring is not None and self._ring.folder == Ring(folder).folder:
            return self
        bound = Key(self.file.root, self.file, self.told)
        bound._ring = Ring(folder)
        return bound

    @property
    def data_key(self) -> str:
        """The data key that this process encrypts with; empty before the first text."""
        return self._own

    def _for(self, purpose: str) -> bytes:
        if purpose not in self._purposes:
            self._purposes[purpose] = hmac.digest(self.file.root, b"guantong:" + purpose.encode(), "sha256")
        return self._purposes[purpose]

    def derived(self, purpose: str) -> bytes:
        """32 bytes that are the key of one purpose, for whoever has a use of its own for them."""
        return self._for(purpose)

    def digest(self, purpose: str, value: str) -> str:
        """64 hex of the keyed hash of a value, for one purpose."""
        return _keyed(self.file.digest, self._for(purpose), value.encode()).hex()

    def tokens(self, kind: Seal, values: Iterable[str]) -> list[str]:
        """The pseudonyms of plain values, in their order."""
        key, prefix, which = self._for(kind), PREFIX[kind], self.file.digest
        return [prefix + _keyed(which, key, value.encode()).hex()[:20] for value in values]

    def token(self, kind: Seal, value: str) -> str:
        """The pseudonym of one plain value (see datasets.forms for making values plain)."""
        return self.tokens(kind, [value])[0]

    def encrypt(self, texts: Iterable[str]) -> list[bytes]:
        """The ciphertext of each text, under a data key of the lake; a key of no lake encrypts by itself."""
        listed = list(texts)
        if self._ring is None:
            return self.at_home(listed)
        self._leave_retired(self._ring)
        return [self._data_key(self._ring).seal(text) for text in listed]

    def encrypt_file(self, content: bytes) -> bytes:
        """The ciphertext of a whole file, under a data key of the lake. Raises KeyProblem for a key of no lake."""
        if self._ring is None:
            raise KeyProblem("a file is sealed with a data key of a lake, and this key is of none")
        self._leave_retired(self._ring)
        return self._data_key(self._ring).seal_bytes(content)

    def decrypt_file(self, sealed: bytes) -> bytes:
        """The content of one. Raises KeyProblem when it was encrypted with another key or was altered."""
        name = named_in(sealed)
        if name is None or self._ring is None:
            raise KeyProblem("this is no file sealed with a data key of this lake")
        try:
            return self._opened(self._ring, name).open_bytes(sealed)
        except NotOurs as error:
            raise KeyProblem("this was sealed with another key, or was altered") from error

    def at_home(self, texts: Iterable[str]) -> list[bytes]:
        """nonce + AES-256-GCM under the key itself: the manner of lakes made before there were data keys."""
        return [(nonce := os.urandom(_NONCE)) + self._aes.encrypt(nonce, text.encode(), None) for text in texts]

    def decrypt(self, sealed: bytes) -> str:
        """The text of one ciphertext of either manner. Raises KeyProblem when it was encrypted with another key or was altered."""
        name = named_in(sealed)
        problem: Exception | None = None
        if name is not None and self._ring is not None:
            try:
                return self._opened(self._ring, name).open(sealed)
            except (NotOurs, KeyProblem) as error:
                problem = error  # by one chance in 2^32 an old nonce looks like a new beginning
        try:
            return self._aes.decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode()
        except (InvalidTag, ValueError) as error:
            if isinstance(problem, KeyProblem):
                raise problem from error
            raise KeyProblem("this was sealed with another key, or was altered") from error

    def _leave_retired(self, ring: Ring) -> None:
        if self._own and not ring.in_use(self._own):
            self._own = ""  # the data keys were rotated since this process made its own

    def _data_key(self, ring: Ring) -> DataKey:
        if not self._own or self._used >= MOST:
            made = ring.make(self.told)
            self._known[made.name] = made
            self._own, self._used = made.name, 0
        self._used += 1
        return self._known[self._own]

    def _opened(self, ring: Ring, name: str) -> DataKey:
        if name not in self._known:
            wrapped = ring.find(name)
            if wrapped is None:
                raise KeyProblem(f"data key {name} is not among the keys of this lake")
            if wrapped.master not in self.file.masters:
                self.file = self.told()  # a rotation happened since this process read the file
            self._known[name] = wrapped.opened(self.file)
        return self._known[name]


def _keyed(which: Digest, key: bytes, value: bytes) -> bytes:
    if which == "sha256":
        return hmac.digest(key, value, "sha256")
    made = HMAC(key, hashes.SM3())
    made.update(value)
    return made.finalize()
