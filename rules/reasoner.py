"""The reasoner (推理机): durable-rules behind its fence, reached through a pipe to a worker process of its own.

A worker that crashes or hangs is replaced and its task tried again; facts are the whole of a task, so that a second
try concludes the same. The process is started on first use and ended with the context.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rules.ruleset import Ruleset

WORKER = Path(__file__).with_name("reasoner_worker.py")
TRIES = 3
SECONDS = 60
FACTS_AT_ONCE = 2_000
"""Facts in one task: a tenth of a second's work, so that a try lost to a crash costs little."""

Fact = dict[str, str | int | float | bool]
State = Sequence[Fact]
Fired = list[tuple[str, tuple[str, ...]]]


class ReasonerFailed(Exception):
    """The worker could not be made to answer, or the library refused a fact."""


class WorkerLost(Exception):
    """This worker crashed, hung or was killed; another may do."""


class Reasoner:
    """Concludes rulesets over states of facts. One task at a time: a lock is held around the pipe."""

    def __init__(self, rulesets: Mapping[str, Ruleset], *, tries: int = TRIES, seconds: int = SECONDS) -> None:
        self.rulesets = dict(rulesets)
        self._declared = json.dumps({name: ruleset.rules for name, ruleset in rulesets.items()})
        self._tries = tries
        self._seconds = seconds
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[str] | None = None
        self.restarts = 0
        """How many workers were lost and replaced."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def worker_pid(self) -> int | None:
        """The process that reasons now, if one was started."""
        return self._worker.pid if self._worker else None

    def close(self) -> None:
        """End the worker process."""
        with self._lock:
            self._end()

    def conclude(self, ruleset: str, states: Sequence[State]) -> list[Fired]:
        """The firings of a ruleset in each state: (rule, ids of the facts, in the order of the rule's patterns).

        Raises ReasonerFailed when the workers are lost again and again, or the library refuses a fact.
        """
        fired: list[Fired] = []
        for task in _tasks(states):
            answer = self._try(json.dumps({"ruleset": ruleset, "seconds": self._seconds, "states": task}))
            fired += [[(rule, tuple(ids)) for rule, ids in state] for state in answer]
        return fired

    def _try(self, task: str) -> list[Any]:
        with self._lock:
            for _ in range(self._tries):
                try:
                    answer = self._ask(task)
                except WorkerLost:
                    self._end()
                    self.restarts += 1
                    continue
                if "refused" in answer:
                    raise ReasonerFailed(f"durable-rules refused: {answer['refused']}")
                return list(answer["fired"])
            raise ReasonerFailed(f"the reasoner's worker was lost {self._tries} times on one task")

    def _ask(self, task: str) -> dict[str, Any]:
        if self._worker is None:
            self._worker = subprocess.Popen(
                # -P: this folder holds a signal.py, which must not stand before Python's own
                [sys.executable, "-P", str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                text=True, encoding="utf-8", start_new_session=True,
            )  # fmt: skip
            _exchange(self._worker, self._declared, self._seconds)
        return _exchange(self._worker, task, self._seconds)

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is None:
                continue
            try:
                pipe.close()
            except BrokenPipeError:
                pass  # what was still to be written went to a dead worker


def _tasks(states: Sequence[State]) -> list[list[State]]:
    tasks: list[list[State]] = []
    room = 0
    for state in states:
        if not tasks or room < len(state):
            tasks.append([])
            room = FACTS_AT_ONCE
        tasks[-1].append(state)
        room -= len(state)
    return tasks


def _exchange(worker: "subprocess.Popen[str]", line: str, seconds: int) -> dict[str, Any]:
    """Write one line and read the answer; the worker is killed when it takes longer than `seconds`. Raises WorkerLost."""
    assert worker.stdin is not None and worker.stdout is not None
    watch = threading.Timer(seconds, worker.kill)
    watch.start()
    try:
        worker.stdin.write(line + "\n")
        worker.stdin.flush()
        answer = worker.stdout.readline()
    except OSError as error:
        raise WorkerLost from error
    finally:
        watch.cancel()
    if not answer.endswith("\n"):
        raise WorkerLost
    return dict(json.loads(answer))
