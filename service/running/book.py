"""The book of rules of a living service (规则热更新): read anew and checked whole, then taken by every process, or refused and the old one goes on.

Who asks for it checks the book and publishes it in a file of the home; the other processes, servers and workers alike,
see the file and read the book too. A run that goes on keeps the book it began with (`Desk.pinned`); the next one starts
its reasoner anew.
"""

import json
import logging
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

from datasets.strict_yaml import Mistake, Mistakes
from service.desk import BOOK_PARTS, Desk
from service.later import later
from service.store.event import Happening, append

_life = later("rules.life_cycle")  # a worker that waits for work need not wait for the rules room
FILE = "book.edition"
BY_SIGNAL = "signal"
log = logging.getLogger("guantong.book")


@dataclass(frozen=True)
class Reloaded:
    """What a reload changed: rule -> (hash before, hash now); None where there is none."""

    before: str
    now: str
    rules: dict[str, tuple[str | None, str | None]]


@dataclass
class Edition:
    """Keeps one process's desk at the published book."""

    desk: Desk
    _seen: int = 0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._seen = self._published()

    def reload(self, by: str) -> Reloaded:
        """Read the book anew and publish it. Raises Mistakes with everything that is wrong; the old book goes on then."""
        with self._turn:
            fresh = read_anew(self.desk)
            before = self.desk.pinned()
            changed = differences(before, fresh)
            now = self.desk.clock()
            with self.desk.store.change() as session:
                told = {"before": before.book_hash, "rules": {name: list(pair) for name, pair in changed.items()}}
                append(session, [Happening("rules.reloaded", fresh.book_hash, told)], by, now)
            self._take(fresh)
            aside = self._path.with_name(f"{FILE}.{os.getpid()}.tmp")
            aside.write_text(json.dumps({"book": fresh.book_hash, "at": now.isoformat(), "by": by}) + "\n", encoding="utf-8")
            aside.replace(self._path)
            self._seen = self._published()
            return Reloaded(before.book_hash, fresh.book_hash, changed)

    def follow(self) -> None:
        """Take the book that another process published; where it does not hold here, the old one goes on and the log says so."""
        if self._published() == self._seen:
            return
        with self._turn:
            published = self._published()
            if published == self._seen:
                return
            self._seen = published
            try:
                self._take(read_anew(self.desk))
            except Mistakes as mistakes:
                log.error("the published book has %d mistakes here, the old one goes on", len(mistakes.mistakes))

    def follow_beside(self) -> None:
        """The same in a thread of its own: the request that notices it does not wait."""
        if self._published() != self._seen:
            threading.Thread(target=self.follow, name="book").start()

    def asked_by_signal(self) -> None:
        """Reload because of SIGHUP, in a thread of its own; mistakes are told in the log by their place."""

        def work() -> None:
            try:
                done = self.reload(BY_SIGNAL)
            except Mistakes as mistakes:
                places = [f"{one.path}:{one.line}" for one in mistakes.mistakes]
                log.error("reload refused, the old book goes on", extra={"told": {"mistakes": places}})
            else:
                log.info("book reloaded", extra={"told": {"book": done.now, "rules": len(done.rules)}})

        threading.Thread(target=work, name="book").start()

    def _take(self, fresh: Desk) -> None:
        self.desk.__dict__.update({part: fresh.__dict__[part] for part in BOOK_PARTS})

    @property
    def _path(self) -> Path:
        return self.desk.settings.home / FILE

    def _published(self) -> int:
        return self._path.stat().st_mtime_ns if self._path.exists() else 0


def warm(desk: Desk) -> None:
    """Read the book when a process starts: what is edited later is not taken unasked. A faulty one is told when it is asked for."""
    try:
        desk.pinned()
    except Mistakes as mistakes:
        log.error("the book has %d mistakes", len(mistakes.mistakes))


def read_anew(desk: Desk) -> Desk:
    """A desk with everything the rule and source files say now. Raises Mistakes with all of them at once."""
    fresh, found = Desk(desk.settings, desk.clock), dict[str, Mistake]()
    fresh.contracts = desk.contracts
    for part in BOOK_PARTS:
        try:
            getattr(fresh, part)
        except Mistakes as mistakes:  # a faulty book is faulty for its chains too: told once
            found |= {str(one): one for one in mistakes.mistakes}
    if not found:
        found = {str(one): one for folder in desk.settings.rule_folders for one in _life.unsaid(fresh.book, folder)}
    if found:
        raise Mistakes(list(found.values()))
    return fresh


def differences(before: Desk, now: Desk) -> dict[str, tuple[str | None, str | None]]:
    """The rules whose content differs: id -> (hash before, hash now)."""
    old = {name: one.hash for name, one in before.book.indicators.items()}
    new = {name: one.hash for name, one in now.book.indicators.items()}
    return {name: (old.get(name), new.get(name)) for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)}
