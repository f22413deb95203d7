"""The steps of a run: each is done once for one input, committed with its result, and taken from there after a kill.

A step is named, and its `state` identifies everything it depends on. Killed before the commit, it is
done again; killed after it, its result is read back. Only the last step writes what people see, and
it does so in the one transaction that also ends the run.
"""

import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from time import perf_counter
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import select

from service.store.database import Store
from service.store.run import Run, RunStep

T = TypeVar("T")
Watch = Callable[[str, int, int], None]
"""Told what is being done, how many parts are done, and how many there are (0: not known)."""


def silent(what: str, done: int, total: int) -> None:
    """Watches nothing."""


def state_of(*parts: object) -> str:
    """16 hex digits that identify an input: equal parts, equal state."""
    text = json.dumps(parts, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Question:
    """What a run asks: another question is another run."""

    as_of: date
    book_hash: str
    program: str


@dataclass(frozen=True)
class Steps:
    """Runs the steps of one run."""

    store: Store
    run_id: int
    question: Question
    resumed: bool
    clock: Callable[[], datetime]
    watch: Watch = silent

    @classmethod
    def take_up(cls, store: Store, question: Question, clock: Callable[[], datetime], watch: Watch = silent) -> "Steps":
        """The steps of the unfinished run that asks the same, or of a new one."""
        with store.change() as session:
            run, resumed = Run.take_up(session, question.as_of, question.book_hash, question.program, clock())
            return cls(store, run.run_id, question, resumed, clock, watch)

    def once(self, step: str, state: str, work: Callable[[], T], shape: TypeAdapter[T], count: Callable[[T], int]) -> T:
        """The result of a step: that of an earlier attempt when it was given the same, else what `work` returns, committed.

        `shape` writes and reads the result as JSON; `count` says how many things were found.
        """
        with self.store.look() as session:
            mine = select(RunStep.result).where(RunStep.run_id == self.run_id, RunStep.step == step, RunStep.state == state)
            kept = session.scalar(mine)
        if kept is not None:
            return shape.validate_json(zlib.decompress(kept))
        return self.do(step, state, work, shape, count)

    def do(self, step: str, state: str, work: Callable[[], T], shape: TypeAdapter[T], count: Callable[[T], int]) -> T:
        """The result of `work`, committed as that of the step."""
        begun = perf_counter()
        result = work()
        packed = zlib.compress(shape.dump_json(result), 1)
        figures = RunStep(
            run_id=self.run_id, step=step, state=state, done_at=self.clock(),
            seconds=perf_counter() - begun, found=count(result), result=packed,
        )  # fmt: skip
        with self.store.change() as session:
            session.merge(figures)
        return result

    def recall(self, step: str, state: str, shape: TypeAdapter[T]) -> T | None:
        """The newest result that any run has for this input of a step; None when there is none."""
        with self.store.look() as session:
            theirs = select(RunStep.result).where(RunStep.step == step, RunStep.state == state, RunStep.result.is_not(None))
            kept = session.scalar(theirs.order_by(RunStep.run_id.desc()).limit(1))
        return None if kept is None else shape.validate_json(zlib.decompress(kept))
