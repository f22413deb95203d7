"""The messy form (原始来文): the clean tables as the files that the offices really send, with a list of what is damaged in them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datasets.city.messy.damage import Damaged, damage
from datasets.city.messy.laying import Laid, lay
from datasets.city.messy.letters import Letter, Page, read_letters
from datasets.city.messy.lines import row_no
from datasets.city.messy.named import Named, named
from datasets.city.messy.spelling import bare
from datasets.city.messy.splitting import Split, splits
from datasets.city.messy.writing import Sheets, gzipped, json_lines, parquet, separated, write_workbook, zipped
from datasets.city.streams import Streams
from datasets.contract import Contracts, read_contracts
from datasets.reading import Code


@dataclass
class Written:
    """What was sent: (file, sheet, table, rows) and (file, sheet, row_no, column, code)."""

    files: list[tuple[str, str, str, int]] = field(default_factory=list)
    damage: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    @property
    def by_file(self) -> dict[str, int]:
        """Rows of every file as it lies in the folder."""
        found: dict[str, int] = {}
        for file, _, _, rows in self.files:
            found[file.partition("!/")[0]] = found.get(file.partition("!/")[0], 0) + rows
        return found


def write(
    tables: dict[str, pa.Table], folder: Path, seed: int, diverted: frozenset[str], tell: Callable[[float], None] = lambda _: None
) -> Written:
    """Write the files of every letter below `folder`.

    `diverted` are the tickets that may not be entered; `tell` hears the share of the work that is done. The same
    tables and seed give the same bytes. Raises OSError when a file cannot be written.
    """
    office = _Office(tables, folder, seed, diverted)
    rows = sum(table.num_rows for table in tables.values())
    for letter in read_letters():
        for split in splits(letter, tables, office.contracts):
            office.send(letter, split)
            tell(min(1.0, sum(one[3] for one in office.written.files) / max(rows, 1)))
    office.written.files.sort()
    office.written.damage.sort()
    return office.written


class _Office:
    """Sends letters one after another; holds what they share."""

    def __init__(self, tables: dict[str, pa.Table], folder: Path, seed: int, diverted: frozenset[str]) -> None:
        self.contracts: Contracts = read_contracts()
        self.written = Written()
        self._used: Counter[Code] = Counter()
        self._tables, self._folder, self._diverted = tables, folder, pa.array(sorted(diverted), pa.string())
        self._streams = Streams(seed)
        # a column nobody keeps has no place in a list
        self._kept = {
            table: [
                name
                for name, column in self.contracts[table].columns.items()
                if column.required or found[name].null_count < len(found)
            ]
            for table, found in tables.items()
        }
        wanted = {table for letter in read_letters() for page in letter.pages for table in page.names.values()}
        self._names: dict[str, Named] = {table: named(tables, self.contracts, table) for table in sorted(wanted)}

    def send(self, letter: Letter, split: Split) -> None:
        """Write one file of a letter."""
        words = {**split.words, "unit": self._names["unit"].name.get(split.words.get("unit", ""), "县级单位")}
        file = letter.file.format(**words)
        path = self._folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        pages = [page for page in letter.pages if page.table in split.rows and len(split.rows[page.table])]
        if not pages:
            return
        if letter.members:
            members = [
                (one.file, one.encoding, self._sheet(one, split, f"{file}!/{one.file}", words))
                for one in letter.members
                if one in pages
            ]
            path.write_bytes(
                zipped([(name, separated(laid, title, total, code)) for name, code, (_, laid, title, total) in members])
            )
            return
        sheets = [self._sheet(page, split, file.removesuffix(".gz"), words) for page in pages]
        if path.suffix == ".xlsx":
            write_workbook(path, sheets)
        else:
            path.write_bytes(_listing(file, sheets, letter.encoding))

    def _sheet(self, page: Page, split: Split, file: str, words: dict[str, str]) -> tuple[str, Laid, str, Decimal | None]:
        rng = self._streams.of(f"messy {file} {page.sheet} {page.table}")
        table, workbook = self._tables[page.table].take(split.rows[page.table]), file.endswith(".xlsx")
        contract = self.contracts[page.table]
        laid = lay(page, contract, table, self._kept[page.table], self._names, workbook=workbook, rng=rng)
        away = pc.is_in(table["ticket_id"], self._diverted) if "ticket_id" in table.column_names else None
        good = np.flatnonzero(~away.to_numpy()) if away is not None else np.arange(laid.rows)
        sheet = page.sheet if workbook else ""
        first = 0 if file.endswith((".jsonl", ".parquet")) else None
        for one in damage(laid, contract, good, self._used, rng):
            self.written.damage.append((file, sheet, str(_line(laid, one, first)), one.column, one.code))
        self.written.damage += [(file, sheet, "", "", "diverted")] * (table.num_rows - len(good))
        self.written.files.append((file, sheet, page.table, laid.rows))
        total = pc.sum(table[page.total]).as_py() if page.total else None
        if total is not None and page.money == "wan" and contract.columns[page.total].type == "money":
            total = Decimal(bare(total / 10_000))
        return page.sheet, laid, page.title.format(**words), total


def _line(laid: Laid, one: Damaged, first: int | None) -> int:
    """A row's number: of the line in text and workbooks, of the row itself where the first line is no header."""
    return row_no(laid, one.row) if first is None else one.row + 1


def _listing(file: str, sheets: Sheets, encoding: str) -> bytes:
    ((_, laid, title, total),) = sheets
    if file.endswith(".jsonl"):
        return json_lines(laid)
    if file.endswith(".parquet"):
        return parquet(laid)
    data = separated(laid, title, total, encoding)
    return gzipped(data) if file.endswith(".gz") else data
