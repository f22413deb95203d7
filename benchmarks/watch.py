"""Run a command and see, from outside, how long each of its stages took and how much memory it and its children held."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

import psutil

PAUSE = 0.02
"""Seconds between two looks at the memory: short against any stage that matters, and under 1 % of one core."""


@dataclass(frozen=True)
class Stage:
    """What one stage took: wall seconds, and the most bytes resident at once in the process and its children."""

    name: str
    seconds: float
    peak: int
    part: str = ""


class Failed(Exception):
    """The watched command did not end well; the message is its last lines."""


class Marks:
    """The watched side: says on a pipe when a stage begins."""

    def __init__(self, pipe: int) -> None:
        self.out = os.fdopen(pipe, "w", buffering=1)

    def begin(self, name: str, **said: object) -> None:
        """Begin a stage; the one before ends here. `said` is kept with the results (rows, counts)."""
        # the monotonic clock is the machine's: both processes read the same
        print(json.dumps({"at": time.monotonic(), "name": name, **said}), file=self.out)

    def end(self, **said: object) -> None:
        self.begin("", **said)


def watch(command: Sequence[str]) -> tuple[list[Stage], dict[str, object]]:
    """Run `command --marks FD` and return its stages, and everything it said beside.

    Raises Failed when it does not exit with 0.
    """
    reading, writing = os.pipe()
    with subprocess.Popen(
        [*command, "--marks", str(writing)], pass_fds=[writing], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        os.close(writing)
        output: list[str] = []
        threads = [threading.Thread(target=output.extend, args=[child.stdout])]
        marks: list[dict[str, object]] = []
        threads.append(threading.Thread(target=read_marks, args=[os.fdopen(reading), marks]))
        for thread in threads:
            thread.start()
        samples = sample(child)
        for thread in threads:
            thread.join()
    if child.returncode:
        raise Failed("".join(output[-30:]))
    return stages(marks, samples), {key: value for mark in marks for key, value in mark.items() if key not in ("at", "name")}


def read_marks(pipe: IO[str], marks: list[dict[str, object]]) -> None:
    with pipe:
        marks.extend(json.loads(line) for line in pipe)


def sample(child: "subprocess.Popen[str]") -> list[tuple[float, int]]:
    """(monotonic time, resident bytes of the whole family) until the child ends."""
    family: dict[int, psutil.Process] = {child.pid: psutil.Process(child.pid)}
    samples = []
    while child.poll() is None:
        samples.append((time.monotonic(), sum(resident(process) for process in relatives(family, child.pid))))
        time.sleep(PAUSE)
    return samples


def relatives(family: dict[int, psutil.Process], pid: int) -> list[psutil.Process]:
    try:
        return [family[pid], *family[pid].children(recursive=True)]
    except psutil.Error:
        return []


def resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it ended between two looks
        return 0


def stages(marks: list[dict[str, object]], samples: list[tuple[float, int]]) -> list[Stage]:
    """Cut the samples at the marks; the last mark is the end."""
    found = []
    for mark, following in zip(marks, marks[1:], strict=False):
        begun, ended = float(str(mark["at"])), float(str(following["at"]))
        if mark["name"]:
            within = [size for at, size in samples if begun <= at <= ended]
            last = [size for at, size in samples if at <= ended][-1:]  # a stage shorter than the pause
            found.append(Stage(str(mark["name"]), ended - begun, max(within or last, default=0)))
    return found
