"""The ring (密钥环): the lake's data keys, each wrapped by a master key, one small file each below `lake/keys`.

The files are worth nothing without the key file, and are kept and backed up with the ciphertexts they open.
"""

import base64
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from datasets.batch import durable
from datasets.envelope import Box, DataKey, Suite, new_data_key
from datasets.envelope_file import KeyFile
from datasets.envelope_master import KeyProblem

FOLDER, ENDING, LOCK = "keys", ".key", "ring.lock"
HALF = ".writing"
"""Not the lake's own ending: an import that sweeps what a killed one left must not take what another process writes."""


class Wrapped(BaseModel):
    """One data key as its file says it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    suite: Suite
    master: str
    wrapped: str
    """Base64."""
    retired: bool = False
    """Whether it only opens what it encrypted: a rotation of the data keys came since."""

    @classmethod
    def of(cls, key: DataKey, file: KeyFile) -> "Wrapped":
        """Wrap a data key with the master key in use."""
        secret = file.master.wrap(key.box.secret, _about(key.name, key.box.suite))
        return cls(name=key.name, suite=key.box.suite, master=file.current, wrapped=base64.b64encode(secret).decode())

    def opened(self, file: KeyFile) -> DataKey:
        """The data key. Raises KeyProblem when its master key is not in this file."""
        if self.master not in file.masters:
            raise KeyProblem(f"data key {self.name} was wrapped by master key {self.master}, which the key file does not hold")
        secret = file.masters[self.master].unwrap(base64.b64decode(self.wrapped), _about(self.name, self.suite))
        return DataKey(self.name, Box(self.suite, secret))


def _about(name: str, suite: str) -> bytes:
    return f"guantong data key {name} {suite}".encode()


class Ring:
    """The data keys of one lake; `folder` is the lake's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER

    def all(self) -> list[Wrapped]:
        """Every data key, by name. Raises KeyProblem for a file that is none."""
        return [self._read(path) for path in sorted(self.folder.glob(f"*{ENDING}"))]

    def find(self, name: str) -> Wrapped | None:
        """One data key, or None."""
        path = self.folder / (name + ENDING)
        return self._read(path) if path.exists() else None

    def in_use(self, name: str) -> bool:
        """Whether a data key may encrypt on."""
        found = self.find(name)
        return found is not None and not found.retired

    def make(self, told: Callable[[], KeyFile]) -> DataKey:
        """A new data key; `told` reads the key file, so that none is wrapped by a master key that a rotation just ended."""
        with self.lock(shared=True):
            file = told()
            key = new_data_key(file.suite)
            self.write(Wrapped.of(key, file))
            return key

    def write(self, one: Wrapped) -> None:
        """Keep a data key: a crash leaves it as it was, or as this says."""
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f"{one.name}{ENDING}.{os.getpid()}{HALF}"
        temporary.write_text(one.model_dump_json(), encoding="ascii")
        durable(temporary, self.folder / (one.name + ENDING))

    def drop(self, name: str) -> None:
        """Let a data key go: what it encrypted can never be read again."""
        (self.folder / (name + ENDING)).unlink(missing_ok=True)

    @contextmanager
    def lock(self, *, shared: bool = False) -> Iterator[None]:
        """Many make data keys at the same time; a rotation is alone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            yield

    def _read(self, path: Path) -> Wrapped:
        try:
            return Wrapped.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise KeyProblem(f"{path} is no wrapped data key") from error
