"""Do something again whenever watched files change: for authors who check and test on every save."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import sleep

Stamps = Mapping[Path, tuple[int, int]]
EVERY_SECONDS = 0.3
"""How often the files are looked at: sooner than an author looks back at the terminal."""


def stamps(paths: Iterable[Path]) -> Stamps:
    """Time of change and size of every file; a file that is gone meanwhile is left out."""
    found = {}
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        found[path] = (stat.st_mtime_ns, stat.st_size)
    return found


def on_change(files: Callable[[], Iterable[Path]], do: Callable[[], object], *, rounds: int | None = None) -> None:
    """Call `do` once, and again each time one of the files changed, came or went; for ever, or for so many calls.

    Ends quietly when interrupted (Ctrl-C).
    """
    done = 0
    try:
        while rounds is None or done < rounds:
            before = stamps(files())
            do()
            done += 1
            while (rounds is None or done < rounds) and stamps(files()) == before:
                sleep(EVERY_SECONDS)
    except KeyboardInterrupt:
        return
