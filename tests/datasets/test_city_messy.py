"""The messy form of the city: what the offices send comes into the lake as the clean form does, and only what is damaged stays out."""

import csv
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import ahocorasick
import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from datasets.city.build import build
from datasets.city.messy.letters import read_letters, read_words
from datasets.contract import read_contracts
from datasets.import_report import ImportReport
from datasets.importing import import_paths
from datasets.key import Key
from datasets.lake import Lake
from datasets.source import read_sources

CONTRACTS = read_contracts()
KEY = Key(b"k" * 32)
PEOPLE, YEARS, SEED = 1000, 2, 20250101
MADE_HERE = {
    "mention", "ticket_matter", "link", "cluster", "signal", "signal_party", "alert", "verdict", "score_ring", "ring_tender",
    "entity", "link_judgement", "score_drift", "score_hotspot", "hotspot_ticket", "score_cadre_share", "score_screen", "score_payment", "score_integrity", "legal_period", "workday",
}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """A city as it was sent and imported in both forms."""

    folder: Path
    messy: Lake
    clean: Lake
    report: ImportReport

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    folder = tmp_path_factory.mktemp("city")
    sources = read_sources(contracts=CONTRACTS)
    lakes, reports = {}, {}
    for form in ("messy", "clean"):
        build(SEED, PEOPLE, YEARS, folder / form, form)
        lakes[form] = Lake(folder / "homes" / form, CONTRACTS)
        reports[form] = import_paths(lakes[form], sources, [folder / form / "files"], KEY)
    assert reports["clean"].total("rejected") == 0
    return Sent(folder / "messy", lakes["messy"], lakes["clean"], reports["messy"])


def test_every_file_is_taken_by_one_source_without_a_word(sent: Sent) -> None:
    assert [(file.label, message.en) for file in sent.report.files for message in file.messages] == []
    assert {part.status for file in sent.report.files for part in file.parts} == {"imported"}


def test_no_row_is_lost_in_any_file(sent: Sent) -> None:
    parts = [part for file in sent.report.files for part in file.parts]
    assert [part.file for part in parts if part.rows != part.accepted + part.rejected] == []
    said = Counter({(row["file"], row["sheet"], row["table"]): int(row["rows"]) for row in sent.rows("files.csv")})
    assert {(part.file, part.sheet, part.table): part.rows for part in parts} == said


def test_exactly_what_is_damaged_is_rejected_with_its_reason(sent: Sent) -> None:
    planted = Counter(tuple(row.values()) for row in sent.rows("damage.csv"))
    found = rejected(sent.messy)
    assert (found - planted, planted - found) == (Counter(), Counter())
    assert len({code for *_, code in planted}) >= 10


def test_the_lake_holds_what_it_holds_from_the_clean_form(sent: Sent) -> None:
    left, right = current(sent.messy), current(sent.clean)
    assert [table for table in CONTRACTS if not left[table].equals(right[table])] == [], difference(left, right)
    assert sum(table.num_rows for table in left.values()) == sent.report.total("accepted")


def test_no_sealed_value_is_in_clear_below_the_home_folder(sent: Sent) -> None:
    wanted = {row["value"] for row in sent.rows("sealed.csv")}
    assert len(wanted) > PEOPLE
    current(sent.messy)  # makes the current view, so that it is searched too
    automaton = ahocorasick.Automaton()
    for value in wanted:
        automaton.add_word(value, value)
    automaton.make_automaton()
    assert sorted({value for _, value in automaton.iter(everything(sent.messy.home))}) == []


def test_the_same_seed_gives_the_same_bytes(sent: Sent, tmp_path: Path) -> None:
    build(SEED, PEOPLE, YEARS, tmp_path, "messy")
    assert digests(tmp_path) == digests(sent.folder)


def test_offices_have_a_word_for_every_value_a_column_allows() -> None:
    words, tables = read_words(), {page.table for letter in read_letters() for page in letter.pages}
    wanted = {
        f"{table}.{name}": set(column.allowed)
        for table in tables
        for name, column in CONTRACTS[table].columns.items()
        if column.allowed
    }
    assert {place: set(known) for place, known in words.items()} == wanted


def test_a_letter_names_only_columns_of_its_table() -> None:
    for page in (page for letter in read_letters() for page in letter.pages):
        named = {*page.headers, *page.order, *page.names, *(odd.column for odd in page.odd)} | (
            {page.total} if page.total else set()
        )
        assert named <= set(CONTRACTS[page.table].columns), page.table


def test_there_is_a_source_for_every_table_that_offices_keep() -> None:
    known = {source.table for source in read_sources(contracts=CONTRACTS).values()} - {
        "link_judgement"
    }  # people's own word, no office sends it
    kept = {name for name in CONTRACTS if name not in MADE_HERE and name != "related_lot"}
    assert known == kept == {page.table for letter in read_letters() for page in letter.pages}


def rejected(lake: Lake) -> Counter[tuple[str, ...]]:
    """(file, sheet, row, column, code) of every reject in the lake."""
    found: Counter[tuple[str, ...]] = Counter()
    for batch in lake.living():
        if batch.rejects:
            table = pq.read_table(lake.folder / batch.rejects, columns=["file", "sheet", "row_no", "column", "code"])
            found.update(tuple("" if cell is None else str(cell) for cell in row.values()) for row in table.to_pylist())
    return found


def current(lake: Lake) -> dict[str, pa.Table]:
    """Every table as it is now, in a fixed order and without where its rows came from."""
    backend = lake.open()
    try:
        found = {}
        for table, contract in CONTRACTS.items():
            columns = ", ".join(f'"{name}"' for name in contract.columns)
            found[table] = backend.con.sql(f"SELECT {columns} FROM {table} ORDER BY ALL").to_arrow_table()
        return found
    finally:
        backend.disconnect()


def difference(left: dict[str, pa.Table], right: dict[str, pa.Table]) -> str:
    """The first differing cell of every differing table."""
    said = []
    for table, one in left.items():
        other = right[table]
        if one.num_rows != other.num_rows:
            said.append(f"{table}: {one.num_rows} rows, {other.num_rows} in the clean form")
            continue
        for name in one.column_names:
            if not one[name].equals(other[name]):
                pairs = zip(one[name].to_pylist(), other[name].to_pylist(), strict=True)
                said.append(f"{table}.{name}: {next(pair for pair in pairs if pair[0] != pair[1])}")
    return "\n".join(said)


def everything(home: Path) -> str:
    """All text below a folder: names and bytes of files, and beside them the values of Parquet and DuckDB files."""
    found = []
    for path in sorted(file for file in home.rglob("*") if file.is_file()):
        found += [
            str(path.relative_to(home)),
            path.read_bytes().decode("utf-8", "ignore"),
            path.read_bytes().decode("gb18030", "ignore"),
        ]
        if path.suffix == ".parquet":
            found += [texts(pq.read_table(path))]
        if path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as con:
                names = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
                found += [texts(con.sql(f'SELECT * FROM "{name}"').to_arrow_table()) for name in names]
    return "\n".join(found)


def texts(table: pa.Table) -> str:
    """The distinct texts and bytes of a table."""
    found = []
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_binary(column.type):
            values = pc.unique(column).to_pylist()
            found += [value.decode("utf-8", "ignore") if isinstance(value, bytes) else value or "" for value in values]
    return "\n".join(found)


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
