"""A small town's files, as offices send them, for the tests of importing: real workbooks and lists, made where the test runs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from datasets.contract import read_contracts
from datasets.forms import resident_check
from datasets.import_report import ImportReport
from datasets.importing import import_paths
from datasets.key import Key
from datasets.lake import Lake
from datasets.source import Sources, read_sources

CONTRACTS = read_contracts()
KEY = Key(b"k" * 32)

SOURCES = {
    "areas": """
        table: area
        title: {zh: 区划, en: areas}
        match: {files: ["区划*.csv"], headers: [区划代码]}
        columns:
          area_id: {from: 区划代码}
          name: {from: 名称}
          level: {from: 级别, values: {县: county, 乡镇: town, 村: village}}
          parent_id: {from: 上级}
    """,
    "payments": """
        table: subsidy_payment
        title: {zh: 补贴发放, en: payments}
        match: {files: ["*发放*"], headers: [身份证号, 金额]}
        columns:
          payment_id: {from: [流水号, 编号]}
          person_id: {from: [身份证号, 公民身份号码]}
          account_id: {from: 卡号}
          account_name: {from: 姓名}
          amount: {from: [金额, 补贴金额], unit: 元}
          paid_on: {from: 日期}
          period: {from: 所属期}
          programme_id: {from: 项目, values: {低保: PG01, 种粮补贴: PG03}}
          area_id: {from: 村, lookup: area.name, within: {parent_id: {from: 乡镇, lookup: area.name}}}
          unit_id: {const: U0010}
    """,
    "persons": """
        table: person
        title: {zh: 人员, en: persons}
        match: {files: ["人员*"], headers: [身份证号, 姓名]}
        columns:
          person_id: {from: 身份证号}
          name: {from: 姓名}
          sex: {from: 性别, values: {男: M, 女: F}}
          died_on: {from: 死亡日期}
          death_known: {const: true}
    """,
    "cadres": """
        table: public_employee
        title: {zh: 公职人员, en: public employees}
        match: {files: ["公职*"], headers: [身份证号, 职务]}
        columns:
          person_id: {from: 身份证号}
          unit_id: {const: U0001}
          post: {from: 职务}
          managed_at: {from: 管理权限, values: {县管: county, 市管: city}}
          village_cadre: {from: 村干部}
          paid_by_finance: {const: true}
          starts_on: {from: 任职日期}
    """,
    "tickets": """
        table: ticket
        title: {zh: 工单, en: tickets}
        match: {files: ["工单*"], headers: [工单编号, 内容]}
        columns:
          ticket_id: {from: 工单编号}
          regime: {from: 程序, values: {普通: ordinary, 检举控告: accusation}}
          title: {from: 标题}
          body: {from: 内容}
          caller_id: {from: 来电号码}
          caller_name: {from: 来电人}
          accused_name: {from: 被反映人}
          created_at: {from: 登记时间}
          related_id: {from: 关联工单}
          reply: {from: 答复}
    """,
    "flows": """
        table: ticket_flow
        title: {zh: 流转, en: flows}
        match: {files: ["流转*"], headers: [工单编号, 动作]}
        columns:
          ticket_id: {from: 工单编号}
          seq: {from: 序号}
          action: {from: 动作, values: {派单: dispatch, 办结: close}}
          acted_at: {from: 时间}
          reason: {from: 原因}
    """,
}

AREAS = (
    "区划代码,名称,级别,上级\n1,县,县,\n11,东镇,乡镇,1\n12,西镇,乡镇,1\n111,东风村,村,11\n121,东风村,村,12\n112,红星村,村,11\n"
)
PAYMENT_HEADER = ["流水号", "乡镇", "村", "姓名", "公民身份\n号码", "卡号", "项目", "补贴金额（元）", "日期"]


def resident(number: int) -> str:
    """A valid resident id number, another for every number below 100,000."""
    first = f"320612{1940 + number % 50}0{1 + number % 9}{10 + number % 19}{number // 50 % 1000:03d}"
    return first + resident_check(first)


def card(number: int) -> str:
    return f"62220200{number:011d}"


def payment(number: int, **changed: Any) -> list[Any]:
    """One good line of a payment list; `changed` replaces cells by header."""
    line = dict(zip(
        PAYMENT_HEADER, [f"P{number:05d}", "东镇", "东风村", "张三丰", resident(number), card(number), "低保", "650.00", "2024-03-05"],
        strict=True,
    ))  # fmt: skip
    short = {"id": PAYMENT_HEADER[4], "amount": PAYMENT_HEADER[7]}
    return list({**line, **{short.get(name, name): value for name, value in changed.items()}}.values())


def sources(folder: Path, **changed: str) -> Sources:
    """The town's sources, written to a folder and read from it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**SOURCES, **changed}.items():
        lines = [line[8:] if line.startswith(" " * 8) else line for line in text.strip("\n").splitlines()]
        (folder / f"{name}.yml").write_text(f"source: {name}\n" + "\n".join(lines).rstrip() + "\n", encoding="utf-8")
    return read_sources(folder, contracts=CONTRACTS)


def workbook(path: Path, lines: Sequence[Sequence[Any]], *, title: str = "", sheet: str = "Sheet1") -> Path:
    """An .xlsx with a merged title row above the lines, when there is a title."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet(sheet)
        if title:
            page.merge_range(0, 0, 0, max(1, len(lines[0]) - 1), title)
        for number, line in enumerate(lines, start=1 if title else 0):
            page.write_row(number, 0, line)
    return path


def payments(path: Path, lines: Sequence[Sequence[Any]], title: str = "东镇补贴发放表") -> Path:
    return workbook(path, [PAYMENT_HEADER, *lines], title=title)


def areas(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "区划表.csv"
    path.write_bytes(AREAS.encode("gb18030"))
    return path


def lake(home: Path) -> Lake:
    return Lake(home, CONTRACTS)


def take(home: Path, known: Sources, *paths: Path, **more: Any) -> ImportReport:
    """Import into the lake of this home, holding the law that no row is lost."""
    report = import_paths(lake(home), known, paths, KEY, **more)
    assert all(part.rows == part.accepted + part.rejected for part in report.parts)
    return report


def stored(home: Path, table: str) -> list[dict[str, Any]]:
    """The current rows of a table, in the order of their key."""
    backend = lake(home).open()
    try:
        key = ", ".join(CONTRACTS[table].key)
        cursor = backend.con.execute(f"SELECT * FROM {table} ORDER BY {key}")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    finally:
        backend.disconnect()


def everything(home: Path) -> bytes:
    """All bytes below the home folder, and beside them every value of every Parquet and DuckDB file as text."""
    import duckdb

    found = []
    for path in sorted(file for file in home.rglob("*") if file.is_file()):
        found += [str(path.relative_to(home)).encode(), path.read_bytes()]
        if path.suffix == ".parquet":
            found += [_values(pq.read_table(path))]
        if path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as con:
                for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                    found.append(repr(con.execute(f'SELECT * FROM "{table}"').fetchall()).encode())
    return b"\n".join(found)


def _values(table: pa.Table) -> bytes:
    parts = []
    for column in table.columns:
        for value in column.to_pylist():
            parts.append(value if isinstance(value, bytes) else str(value).encode())
    return b"\n".join(parts)
