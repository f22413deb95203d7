"""The life of a rule (规则生命周期): draft, shadow, live, retired, and the lock file that keeps its logic from changing unsaid.

`lock.yml` of a folder holds, for every rule that ever went live, the content hash it went live with and how many
lines its changelog had then. A live rule whose hash differs needs one more line in its `changes:`; a rule that was live is
retired with a reason and never deleted, because old alerts still explain themselves by it.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from datasets import strict_yaml
from datasets.contract import Declared
from datasets.strict_yaml import Mistake
from rules.book import Book
from rules.indicator import Indicator

FILE = "lock.yml"
HEAD = "# The logic with which every rule went live, and the lines its changelog had then. Written by `guantong rules lock`; do not edit.\n"


class Locked(Declared):
    """A rule's logic as it was locked."""

    hash: str
    changes: int


class Lock(Declared):
    """The lock file of one folder of rules."""

    rules: dict[str, Locked] = {}


def lock_path(folder: Path) -> Path:
    """Where the lock of a folder that holds book/, chains/ and routes/ stands."""
    return folder / FILE


def read_lock(folder: Path) -> dict[str, Locked]:
    """Locked rules by id; empty where nothing was locked yet. Raises strict_yaml.Mistakes."""
    path = lock_path(folder)
    return strict_yaml.read(path, Lock)[0].rules if path.is_file() else {}


def unsaid(book: Book, folder: Path, only: Iterable[str] | None = None) -> list[Mistake]:
    """What the lock has against the rules of a folder, or against some of them: each at the file and line to be mended.

    A live rule that was never locked, one whose logic changed without a new line in `changes:` or was not locked again,
    and a rule that went live and is gone. A folder without a lock file has not begun to lock, and nothing is held against it.
    """
    if not lock_path(folder).is_file():
        return []
    locked, here = read_lock(folder), _of(book, folder)
    wanted = here.keys() if only is None else here.keys() & set(only)
    found = [mistake for name in sorted(wanted) for mistake in _against(here[name], book.paths[name], locked.get(name))]
    if only is None:
        gone = sorted(locked.keys() - here.keys())
        found += [
            Mistake(
                str(lock_path(folder)), 1, 1, f"rule {name!r} went live and its file is gone", "retire it with a reason instead"
            )
            for name in gone
        ]
    return found


def lock(book: Book, folder: Path) -> list[str]:
    """Lock every live rule of a folder with its present logic; returns the ids whose entry is new or changed.

    Raises strict_yaml.Mistakes when logic changed without a line in `changes:`; nothing is written then.
    """
    before, here = read_lock(folder), _of(book, folder)
    silent = [_silent(rule, book.paths[name]) for name, rule in here.items() if _changed_silently(rule, before.get(name))]
    if silent:
        raise strict_yaml.Mistakes(silent)
    now = before | _as_live(here)
    changed = sorted(name for name, one in now.items() if before.get(name) != one)
    if changed:
        _write(lock_path(folder), now)
    return changed


def waiting(book: Book, folder: Path) -> list[Indicator]:
    """The live rules of a folder whose present logic is not locked, by id."""
    before, here = read_lock(folder), _of(book, folder)
    return [here[name] for name, one in sorted(_as_live(here).items()) if before.get(name) != one]


def _as_live(rules: Mapping[str, Indicator]) -> dict[str, Locked]:
    live = {name: rule for name, rule in rules.items() if rule.status == "live"}
    return {name: Locked(hash=rule.hash, changes=len(rule.changes)) for name, rule in live.items()}


def _of(book: Book, folder: Path) -> dict[str, Indicator]:
    root = (folder / "book").resolve()
    return {name: rule for name, rule in book.indicators.items() if book.paths[name].resolve().is_relative_to(root)}


def _against(rule: Indicator, path: Path, locked: Locked | None) -> list[Mistake]:
    if _changed_silently(rule, locked):
        return [_silent(rule, path)]
    if rule.status == "live" and (locked is None or locked.hash != rule.hash):
        return [
            Mistake(str(path), _line(path, "status"), 1, "status: this logic is live and not locked", "run guantong rules lock")
        ]
    return []


def _changed_silently(rule: Indicator, locked: Locked | None) -> bool:
    return rule.status == "live" and locked is not None and locked.hash != rule.hash and len(rule.changes) <= locked.changes


def _silent(rule: Indicator, path: Path) -> Mistake:
    said = "the logic of this live rule changed and `changes:` does not say so"
    return Mistake(
        str(path), _line(path, "changes", "sql"), 1, said, "add a line {on: the day, by: who, what: what changed and why}"
    )


def _line(path: Path, *keys: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((at for key in keys for at, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)


def _write(path: Path, rules: Mapping[str, Locked]) -> None:
    told = {"rules": {name: rules[name].model_dump() for name in sorted(rules)}}
    aside = path.with_suffix(".part")
    aside.write_text(HEAD + yaml.safe_dump(told, sort_keys=False, default_flow_style=None), encoding="utf-8")
    aside.replace(path)
