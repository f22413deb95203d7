"""The desk a command works at: settings, and what they lead to, opened when first asked for and closed at the end."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from importlib.metadata import version
from types import TracebackType
from typing import Self

from ibis.backends.duckdb import Backend

from datasets.contract import Contracts, read_contracts, subject_kinds
from datasets.key import Key
from datasets.lake import Lake
from datasets.source import Sources, read_sources
from datasets.vault import reveal
from rules.book import Book, read_book
from rules.chain import Chain
from rules.chain_check import alert_kinds, read_chains
from rules.kinds import read_kinds
from rules.route import Route
from rules.route_check import read_routes
from rules.terms import Terms, read_terms
from rules.weights import Weights, read_weights
from service.errors import NothingFound
from service.handover import Handover, read_handover
from service.settings import Settings
from service.steps import state_of
from service.store.database import Store
from service.working_days import LOCAL


class Desk:
    """Everything a command may need; `clock` tells the time."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.settings, self.clock = settings, clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if "store" in self.__dict__:
            self.store.close()

    @property
    def today(self) -> date:
        """The day where the offices are."""
        return self.clock().astimezone(LOCAL).date()

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
        return read_sources(*self.settings.source_folders, contracts=self.contracts)

    @cached_property
    def lake(self) -> Lake:
        return Lake(self.settings.home, self.contracts)

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
        return read_book(self.settings.rule_folders, self.contracts)

    @cached_property
    def chains(self) -> dict[str, Chain]:
        return read_chains(self.settings.rule_folders, rules=self.book.indicators, kinds=subject_kinds(self.contracts))

    @cached_property
    def routes(self) -> dict[str, Route]:
        return read_routes(self.settings.rule_folders, kinds=alert_kinds(self.chains))

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What kinds of alert are called in English. Raises Mistakes."""
        return read_kinds(self.settings.rule_folders)

    @cached_property
    def terms(self) -> Terms:
        """What routing takes for granted. Raises Mistakes."""
        return read_terms(self.settings.rule_folders)

    @cached_property
    def handover(self) -> Handover:
        """When what is assigned goes out and is due. Raises Mistakes."""
        return read_handover(self.settings.book)

    @cached_property
    def weights(self) -> Weights:
        """What makes an alert come first. Raises Mistakes."""
        return read_weights(self.settings.rule_folders, self.contracts)

    @cached_property
    def book_hash(self) -> str:
        """16 hex digits of everything the rule files say."""
        declared = (self.book.indicators, self.chains, self.routes, {"terms": self.terms, "weights": self.weights})
        return state_of([[one.model_dump_json() for one in kind.values()] for kind in declared])

    @cached_property
    def store(self) -> Store:
        return Store.open(self.settings.database_url)

    @cached_property
    def key(self) -> Key | None:
        """The key, when this machine has it: without it sealed values stay pseudonyms. Raises KeyProblem for a file that is no key."""
        return Key.from_file(self.settings.key_file) if self.settings.key_file.exists() else None

    def secrets(self, tokens: Iterable[str]) -> dict[str, str]:
        """token -> sealed value, of those that the vault and this machine's key can open."""
        wanted = sorted(tokens)
        return reveal(self.lake, self.key, wanted) if self.key is not None and wanted else {}
