"""A contract says what one table holds: its columns, keys, meaning, sensitivity, and what an empty cell means."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from datasets import strict_yaml

SHIPPED = Path(__file__).parent / "contracts"
LINEAGE = ("batch_id", "sheet", "row_no")
"""Columns that every stored row carries beside its contract's own: the way back to file and row."""

Type = Literal["text", "integer", "money", "quantity", "number", "date", "timestamp", "boolean"]
Seal = Literal["resident_id", "bank_account", "phone", "person_name", "device"]
DUCKDB_TYPE: dict[str, str] = {
    "text": "VARCHAR", "integer": "BIGINT", "money": "DECIMAL(18,2)", "quantity": "DECIMAL(18,4)",
    "number": "DOUBLE", "date": "DATE", "timestamp": "TIMESTAMP", "boolean": "BOOLEAN",
}  # fmt: skip

Value = str | int | float | bool | Decimal | date | datetime


class Declared(BaseModel):
    """Strict and frozen: the manner of everything that is read from a declared file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Words(Declared):
    """One text in both languages."""

    zh: str
    en: str


class Column(Declared):
    """One column of a table (字段)."""

    type: Type
    required: bool = False
    null_means: Literal["unknown", "none"] | None = None
    sensitivity: Literal["public", "internal", "personal", "sealed"]
    seal: Seal | None = None
    """The kind of secret; the stored value is a keyed pseudonym, the same wherever that secret occurs."""
    refers: str | None = None
    """`table.column` that holds the meaning of this value."""
    allowed: tuple[str, ...] = ()
    words: dict[str, Words] = {}
    """What people call the codes of this column: all of `allowed`, or the usual ones where any value is allowed."""
    unit: str | None = None
    purpose: str | None = None
    retention: str | None = None
    clock: bool = False
    """Whether the newest value of this column tells how far the records reach."""
    zh: str
    en: str
    example: str | int | float | bool

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPE[self.type]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.required and self.null_means is None:
            raise ValueError("a column that may be empty says null_means: unknown or none")
        if self.required and self.null_means is not None:
            raise ValueError("a required column has no null_means")
        if (self.sensitivity == "sealed") != (self.seal is not None):
            raise ValueError("a sealed column names its seal, and only a sealed one does")
        if self.seal is not None and self.type != "text":
            raise ValueError("a sealed column is text")
        if self.allowed and (wrong := set(self.allowed) ^ set(self.words)):
            raise ValueError(f"words are given for allowed values, for each of them: {', '.join(sorted(wrong))}")
        return self


class Contract(Declared):
    """One table of the lake (数据表约定)."""

    table: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: Words
    key: tuple[str, ...] = Field(min_length=1)
    entity: dict[str, str] = {}
    """Kind of subject -> the column of this table that identifies it."""
    purpose: str
    retention: str = Field(pattern=r"^(permanent|P\d+Y)$")
    columns: dict[str, Column]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        known = set(self.columns)
        for name in (*self.key, *self.entity.values()):
            if name not in known:
                raise ValueError(f"names column {name!r} that it does not declare")
        if bad := [name for name in known if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in LINEAGE]:
            raise ValueError(f"column names are small letters, digits and _, and not {LINEAGE}: {bad}")
        return self


Contracts = dict[str, Contract]


def read_contracts(*folders: Path) -> Contracts:
    """Read every contract of the given folders (default: the shipped ones), later folders laid over earlier ones.

    Returns table name -> Contract. Raises strict_yaml.Mistakes with the faults of all files,
    references to columns that no contract declares among them.
    """
    found: Contracts = {}
    mistakes: list[strict_yaml.Mistake] = []
    for path in _files(folders or (SHIPPED,)):
        try:
            contract, places = strict_yaml.read(path, Contract)
        except strict_yaml.Mistakes as error:
            mistakes += error.mistakes
            continue
        if contract.table != path.stem:
            line, column = strict_yaml.place_of(places, ("table",))
            mistakes.append(strict_yaml.Mistake(str(path), line, column, f"table must be the file's name {path.stem!r}"))
        found[contract.table] = contract
    mistakes += _dangling(found)
    if mistakes:
        raise strict_yaml.Mistakes(mistakes)
    return found


def _files(folders: Iterable[Path]) -> list[Path]:
    return [path for folder in folders if folder.is_dir() for path in sorted(folder.glob("*.yml"))]


def _dangling(contracts: Contracts) -> list[strict_yaml.Mistake]:
    known = {f"{table}.{column}" for table, contract in contracts.items() for column in contract.columns}
    return [
        strict_yaml.Mistake(
            f"{table}.yml", 1, 1, f"{name} refers to {column.refers}", strict_yaml.did_you_mean(column.refers, known)
        )
        for table, contract in contracts.items()
        for name, column in contract.columns.items()
        if column.refers and column.refers not in known
    ]


def subject_kinds(contracts: Contracts) -> dict[str, tuple[str, str]]:
    """Kind of subject -> (table, column) that identifies it."""
    return {kind: (table, column) for table, contract in contracts.items() for kind, column in contract.entity.items()}
