"""A column whose cells are all plain letters and digits is read by its source's rule like any other."""

from pathlib import Path

from tests.datasets import town

HEADER = ["流水号", "身份证号", "金额", "日期", "所属期", "项目", "村", "企业"]
SOURCE = """
    table: subsidy_payment
    title: {zh: 补贴发放, en: payments}
    match: {files: ["*发放*"], headers: [身份证号, 金额]}
    columns:
      payment_id: {hash: [身份证号]}
      person_id: {from: 身份证号}
      amount: {from: 金额}
      paid_on: {from: 日期}
      period: {from: 所属期}
      programme_id: {from: 项目, values: {"01": PG01}}
      area_id: {from: 村, lookup: area.name}
      enterprise_id: {from: 企业}
"""


def _take(folder: Path, *lines: list[str]) -> tuple[list[dict[str, object]], dict[str, int]]:
    known = town.sources(folder / "sources", payments=SOURCE.replace("\n    ", "\n        "))
    (folder / "in").mkdir()
    town.areas(folder / "in")
    text = "\n".join(",".join(line) for line in [HEADER, *lines])
    (folder / "in" / "发放.csv").write_text(text + "\n", encoding="utf-8")
    report = town.take(folder / "home", known, folder / "in")
    codes = {code: count for file in report.files for part in file.parts for code, count in part.codes.items()}
    return town.stored(folder / "home", "subsidy_payment"), codes


def _line(number: int, **changed: str) -> list[str]:
    cells = [f"P{number}", town.resident(number), "650", "20240305", "202403", "01", "111", "91320612MA1EXAMPL1"]
    return list({**dict(zip(HEADER, cells, strict=True)), **changed}.values())


def test_spellings_periods_and_keys_of_plain_digits_are_made_what_they_mean(tmp_path: Path) -> None:
    rows, codes = _take(tmp_path, _line(1), _line(2))
    assert codes == {}
    assert {(row["programme_id"], row["period"], row["area_id"]) for row in rows} == {("PG01", "2024-03", "111")}


def test_a_key_hashed_from_one_plain_column_does_not_show_it(tmp_path: Path) -> None:
    rows, _ = _take(tmp_path, _line(1), _line(2))
    assert all(str(row["payment_id"]).startswith("h_") for row in rows)
    assert town.resident(1).encode() not in town.everything(tmp_path / "home")


def test_codes_that_are_unknown_or_cut_short_are_rejected(tmp_path: Path) -> None:
    rows, codes = _take(tmp_path, _line(1), _line(2, 项目="99"), _line(3, 村="999"), _line(4, 企业="91320612MA1EXAMPL"))
    assert codes == {"not_allowed": 1, "unknown_reference": 1, "bad_form": 1} and len(rows) == 1
