"""A worker beside the server: a process of its own, started again when it dies, ending by itself when the server is gone, however it went."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

COMMAND = (sys.executable, "-c", "from service.cli import main; main(['worker', '--until-closed'])")
LONGEST_PAUSE = 60.0
PATIENCE = 15.0
"""Seconds for the step in hand, before the worker is ended by force: its lease runs out and the job is taken up again."""


@contextmanager
def worker_beside() -> Iterator[None]:
    """A worker as long as the block lasts; it holds the other end of a pipe and ends when the pipe is closed."""
    ending = threading.Event()
    watching = threading.Thread(target=_keep, args=(ending,), name="worker-beside", daemon=True)
    watching.start()
    try:
        yield
    finally:
        ending.set()
        watching.join(PATIENCE + 5)


def _keep(ending: threading.Event) -> None:
    pause = 1.0
    while not ending.is_set():
        with subprocess.Popen(COMMAND, stdin=subprocess.PIPE) as child:
            assert child.stdin is not None
            while child.poll() is None and not ending.wait(0.2):
                pass
            child.stdin.close()
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
        if not ending.wait(pause):
            pause = min(pause * 2, LONGEST_PAUSE)
