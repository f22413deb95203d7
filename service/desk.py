"""The desk a command works at: settings, and what they lead to, opened when first asked for and closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date, datetime
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Self

from datasets.contract import Contracts, read_contracts, subject_kinds
from service.errors import NothingFound
from service.later import later
from service.settings import Settings

if TYPE_CHECKING:
    from types import TracebackType

    from ibis.backends.duckdb import Backend

    from datasets.key import Key
    from datasets.lake import Lake
    from datasets.source import Sources
    from rules.book import Book
    from rules.chain import Chain
    from rules.route import Route
    from rules.terms import Terms
    from rules.weights import Weights
    from service.handover import Handover
    from service.store.database import Store

# loaded when first asked for: a check of one rule's file needs neither the lake nor the store, and starts in half the time
_key, _lake, _source, _vault = (later(f"datasets.{name}") for name in ("key", "lake", "source", "vault"))
_book, _chain_check, _kinds, _route_check, _terms, _weights = (
    later(f"rules.{name}") for name in ("book", "chain_check", "kinds", "route_check", "terms", "weights")
)
_handover, _steps, _database, _working_days = (
    later(f"service.{name}") for name in ("handover", "steps", "store.database", "working_days")
)


BOOK_PARTS = ("sources", "book", "chains", "routes", "kinds", "terms", "handover", "weights", "book_hash")
"""What comes from the files of rules and sources: a reload replaces these and nothing else."""


class Desk:
    """Everything a command may need; `clock` tells the time."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.settings, self.clock = settings, clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if "store" in self.__dict__:
            self.store.close()

    def pinned(self) -> Self:
        """This desk with the book as it is now, whatever is reloaded meanwhile; store and lake are shared."""
        for part in (*BOOK_PARTS[1:], "store", "lake"):  # a run reads no source
            getattr(self, part)
        return copy(self)

    @property
    def today(self) -> date:
        """The day where the offices are."""
        day: date = self.clock().astimezone(_working_days.LOCAL).date()
        return day

    @cached_property
    def program(self) -> str:
        """Version of this program."""
        return version("guantong")

    @cached_property
    def contracts(self) -> Contracts:
        return read_contracts()

    @cached_property
    def sources(self) -> Sources:
        """The shipped sources with the office's own laid over them. Raises Mistakes with everything that is wrong in them."""
        found: Sources = _source.read_sources(*self.settings.source_folders, contracts=self.contracts)
        return found

    @cached_property
    def lake(self) -> Lake:
        opened: Lake = _lake.Lake(self.settings.home, self.contracts)
        return opened

    def must_hold_records(self) -> None:
        """Raises NothingFound, with what to type first, when nothing was imported yet."""
        if not any((self.lake.folder / "batches").glob("*.json")):
            raise NothingFound("run.nothing_imported", home=self.settings.home)

    @contextmanager
    def tables(self) -> Iterator[tuple[Backend, str]]:
        """The lake's current tables, and the state they show: another import may go on meanwhile and is not seen."""
        while True:
            state = self.lake.state()
            tables = self.lake.open()
            if self.lake.state() == state:
                break
            tables.disconnect()
        try:
            yield tables, state
        finally:
            tables.disconnect()

    @cached_property
    def book(self) -> Book:
        """The shipped rules with the office's own laid over them. Raises Mistakes with everything that is wrong in them."""
        kept = self.settings.home / "checked-rules"
        read: Book = _book.read_book(self.settings.rule_folders, self.contracts, checked_at=kept)
        return read

    @cached_property
    def chains(self) -> dict[str, Chain]:
        known = subject_kinds(self.contracts)
        read: dict[str, Chain] = _chain_check.read_chains(self.settings.rule_folders, rules=self.book.indicators, kinds=known)
        return read

    @cached_property
    def routes(self) -> dict[str, Route]:
        known = _chain_check.alert_kinds(self.chains)
        read: dict[str, Route] = _route_check.read_routes(self.settings.rule_folders, kinds=known)
        return read

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What kinds of alert are called in English. Raises Mistakes."""
        read: dict[str, str] = _kinds.read_kinds(self.settings.rule_folders)
        return read

    @cached_property
    def terms(self) -> Terms:
        """What routing takes for granted. Raises Mistakes."""
        read: Terms = _terms.read_terms(self.settings.rule_folders)
        return read

    @cached_property
    def handover(self) -> Handover:
        """When what is assigned goes out and is due. Raises Mistakes."""
        read: Handover = _handover.read_handover(self.settings.book)
        return read

    @cached_property
    def weights(self) -> Weights:
        """What makes an alert come first. Raises Mistakes."""
        read: Weights = _weights.read_weights(self.settings.rule_folders, self.contracts)
        return read

    @cached_property
    def book_hash(self) -> str:
        """16 hex digits of everything the rule files say."""
        declared = (self.book.indicators, self.chains, self.routes, {"terms": self.terms, "weights": self.weights})
        state: str = _steps.state_of([[one.model_dump_json() for one in kind.values()] for kind in declared])
        return state

    @cached_property
    def store(self) -> Store:
        audit_key = self.key.derived("audit") if self.key is not None else None
        opened: Store = _database.Store.open(self.settings.database_url, audit_key)
        return opened

    @cached_property
    def key(self) -> Key | None:
        """The key, when this machine has it: without it sealed values stay pseudonyms. Raises KeyProblem for a file that is no key."""
        if not self.settings.key_file.exists():
            return None
        held: Key = _key.Key.from_file(self.settings.key_file).at(self.lake.folder)
        return held

    def secrets(self, tokens: Iterable[str]) -> dict[str, str]:
        """token -> sealed value, of those that the vault and this machine's key can open."""
        wanted = sorted(tokens)
        if self.key is None or not wanted:
            return {}
        opened: dict[str, str] = _vault.reveal(self.lake, self.key, wanted)
        return opened
