"""Reference data (基础数据): the tables that records are pushed in, and the codes that records and alerts speak of."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from datasets.contract import Column, Contract
from service.api.cursor import pack, unpack
from service.api.gate import Here, may
from service.api.problem import Trespass
from service.words import either

router = APIRouter(tags=["reference"], dependencies=[may("reference.read")])
KINDS = ("area", "office", "programme", "unit", "warehouse", "workday")
"""Tables of codes that hold nothing of persons."""
OPEN = ("public", "internal")
JSON_TYPE = {"integer": "integer", "number": "number", "boolean": "boolean"}
FORMAT = {"date": "date", "timestamp": "date-time"}


class TableLine(BaseModel):
    """One table that may be pushed."""

    table: str
    title: str
    key: list[str]
    columns: int


class ColumnPage(BaseModel):
    """One column."""

    name: str
    title: str
    type: str
    unit: str | None
    required: bool
    sensitivity: str
    """A sealed value comes in clear and is stored as a pseudonym."""
    refers: str | None
    codes: dict[str, str]
    example: Any


class TablePage(BaseModel):
    """One table with its columns, and the JSON Schema of a row."""

    table: str
    title: str
    key: list[str]
    purpose: str
    retention: str
    columns: list[ColumnPage]
    row_schema: dict[str, Any]


class CodePage(BaseModel):
    """Codes, a page at a time."""

    kind: str
    rows: list[dict[str, Any]]
    next: str | None


@router.get("/reference/tables")
def list_tables(here: Here) -> list[TableLine]:
    """Every table of the lake's contracts."""
    return [
        TableLine(table=name, title=either(one.title), key=list(one.key), columns=len(one.columns))
        for name, one in sorted(here.desk.contracts.items())
    ]


@router.get("/reference/tables/{table}")
def read_table(table: str, here: Here) -> TablePage:
    """One table: what each column means, its codes in words, and the JSON Schema that a pushed row follows."""
    contract = here.desk.contracts.get(table)
    if contract is None:
        raise Trespass(404, "not_there")
    return TablePage(
        table=table, title=either(contract.title), key=list(contract.key), purpose=contract.purpose, retention=contract.retention,
        columns=[
            ColumnPage(
                name=name, title=either(one), type=one.type, unit=one.unit, required=one.required, sensitivity=one.sensitivity,
                refers=one.refers, codes={code: either(words) for code, words in one.words.items()}, example=one.example,
            )
            for name, one in contract.columns.items()
        ],
        row_schema=row_schema(contract),
    )  # fmt: skip


@router.get("/reference/codes/{kind}")
def list_codes(kind: str, here: Here, limit: Annotated[int, Query(ge=1, le=5000)] = 1000, cursor: str | None = None) -> CodePage:
    """The codes of one kind (area, office, programme, unit, warehouse, workday) with their columns, by code."""
    if kind not in KINDS:
        raise Trespass(404, "not_there")
    contract = here.desk.contracts[kind]
    columns = [name for name, one in contract.columns.items() if one.sensitivity in OPEN]
    after = unpack(cursor, kind, here.secret) if cursor is not None else None
    key = contract.key[0]
    listed = ", ".join(f'"{name}"' for name in columns)
    here.desk.must_hold_records()
    with here.tables() as tables:
        found = tables.con.execute(
            f'SELECT {listed} FROM "{kind}" WHERE $all OR CAST("{key}" AS VARCHAR) > $after ORDER BY CAST("{key}" AS VARCHAR) LIMIT $n',  # noqa: S608 - names of the contract
            {"all": after is None, "after": str(after[0]) if after else "", "n": limit + 1},
        ).fetchall()
    rows = [dict(zip(columns, row, strict=True)) for row in found[:limit]]
    return CodePage(kind=kind, rows=rows, next=pack([str(rows[-1][key])], kind, here.secret) if len(found) > limit else None)


def row_schema(contract: Contract) -> dict[str, Any]:
    """JSON Schema (2020-12) of one row as it is pushed: money and quantities are numbers or decimal strings."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": contract.title.en,
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, one in contract.columns.items() if one.required],
        "properties": {name: _property(one) for name, one in contract.columns.items()},
    }


def _property(column: Column) -> dict[str, Any]:
    kinds = [JSON_TYPE.get(column.type, "string")]
    if column.type in ("money", "quantity"):
        kinds = ["number", "string"]
    found: dict[str, Any] = {
        "type": kinds if column.required else [*kinds, "null"],
        "description": column.en,
        "examples": [column.example],
    }
    if column.type in FORMAT:
        found["format"] = FORMAT[column.type]
    if column.allowed:
        found["enum"] = [*column.allowed, *([] if column.required else [None])]
    return found
