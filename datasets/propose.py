"""Proposing a source (建议映射): from a file's headers and values, a mapping for a person to correct."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from datasets.cells import Row, Sheet, sheets
from datasets.contract import Column, Contract, Contracts
from datasets.files import Blob, FileRefused
from datasets.forms import PLAIN
from datasets.header import SEARCHED, clean
from datasets.mapping import reader
from datasets.reading import Unreadable, plain
from datasets.source import Sources

_LOOKED_AT = 400
"""Rows whose values are looked at."""
_NEAR = 0.75
"""How alike (difflib) two headers are before one is taken for the other; below it proposals are mostly wrong."""


@dataclass(frozen=True)
class Guess:
    """One column of the table with the header it seems to come from; `sure` is 1 for a known spelling."""

    column: str
    header: str
    sure: float


def propose(blob: Blob, contracts: Contracts, sources: Sources, *, table: str | None = None) -> str:
    """The text of a source file for the first sheet that looks like a list; `table` says for which table, else the best fit.

    Headers known from contracts and other sources count most, likeness and the shape of the values decide the rest;
    what is doubtful carries a comment. Raises FileRefused when the file cannot be read or holds no list.
    """
    for sheet in sheets(blob):
        rows = list(islice(sheet.rows(), _LOOKED_AT + SEARCHED))
        words = _vocabulary(contracts, sources)
        place = _header(rows, words)
        if place is None:
            continue
        headers = list(rows[place][1])
        values = _columns(rows[place + 1 :], len(headers))
        tables = [table] if table else list(contracts)
        guesses = {name: _guesses(contracts[name], headers, values, words) for name in tables}
        best = max(tables, key=lambda name: _fit(contracts[name], guesses[name]))
        return _text(blob, sheet, contracts[best], headers, values, guesses[best], sources)
    raise FileRefused(blob.label, "找不到像清单的工作表", "holds no sheet that looks like a list")


def _vocabulary(contracts: Contracts, sources: Sources) -> dict[str, set[tuple[str, str]]]:
    """A header's spelling -> the columns it is known to mean."""
    words: dict[str, set[tuple[str, str]]] = {}
    for table, contract in contracts.items():
        for name, column in contract.columns.items():
            for spelling in (name, column.zh, column.zh.partition("(")[0]):
                words.setdefault(clean(spelling), set()).add((table, name))
    for source in sources.values():
        for name, rule in source.columns.items():
            for spelling in rule.headers:
                words.setdefault(clean(spelling).partition("(")[0], set()).add((source.table, name))
                words.setdefault(clean(spelling), set()).add((source.table, name))
    return words


def _header(rows: list[Row], words: dict[str, set[tuple[str, str]]]) -> int | None:
    """The row with most known headers, then with most different texts that are no numbers."""

    def worth(place: int) -> tuple[int, int]:
        cells = {clean(cell) for cell in rows[place][1]} - {""}
        known = sum(cell in words or cell.partition("(")[0] in words for cell in cells)
        return known, sum(not any(char.isdigit() for char in cell) for cell in cells)

    places = [place for place in range(min(SEARCHED, len(rows))) if len({cell for cell in rows[place][1] if cell}) > 1]
    return max(places, key=worth, default=None)


def _columns(rows: list[Row], width: int) -> list[list[str]]:
    columns: list[list[str]] = [[] for _ in range(width)]
    for _, cells in rows[:_LOOKED_AT]:
        for index, cell in enumerate(cells[:width]):
            if value := plain(cell):
                columns[index].append(value)
    return columns


def _guesses(
    contract: Contract, headers: list[str], values: list[list[str]], words: dict[str, set[tuple[str, str]]]
) -> list[Guess]:
    """The best header for each column; every header is given once, to the column that fits it best."""
    offers = []
    for index, header in enumerate(headers):
        bare = clean(header).partition("(")[0]
        for name, column in contract.columns.items():
            known = (contract.table, name) in words.get(clean(header), words.get(bare, set()))
            likeness = 1.0 if known else max(_alike(bare, clean(column.zh)), _alike(bare, name)) * 0.9
            sure = likeness * _readable(contract, name, values[index])
            if not known and column.seal and column.seal != "person_name" and _shaped(column, values[index]):
                sure = max(sure, 0.8)
            if header and sure >= _NEAR * 0.9:
                offers.append((sure, index, name))
    found: dict[str, Guess] = {}
    taken: set[int] = set()
    for sure, index, name in sorted(offers, key=lambda offer: (-offer[0], offer[1])):
        if name not in found and index not in taken:
            found[name] = Guess(name, headers[index], sure)
            taken.add(index)
    return list(found.values())


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _readable(contract: Contract, name: str, values: list[str]) -> float:
    """Share of the values this column could read, a column of allowed words aside: those are spelled in many ways."""
    column = contract.columns[name]
    if not values or column.allowed or column.type in ("text", "boolean"):
        return 1.0
    read, good = reader(contract, name, None), 0
    for value in values:
        try:
            good += read(value) is not None
        except Unreadable:
            continue
    return good / len(values)


