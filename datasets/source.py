"""A source (来源) says how somebody's file maps to one of our tables: which files and sheets, which headers, which spellings."""

import hashlib
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from datasets import strict_yaml
from datasets.contract import Contract, Contracts, Declared, Words
from datasets.strict_yaml import Mistake, Places

SHIPPED = Path(__file__).parent / "sources"
TOTALS = ("合计", "总计", "小计")
Form = Literal["resident_id", "phone", "bank_account", "person_name", "device", "credit_code", "period"]
UNITS = {"元": 1, "百元": 100, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000, "亩": 1, "公顷": 15, "吨": 1}
"""Unit of a column's bare numbers -> how many of the table's own unit (yuan, mu, tonnes) it is."""


class Match(Declared):
    """Which files, sheets and headers a source takes."""

    files: tuple[str, ...] = Field(min_length=1)
    sheets: tuple[str, ...] = ("*",)
    headers: tuple[str, ...] = ()


class Rule(Declared):
    """Where one column's value comes from: `from` a header (any of several spellings), a `const`, or a `hash` of cells."""

    from_: str | tuple[str, ...] | None = Field(default=None, alias="from")
    const: str | int | float | bool | None = None
    hash: tuple[str, ...] = ()
    values: dict[str, str | int | float | bool] = {}
    otherwise: Literal["refuse", "keep", "empty"] | None = None
    """What becomes of a spelling that `values` does not list: refuse (as is usual with `values`), keep, or empty."""
    default: str | int | float | bool | None = None
    """What an empty cell means."""
    unit: str | None = None
    lookup: str | None = Field(default=None, pattern=r"^[a-z_]+\.[a-z_0-9]+$")
    within: dict[str, "str | Rule"] = {}
    form: Form | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        return (self.from_,) if isinstance(self.from_, str) else self.from_ or ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum([self.from_ is not None, self.const is not None, bool(self.hash)]) != 1:
            raise ValueError("a column has one of: from, const, hash")
        if self.unit is not None and self.unit not in UNITS:
            raise ValueError(f"unit {self.unit!r} is none of {', '.join(UNITS)}")
        if self.within and not self.lookup:
            raise ValueError("within narrows a lookup")
        return self


class Skip(Declared):
    """Lines that are no rows: those whose first filled cell begins with one of these."""

    totals: tuple[str, ...] = TOTALS
    notes: tuple[str, ...] = (
        "注:",
        "注：",
        "备注:",
        "备注：",
        "说明:",
        "说明：",
        "制表",
        "填表",
        "审核人",
        "复核人",
        "单位负责人",
    )
    """These only where the line has at most three filled cells."""


class Expect(Declared):
    """Loose expectations: a part that falls short stops before anything is replaced."""

    min_rows: int = 1
    fill: dict[str, float] = {}


class Source(Declared):
    """One mapping (来源映射)."""

    source: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    table: str
    title: Words
    match: Match
    header: Literal["auto"] | int = "auto"
    encoding: str = "auto"
    columns: dict[str, Rule] = Field(min_length=1)
    skip: Skip = Skip()
    expect: Expect = Expect()

    @property
    def digest(self) -> str:
        """16 hex of what this source says: another digest means its files are read anew."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:16]


Sources = dict[str, Source]


def read_sources(*folders: Path, contracts: Contracts) -> Sources:
    """Read every source of the given folders (default: the shipped ones), later folders laid over earlier ones.

    Returns source name -> Source. Raises strict_yaml.Mistakes with the faults of all files at once.
    """
    found: Sources = {}
    mistakes: list[Mistake] = []
    for folder in folders or (SHIPPED,):
        for path in sorted(folder.glob("*.yml")) if folder.is_dir() else ():
            try:
                source, places = strict_yaml.read(path, Source)
            except strict_yaml.Mistakes as error:
                mistakes += error.mistakes
                continue
            mistakes += _faults(path, source, places, contracts)
            found[source.source] = source
    if mistakes:
        raise strict_yaml.Mistakes(mistakes)
    return found


def _faults(path: Path, source: Source, places: Places, contracts: Contracts) -> list[Mistake]:
    found: list[Mistake] = []

    def fault(at: tuple[str | int, ...], message: str, hint: str = "") -> None:
        found.append(Mistake(str(path), *strict_yaml.place_of(places, at), message, hint))

    if source.source != path.stem:
        fault(("source",), f"source must be the file's name {path.stem!r}")
    contract = contracts.get(source.table)
    if contract is None:
        fault(("table",), f"there is no table {source.table!r}", strict_yaml.did_you_mean(source.table, contracts))
        return found
    for name, rule in source.columns.items():
        if name not in contract.columns:
            fault(("columns", name), f"{source.table} has no column {name!r}", strict_yaml.did_you_mean(name, contract.columns))
        for message, hint in _lookup_faults(rule, contracts):
            fault(("columns", name), message, hint)
    for name in source.expect.fill:
        if name not in contract.columns:
            fault(("expect", "fill", name), f"{source.table} has no column {name!r}")
    for name in _missing(source, contract):
        fault(("columns",), f"{source.table}.{name} is required and this source does not say where it comes from")
    return found


def _missing(source: Source, contract: Contract) -> list[str]:
    return [name for name, column in contract.columns.items() if column.required and name not in source.columns]


def _lookup_faults(rule: Rule, contracts: Contracts) -> list[tuple[str, str]]:
    if not rule.lookup:
        return []
    table, _, column = rule.lookup.partition(".")
    if table not in contracts:
        return [(f"lookup: there is no table {table!r}", strict_yaml.did_you_mean(table, contracts))]
    known, found = contracts[table].columns, []
    for name in (column, *rule.within):
        if name not in known:
            found.append((f"lookup: {table} has no column {name!r}", strict_yaml.did_you_mean(name, known)))
        elif known[name].seal:
            found.append((f"lookup: {table}.{name} is sealed", ""))
    if len(contracts[table].key) != 1:
        found.append((f"lookup: {table} has a key of several columns", ""))
    inner = (item for item in rule.within.values() if isinstance(item, Rule))
    return found + [fault for item in inner for fault in _lookup_faults(item, contracts)]


def looked_up(source: Source) -> set[str]:
    """The tables this source looks names up in."""

    def tables(rule: Rule) -> set[str]:
        own = {rule.lookup.partition(".")[0]} if rule.lookup else set()
        return own.union(*(tables(item) for item in rule.within.values() if isinstance(item, Rule)))

    return set().union(*(tables(rule) for rule in source.columns.values()))
