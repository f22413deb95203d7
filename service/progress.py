"""How far the work is, on stderr: bars on a terminal, else one plain line every few seconds."""

import sys
from time import monotonic
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

EVERY_SECONDS = 5.0


class Bars:
    """A watch for the steps of a run or an import; leaves nothing behind on a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.said_at = monotonic()
        self._bars: Progress | None = None

    def __enter__(self) -> Self:
        if self.stream.isatty():
            self._bars = Progress(
                SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=12), MofNCompleteColumn(), TimeElapsedColumn(),
                console=Console(file=self.stream), transient=True,
            )  # fmt: skip
            self._bars.start()
            self._task = self._bars.add_task("", total=None)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._bars is not None:
            self._bars.update(self._task, description=what, completed=done, total=total or None)
        elif monotonic() - self.said_at >= EVERY_SECONDS:
            self.said_at = monotonic()
            self.stream.write(f"… {what} {done}/{total}\n" if total else f"… {what}\n")
            self.stream.flush()
