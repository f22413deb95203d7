"""What was purged from the lake, taken out of everything the database says: texts and pseudonyms that signals, alerts and notes repeat.

Every column of text is read once and compared with all that went at the same time. The audit log is left as it is: it is append-only
by law of its own, and holds ids, counts and pseudonyms that nothing opens any more.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import ahocorasick
from sqlalchemy import JSON, Column, String, Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from service.store.record import Record
from service.store.run import RunStep
from service.store.search import AlertGram, AlertText

GONE = "【已清除】"
KEPT = frozenset({"event", "api_key", "member", "sign_in", "role_grant", "subscription", "alembic_version"})
"""The log, and who may do what: what they hold has reasons and ends of its own."""
INDEXED = ("alert", "signal", "alert_text")
"""What the index of words is made of; it keeps them plain, so that they are not found in it letter by letter."""
AT_ONCE = 1000


class Gone:
    """Finds what went, all of it in one pass over a text."""

    def __init__(self, what: Iterable[str]) -> None:
        self._found = ahocorasick.Automaton()
        for one in what:
            self._found.add_word(one, len(one))
        self._any = len(self._found) > 0
        if self._any:
            self._found.make_automaton()

    def out_of(self, value: Any) -> Any:
        """The value (a text, or a tree of them) with a mark in place of what went; what ends in _id stays, for it ties rows together."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self.out_of(one) for one in value]
        if isinstance(value, dict):
            return {name: one if name.endswith("_id") else self.out_of(one) for name, one in value.items()}
        return value

    def _text(self, text: str) -> str:
        if not self._any:
            return text
        pieces, at = [], 0
        for last, length in self._found.iter_long(text):
            pieces += [text[at : last + 1 - length], GONE]
            at = last + 1
        return "".join([*pieces, text[at:]]) if pieces else text


def scrub(session: Session, what: Iterable[str], *, dry: bool) -> Counter[str]:
    """Take what went out of every table; returns the rows changed, by table. With `dry` only counts them."""
    gone, changed = Gone(what), Counter[str]()
    for table in Record.metadata.sorted_tables:
        if table.name not in KEPT:
            changed[table.name] += _table(session, table, gone, dry)
    if not dry and any(changed[name] for name in INDEXED):  # the next run indexes anew what is said now
        session.execute(delete(AlertGram))
        session.execute(delete(AlertText))
    return +changed


def _table(session: Session, table: Table, gone: Gone, dry: bool) -> int:
    columns = [one for one in table.columns if _says_something(one)]
    if not columns:
        return 0
    key, number = list(table.primary_key.columns), 0
    for rows in _pieces(session, table, [*key, *columns]):
        changes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for row in rows:
            before = dict(zip([one.name for one in columns], row[len(key) :], strict=True))
            after = {name: gone.out_of(value) for name, value in before.items()}
            names = tuple(name for name in before if before[name] != after[name])
            if names:
                where = {f"k_{one.name}": value for one, value in zip(key, row, strict=False)}
                changes.setdefault(names, []).append({**where, **{name: after[name] for name in names}})
                number += 1
        if not dry:
            for names, lines in changes.items():
                mine = update(table).where(*(one == bindparam(f"k_{one.name}") for one in key))
                session.connection().execute(mine.values({name: bindparam(name) for name in names}), lines)
    return number


def _says_something(column: Column[Any]) -> bool:
    plain = isinstance(column.type, (String, JSON)) or isinstance(getattr(column.type, "impl", None), JSON)
    return plain and not column.primary_key and not column.foreign_keys and not column.name.endswith("_id")


def _pieces(session: Session, table: Table, columns: list[Column[Any]]) -> Iterator[Sequence[Any]]:
    """The rows of a table, a thousand at a time, in the order of their key, which no change touches."""
    key = list(table.primary_key.columns)
    yield from session.connection().execute(select(*columns).order_by(*key)).partitions(AT_ONCE)


def let_steps_go(session: Session) -> int:
    """Forget the results of all steps of runs: they hold rows, and are done again where they are needed. Returns how many there were."""
    kept = list(session.execute(select(RunStep.run_id, RunStep.step).where(RunStep.result.is_not(None))))
    session.execute(update(RunStep).values(result=None))
    return len(kept)
