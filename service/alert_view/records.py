"""The records an alert rests on, table by table, with the cells that decided and the way back to file and row."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from pydantic import BaseModel

from datasets.contract import LINEAGE, Contract
from rules.indicator import Indicator
from service.alert_view.deciding_columns import deciding
from service.evidence import ALWAYS, CALLED, NEVER, SIGNALS, cell, label_of
from service.reading import Reading
from service.store.signal import SignalVersion
from service.words import either

SHOWN = 10
"""Rows of one table that are shown at first, and, when asked for, MOST."""
MOST = 200
LONG = frozenset({("ticket", "title"), ("ticket", "body"), ("ticket", "reply")})
"""Texts that stand on the page by themselves, with what they speak of marked."""
WORD = re.compile(r"[a-z][a-z0-9_]*")


class Line(BaseModel):
    """One record: its cells, the file, sheet and row it came from in words, the row alone, and the address of that row."""

    cells: list[str | None]
    source: str
    row: int
    link: str


class Sheet(BaseModel):
    """Records of one table that prove what one rule found."""

    table: str
    title: str
    labels: list[str]
    deciding: list[bool]
    amounts: list[bool]
    rows: list[Line]
    files: list[str]
    left_out: int
    gone: int


class _Fetched(NamedTuple):
    contract: Contract
    columns: list[str]
    by_key: dict[str, Sequence[object]]


def place(batch: object, sheet: object, row: object) -> str:
    """The address of a row's page."""
    return f"/records/{batch}/{row}" + (f"?{urlencode({'sheet': str(sheet)})}" if sheet else "")


def records_of(seen: Reading, signals: Iterable[SignalVersion], rows: int = SHOWN) -> dict[str, list[Sheet]]:
    """Rule -> the records of its signals; one query for each table, whatever the number of rules. Texts hold pseudonyms."""
    keys: dict[str, dict[str, list[str]]] = {}
    for one in signals:
        of_rule = keys.setdefault(one.rule, {})
        for table, those in one.body["evidence"].items():
            if table in seen.desk.contracts and table != SIGNALS:
                of_rule.setdefault(table, []).extend(those)
    wanted: dict[str, set[str]] = {}
    for of_rule in keys.values():
        for table, those in of_rule.items():
            wanted.setdefault(table, set()).update(those)
    fetched = {table: _fetch(seen, table, sorted(those)) for table, those in wanted.items() if those}
    book = seen.desk.book.indicators
    return {
        rule: [
            _sheet(seen, book.get(rule), fetched[table], list(dict.fromkeys(those)), rows)
            for table, those in of_rule.items()
            if those
        ]
        for rule, of_rule in keys.items()
    }


def _fetch(seen: Reading, table: str, keys: list[str]) -> _Fetched:
    contract = seen.desk.contracts[table]
    columns = [name for name in contract.columns if not name.startswith(NEVER) and (table, name) not in LONG]
    key = " || '|' || ".join(f'CAST("{name}" AS VARCHAR)' for name in contract.key)
    shown = ", ".join(f'"{name}"' for name in (*columns, *LINEAGE))
    found = seen.tables.con.execute(
        f'SELECT {key}, {shown} FROM "{table}" WHERE {key} IN (SELECT unnest(?)) ORDER BY 1',  # noqa: S608 - names of the contract
        [keys],
    ).fetchall()
    return _Fetched(contract, columns, {str(row[0]): row[1:] for row in found})


def _sheet(seen: Reading, rule: Indicator | None, fetched: _Fetched, keys: list[str], rows: int) -> Sheet:
    contract = fetched.contract
    spoken_of = set(WORD.findall(rule.sql)) if rule else set()
    decides = deciding(rule, seen.desk.contracts) if rule else frozenset()
    found = [fetched.by_key[one] for one in keys if one in fetched.by_key]
    places = [
        at
        for at, name in enumerate(fetched.columns)
        if (name in contract.key or name in spoken_of or name in ALWAYS) and any(row[at] is not None for row in found)
    ]
    names = [fetched.columns[at] for at in places]
    width = len(fetched.columns)
    lines = [
        Line(
            cells=[cell(row[at], contract.columns[name]) for at, name in zip(places, names, strict=True)],
            source=_source(seen, row[width:]),
            row=int(str(row[-1])),
            link=place(*row[width:]),
        )
        for row in found[:rows]
    ]
    for at, name in enumerate(names):
        call_by_name(seen, contract, name, at, [line.cells for line in lines])
    return Sheet(
        table=contract.table, title=either(contract.title), labels=[label_of(contract.columns[name]) for name in names],
        deciding=[(contract.table, name) in decides and [name] != list(contract.key) for name in names],
        amounts=[contract.columns[name].type in ("money", "quantity", "integer", "number") for name in names],
        rows=lines, files=sorted({line.source.rpartition(":")[0] for line in lines}), left_out=max(0, len(found) - rows), gone=len(keys) - len(found),
    )  # fmt: skip


def call_by_name(seen: Reading, contract: Contract, name: str, at: int, rows: Sequence[list[str | None]]) -> None:
    """Codes of units, places, programmes and firms are shown as their names, in place."""
    kind = CALLED.get(contract.columns[name].refers or "")
    if kind is None:
        return
    seen.names.learn(kind, [cells[at] for cells in rows])
    for cells in rows:
        if (code := cells[at]) is not None:
            cells[at] = seen.names.short(kind, code)


def _source(seen: Reading, lineage: Sequence[object]) -> str:
    batch, sheet, row = lineage
    return source_of(seen, str(batch), str(sheet or ""), row)


def source_of(seen: Reading, batch: str, sheet: str, row: object) -> str:
    """The file, sheet and row in words."""
    found = seen.desk.lake.batch(batch)
    file = found.file if found is not None else batch
    return f"{file} {sheet}:{row}" if sheet else f"{file}:{row}"
