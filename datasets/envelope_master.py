"""Master keys (主密钥): they wrap data keys and nothing else, in the key file or in a key management system (KMS) behind a program."""

import base64
import binascii
import os
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from datasets.envelope import SECRET_BYTES, SUITES, Box, NotOurs, Suite

COMMAND = "command"
Provider = Literal["aes-256-gcm", "sm4-gcm", "command"]
WAIT_SECONDS = 30


class KeyProblem(Exception):
    """The key is missing, is no key, or is not the key this lake was sealed with."""


class Master(Protocol):
    """What wraps data keys. Whoever has another key management system gives it these four."""

    @property
    def name(self) -> str: ...
    @property
    def provider(self) -> str: ...
    def wrap(self, secret: bytes, about: bytes) -> bytes:
        """The secret, encrypted; `about` must be the same when it is unwrapped. Raises KeyProblem."""
        ...

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        """The secret. Raises KeyProblem."""
        ...


@dataclass(frozen=True)
class InFile:
    """A master key whose secret stands in the key file."""

    name: str
    box: Box

    @property
    def provider(self) -> str:
        return self.box.suite

    def wrap(self, secret: bytes, about: bytes) -> bytes:
        return self.box.seal(secret, about)

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        try:
            return self.box.open(wrapped, about)
        except NotOurs as error:
            raise KeyProblem(f"master key {self.name} did not wrap this data key, or it was altered") from error


@dataclass(frozen=True)
class ByCommand:
    """A master key that never leaves its key management system: a program wraps and unwraps.

    It is called as `program… wrap|unwrap NAME`, is given base64 of `about` and of the secret on two lines, and answers base64 on one.
    """

    name: str
    program: tuple[str, ...]

    @property
    def provider(self) -> str:
        return COMMAND

    def wrap(self, secret: bytes, about: bytes) -> bytes:
        return self._ask("wrap", secret, about)

    def unwrap(self, wrapped: bytes, about: bytes) -> bytes:
        return self._ask("unwrap", wrapped, about)

    def _ask(self, what: str, text: bytes, about: bytes) -> bytes:
        told = b"\n".join((base64.b64encode(about), base64.b64encode(text), b""))
        try:
            done = subprocess.run(
                [*self.program, what, self.name], input=told, capture_output=True, timeout=WAIT_SECONDS, check=True
            )
            return base64.b64decode(done.stdout.strip(), validate=True)
        except (OSError, subprocess.SubprocessError, binascii.Error) as error:
            why = type(error).__name__  # what the program wrote may hold what must not be shown
            raise KeyProblem(f"{self.program[0]} did not {what} with master key {self.name}: {why}") from error


def new_master(provider: Provider, program: Sequence[str] = ()) -> Master:
    """A master key that nobody has yet, or the name of a new one in a key management system."""
    name = f"m{secrets.token_hex(4)}"
    if provider == "command":
        return ByCommand(name, tuple(program))
    return InFile(name, Box(provider, os.urandom(SECRET_BYTES[provider])))


def written(master: Master) -> dict[str, Any]:
    """A master key as the key file has it."""
    if isinstance(master, ByCommand):
        return {"provider": COMMAND, "program": list(master.program)}
    if isinstance(master, InFile):
        return {"provider": master.provider, "secret": master.box.secret.hex()}
    raise KeyProblem(f"master key {master.name} cannot be written to a key file")


def read(name: str, told: dict[str, Any]) -> Master:
    """A master key out of the key file. Raises KeyProblem for one that makes no sense."""
    provider: Any = told.get("provider")
    if provider == COMMAND and isinstance(told.get("program"), list) and told["program"]:
        return ByCommand(name, tuple(map(str, told["program"])))
    if provider in SUITES:
        suite: Suite = provider
        secret = bytes.fromhex(str(told.get("secret", "")))
        if len(secret) == SECRET_BYTES[suite]:
            return InFile(name, Box(suite, secret))
    raise KeyProblem(f"master key {name} has no provider among {', '.join((*SUITES, COMMAND))}, or not the secret it needs")
