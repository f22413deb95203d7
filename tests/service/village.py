"""A small place with a handful of problems, written as clean files: enough for every step of a run."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from datasets.batch import arrow_schema
from datasets.contract import LINEAGE, read_contracts
from datasets.forms import resident_check
from rules.filler import cell, filler

COUNTY, TOWN, OTHER_TOWN, VILLAGE = "320612000000", "320612001000", "320612002000", "320612001001"
TOWNSHIP, OTHER_TOWNSHIP, CIVIL, COMMISSION = "U0010", "U0011", "U0001", "U0100"
NAMES = "王秀兰 李建国 张建军 赵敏 陈志强 周桂英 吴刚 郑海燕 孙丽 钱进 冯勇 褚玉梅".split()
Row = dict[str, Any]


def resident(number: int) -> str:
    """A resident id number with a right check digit."""
    first = f"32062319{40 + number % 50:02d}0307{number:03d}"
    return first + resident_check(first)


def account(number: int) -> str:
    return f"62220200000000{number:05d}"


def places() -> dict[str, list[Row]]:
    """Areas, bodies, supervision offices and what they cover."""
    areas = ((COUNTY, "通海县", "county", None), (TOWN, "平潮镇", "town", COUNTY), (OTHER_TOWN, "石港镇", "town", COUNTY),
             (VILLAGE, "东风村", "village", TOWN))  # fmt: skip
    units = ((TOWNSHIP, "平潮镇人民政府", "township", TOWN, "town", None), (OTHER_TOWNSHIP, "石港镇人民政府", "township", OTHER_TOWN, "town", None),
             (CIVIL, "县民政局", "agency", COUNTY, "county", "OF-PZ01"), (COMMISSION, "县纪委监委", "agency", COUNTY, "county", None))  # fmt: skip
    offices = (("OF-JD01", "第一监督检查室", "discipline"), ("OF-JC01", "第一监察室", "supervisory"),
               ("OF-PZ01", "驻县民政局纪检监察组", "stationed"), ("OF-XT01", "党风政风监督室", "coordination"))  # fmt: skip
    covers = (("OF-JD01", "area", COUNTY), ("OF-JC01", "area", COUNTY), ("OF-PZ01", "unit", CIVIL), ("OF-XT01", "all", "*"))
    return {
        "area": [{"area_id": one, "name": name, "level": level, "parent_id": above} for one, name, level, above in areas],
        "unit": [
            {"unit_id": one, "name": name, "kind": kind, "area_id": area, "admin_level": level, "stationed_office_id": group}
            for one, name, kind, area, level, group in units
        ],
        "office": [
            {"office_id": one, "name": name, "stream": stream, "unit_id": COMMISSION, "head_id": None}
            for one, name, stream in offices
        ],
        "office_coverage": [
            {"office_id": one, "covers_kind": kind, "covers_id": what, "starts_on": "2020-01-01"} for one, kind, what in covers
        ],
    }


def people() -> dict[str, list[Row]]:
    """Twelve people, two of them dead, one on the public payroll."""
    dead = {1: "2024-01-15", 2: "2023-06-20"}
    return {
        "person": [
            {"person_id": resident(number), "name": name, "household_id": f"HH{number:03d}", "area_id": VILLAGE, "death_known": True,
             "died_on": dead.get(number), "born_on": "1950-03-07"}
            for number, name in enumerate(NAMES, 1)
        ],
        "public_employee": [
            {"person_id": resident(4), "unit_id": CIVIL, "post": "科员", "rank": "staff", "party_member": True, "managed_at": "county",
             "village_cadre": False, "paid_by_finance": True, "starts_on": "2015-01-01"}
        ],
    }  # fmt: skip


def payments(months: Sequence[str] = ("2024-02", "2024-03", "2024-04")) -> dict[str, list[Row]]:
    """Poor relief paid month by month: to the dead, to a public employee, and to one person by two towns."""
    programme = {"programme_id": "PG01", "name": "农村低保", "unit_id": CIVIL, "need_based": True, "lump_sum": False, "target": "person",
                 "grace_months": 0, "starts_on": "2018-01-01"}  # fmt: skip
    rows = [
        {"payment_id": f"PAY{number:02d}{month}", "programme_id": "PG01", "person_id": resident(number), "account_id": account(number),
         "account_name": NAMES[number - 1], "amount": 650.0, "paid_on": f"{month}-15", "period": month, "unit_id": TOWNSHIP,
         "area_id": VILLAGE, "kind": "regular", "approver_id": None, "quantity": 1}
        for number in range(1, len(NAMES) + 1)
        for month in months
    ]  # fmt: skip
    again = [
        {**row, "payment_id": row["payment_id"].replace("PAY", "OTH"), "unit_id": OTHER_TOWNSHIP, "area_id": None}
        for row in rows
        if row["person_id"] == resident(5)
    ]
    return {"programme": [programme], "subsidy_payment": rows + again}


def complaints() -> dict[str, list[Row]]:
    """Two orders of the hotline about the village, one of them repeated."""
    ticket = {"channel": "hotline", "regime": "ordinary", "kind": "complaint", "category": "民政", "area_id": VILLAGE, "place": "东风村三组",
              "unit_id": TOWNSHIP, "title": "东风村低保发放有问题", "caller_id": "13900000002", "caller_name": "李建国",
              "reply": "已核实办理", "solved": True, "satisfied": True, "called_back": True}  # fmt: skip
    return {
        "ticket": [
            {**ticket, "ticket_id": "TK01", "body": "东风村有人去世了还在领低保，请核查。", "created_at": "2024-03-01 09:10:00",
             "due_at": "2024-03-11 18:00:00", "closed_at": "2024-03-05 10:00:00"},
            {**ticket, "ticket_id": "TK02", "body": "东风村低保还是没有人管，请尽快核查。", "created_at": "2024-04-02 09:10:00",
             "due_at": "2024-04-12 18:00:00", "closed_at": "2024-04-08 10:00:00", "satisfied": False, "solved": False},
        ]
    }  # fmt: skip


def write(folder: Path, *parts: Mapping[str, Sequence[Row]]) -> Path:
    """Write tables (default: the whole place) as clean files, one for each table; returns the folder."""
    contracts = read_contracts()
    folder.mkdir(parents=True, exist_ok=True)
    for tables in parts or (places(), people(), payments(), complaints()):
        for table, rows in tables.items():
            contract = contracts[table]
            whole = [
                {
                    name: cell(row[name], column)
                    if name in row
                    else (None if not column.required else filler(name, column, table, number))
                    for name, column in contract.columns.items()
                }
                for number, row in enumerate(rows, 1)
            ]
            schema = pa.schema([field for field in arrow_schema(contract) if field.name not in LINEAGE])
            pq.write_table(pa.Table.from_pylist(whole, schema=schema), folder / f"{table}.parquet")
    return folder


AS_OF = date(2024, 4, 30)
