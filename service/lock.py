"""One writer at a time in a home: a lock that the system lets go when its process dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import Busy


@contextmanager
def alone(home: Path, what: str) -> Iterator[None]:
    """Hold the home's lock called `what`. Raises Busy, with the other's process id, when somebody holds it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / f"{what}.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise Busy("lock.taken", home=str(home), pid=file.read().strip() or "?") from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