def _shaped(column: Column, values: list[str]) -> bool:
    return (
        bool(values)
        and column.seal is not None
        and sum(PLAIN[column.seal](value) is not None for value in values) > 0.9 * len(values)
    )


def _fit(contract: Contract, guesses: Iterable[Guess]) -> tuple[float, float]:
    found = {guess.column: guess.sure for guess in guesses}
    required = [name for name, column in contract.columns.items() if column.required]
    return sum(found.values()) + 2 * sum(name in found for name in required) / len(required), -len(required)


def _text(
    blob: Blob,
    sheet: Sheet,
    contract: Contract,
    headers: list[str],
    values: list[list[str]],
    guesses: list[Guess],
    sources: Sources,
) -> str:
    name = f"{contract.table}_{sum(source.table == contract.table for source in sources.values()) + 1}"
    sure = sorted((guess for guess in guesses if guess.sure >= 1), key=lambda guess: headers.index(guess.header))
    told = ", ".join(_quoted(guess.header) for guess in (sure or guesses)[:3])
    lines = [
        f"# 由 {blob.name} 推测的来源映射，请核对后改名保存为 {name}.yml",
        f"source: {name}",
        f"table: {contract.table}",
        f"title: {{zh: {contract.title.zh}, en: {_quoted(contract.title.en)}}}",
        f"match: {{files: [{_quoted('*.' + blob.ending)}], sheets: [{_quoted(sheet.name or '*')}], headers: [{told}]}}",
        "columns:",
    ]
    chosen = {guess.column: guess for guess in guesses}
    for column_name, column in contract.columns.items():
        guess = chosen.get(column_name)
        if guess:
            cells = values[headers.index(guess.header)]
            doubt = "" if guess.sure >= 1 else "  # 推测，请核对"
            lines.append(
                f"  {column_name}: {{from: {_quoted(guess.header)}{_spellings(contract, column_name, cells, sources)}}}{doubt}"
            )
        elif column_name in contract.key and column.type == "text" and not column.seal:
            lines.append(f"  {column_name}: {_key(headers, values, guesses)}  # 推测的主键，请核对")
        elif column.required:
            lines.append(f"  {column_name}: {{const: {_quoted(str(column.example))}}}  # 必填而表中未找到：{column.zh}，请改")
    used = {guess.header for guess in guesses}
    left = [header for header in headers if header.strip() and header not in used]
    return "\n".join([*lines, *([f"# 未用到的表头：{'、'.join(clean(header) for header in left)}"] if left else []), ""])


def _key(headers: list[str], values: list[list[str]], guesses: list[Guess]) -> str:
    """A header nobody claimed whose values number the rows, else a hash of the cells that were found."""
    used = {guess.header for guess in guesses}
    for header, cells in zip(headers, values, strict=True):
        numbers = len(set(cells)) == len(cells) == max(map(len, values))
        if header not in used and numbers and any(word in clean(header) for word in ("编号", "流水", "单号", "编码", "id")):
            return f"{{from: {_quoted(header)}}}"
    return f"{{hash: [{', '.join(_quoted(guess.header) for guess in guesses)}]}}"


def _spellings(contract: Contract, name: str, cells: list[str], sources: Sources) -> str:
    """`values` for a column of allowed words: as other sources spell them, an unknown spelling with the first word to be corrected."""
    column = contract.columns[name]
    foreign = [cell for cell in dict.fromkeys(cells) if cell not in column.allowed]
    if not column.allowed or not foreign or len(foreign) > 40:
        return ""
    known: dict[str, object] = {}
    for source in sources.values():
        if source.table == contract.table and name in source.columns:
            known |= source.columns[name].values
    pairs = ", ".join(f"{_quoted(cell)}: {known.get(cell, column.allowed[0])}" for cell in foreign)
    return f", values: {{{pairs}}}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
