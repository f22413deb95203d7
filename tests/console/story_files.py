"""What the offices of one village send in the story: a hotline's workbook, payment lists, a register of deaths, as untidy as they are."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl

from tests.service import village

AUTUMN, JANUARY = ("2025-10", "2025-11", "2025-12"), ("2026-01",)
DEAD, LATELY = 2, 11
"""Who died in June 2023; who dies in December 2025, known later."""
RENAMED = {8: "郑海艳", 6: "周桂瑛"}
"""Whose accounts are in another name: the second town pays them."""
PAID = (DEAD, 3, 7, 9, 10, LATELY, 12)
"""Whom the first town pays."""
TWICE = (8,)
"""Whom it pays too, in January."""
LIST = "发放流水号 补贴名称 公民身份号码 银行卡号 姓名 补贴资金 发放日期 所属期 发放单位 行政村 乡镇 发放类型".split()
PERSON = "身份证号 姓名 出生日期 死亡日期 死亡登记已核 户号 户籍村".split()
TICKET = ("工单编号", "来源", "适用程序", "诉求类型", "诉求标题", "诉求内容", "分类", "所涉区划", "地点", "联系电话", "诉求人", "承办单位",
          "登记时间", "办理期限", "办结时间", "办理结果", "已回访", "是否解决", "是否满意")  # fmt: skip
CALLER = "13900000002"
SAID = "东风村有人去世两年了还在领低保，家里人说一直有钱打进来，请查一查。"
FORBIDDEN = "实名举报县委书记在低保名额上收受红包。"
"""Not to be entered in the platform: it is turned away at the door."""


def hotline(folder: Path) -> Path:
    """The hotline's workbook: a title above the header, a blank row, digits of every width; one ticket that may not be entered."""
    tickets = [_ticket("TK2512001", "东风村低保发放有问题", SAID, "２０２５-12-08 09:10", "139 0000 0002"), (None,) * len(TICKET),
               _ticket("TK2512002", "举报", FORBIDDEN, "2025年12月9日 10:30", "13900000003")]  # fmt: skip
    return _workbook(folder / "12345热线工单导出12月.xlsx", "通海县12345热线工单（2025年12月）", TICKET, tickets)


def first_town(folder: Path, name: str, months: Sequence[str], also: Sequence[int] = ()) -> Path:
    """Its list of those months, in the encoding of an old program, amounts and days as each clerk writes them, a total below."""
    rows = [_paid(number, month, village.TOWNSHIP, "平潮镇") for number in (*PAID, *also) for month in months]
    return _text(folder / name, "平潮镇农村低保打卡发放清册", LIST, [*rows, ("合　计", *[""] * 4, f"{len(rows) * 650}")])


def second_town(folder: Path, name: str, months: Sequence[str]) -> Path:
    """Its list as a workbook; the village is not named."""
    rows = [_paid(number, month, village.OTHER_TOWNSHIP, "石港镇") for number in RENAMED for month in months]
    return _workbook(folder / name, "石港镇低保发放表", LIST, rows)


def deaths(folder: Path) -> Path:
    """A register of persons with one death entered late."""
    who = village.resident(LATELY), village.NAMES[LATELY - 1]
    row = (*who, "1950/3/7", "2025年12月3日", "是", f"HH{LATELY:03d}", village.VILLAGE)
    return _text(folder / "人口信息变更1月.csv", "", PERSON, [row])


def _ticket(number: str, title: str, body: str, at: str, caller: str) -> tuple[str | None, ...]:
    return (number, "12345热线", "一般诉求", "投诉", title, body, "民政", village.VILLAGE, "东风村三组", caller, "李建国", "平潮镇人民政府",
            at, "2025-12-19 18:00", "2025-12-15 10:00", "已核实办理", "是", "是", "是")  # fmt: skip


def _paid(number: int, month: str, unit: str, town: str) -> tuple[str, ...]:
    day = (f"{month}-05", f"{month.replace('-', '/')}/05", f"{month[:4]}年{int(month[5:])}月5日")[number % 3]
    amount = ("650", "650.00", "６５０元", " 650 ")[number % 4]
    own = unit == village.TOWNSHIP
    name = village.NAMES[number - 1] if own else RENAMED[number]
    return (f"{'PC' if own else 'SG'}{number:02d}{month}", "农村低保", village.resident(number), village.account(number), name, amount, day, month, unit,
            "东风村" if own else "", town, "正常发放")  # fmt: skip


def _text(path: Path, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    out = io.StringIO()
    csv.writer(out).writerows([*([[title]] if title else []), header, *rows])
    path.write_bytes(out.getvalue().encode("gb18030"))
    return path


def _workbook(path: Path, title: str, header: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ([title], header, *rows):
        sheet.append(list(row))
    book.save(path)
    return path
