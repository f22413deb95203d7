"""The key file (密钥文件): the secret that pseudonyms are made with, and the master keys; 64 hex digits, or JSON after the first rotation."""

import hmac
import json
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from datasets.envelope import Box, Suite
from datasets.envelope_master import InFile, KeyProblem, Master, read, written

FORMAT = 2
FIRST = "m0"
"""The master key of a file that holds 64 hex digits only: it is derived from them."""
Digest = Literal["sha256", "sm3"]
"""What keyed pseudonyms are hashed with: HMAC-SHA-256, or HMAC-SM3 (GB/T 32905-2016)."""


@dataclass(frozen=True)
class KeyFile:
    """What a key file says."""

    root: bytes
    digest: Digest
    current: str
    """The master key that wraps from now on; the others only open what they wrapped."""
    masters: dict[str, Master]
    suite: Suite
    """What new data keys encrypt with."""

    @property
    def master(self) -> Master:
        return self.masters[self.current]

    def with_master(self, master: Master, suite: Suite) -> "KeyFile":
        """The same with another master key in use; the earlier ones stay."""
        return replace(self, current=master.name, masters={**self.masters, master.name: master}, suite=suite)

    def without(self, name: str) -> "KeyFile":
        """The same without a master key that is not in use."""
        return replace(self, masters={known: one for known, one in self.masters.items() if known != name})


def bare(root: bytes) -> KeyFile:
    """What a secret alone stands for: AES and SHA-256, with the master key derived from it."""
    if len(root) != 32:
        raise KeyProblem("a key is 32 bytes")
    master = InFile(FIRST, Box("aes-256-gcm", hmac.digest(root, b"guantong:master", "sha256")))
    return KeyFile(root, "sha256", FIRST, {FIRST: master}, "aes-256-gcm")


def fresh(suite: Suite, digest: Digest, master: Master | None = None) -> KeyFile:
    """A key file for a new lake, with a secret that nobody has yet; without a master key it gets one of this suite."""
    if suite == "aes-256-gcm" and digest == "sha256" and master is None:
        return bare(secrets.token_bytes(32))
    own = master or InFile(f"m{secrets.token_hex(4)}", Box(suite, os.urandom(16 if suite == "sm4-gcm" else 32)))
    return KeyFile(secrets.token_bytes(32), digest, own.name, {own.name: own}, suite)


def read_key_file(path: Path) -> KeyFile:
    """Raises KeyProblem when there is no key at this path or the file holds something else."""
    try:
        text = path.read_text(encoding="ascii").strip()
        if not text.startswith("{"):
            return bare(bytes.fromhex(text))
        told: dict[str, Any] = json.loads(text)
        masters = {name: read(name, one) for name, one in told["masters"].items()}
        found = KeyFile(bytes.fromhex(told["root"]), told["digest"], told["current"], masters, told["suite"])
    except FileNotFoundError as error:
        raise KeyProblem(f"no key at {path}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyProblem(f"{path} holds no key of 64 hex digits, and no key file of format {FORMAT}") from error
    if (
        len(found.root) != 32
        or found.digest not in ("sha256", "sm3")
        or found.current not in masters
        or told.get("format") != FORMAT
    ):
        raise KeyProblem(f"{path} is no whole key file of format {FORMAT}")
    return found


def text_of(file: KeyFile) -> str:
    """The file as it is written."""
    if file == bare(file.root):
        return file.root.hex() + "\n"
    told = {
        "format": FORMAT, "root": file.root.hex(), "digest": file.digest, "suite": file.suite, "current": file.current,
        "masters": {name: written(one) for name, one in file.masters.items()},
    }  # fmt: skip
    return json.dumps(told, indent=1) + "\n"


def make_key_file(path: Path, file: KeyFile) -> None:
    """Write a new key file, readable by its owner only; one that is there stays: somebody else was quicker."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(path, file, os.O_EXCL)
    except FileExistsError:
        return


def replace_key_file(path: Path, file: KeyFile) -> None:
    """Put another content in place of a key file: a crash leaves the old or the new."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    _write(temporary, file, os.O_EXCL)
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, file: KeyFile, how: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(text_of(file))
        opened.flush()
        os.fsync(opened.fileno())
