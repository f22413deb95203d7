"""A law: whatever cells a list holds, import loses no row and invents none."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.quarantine import waiting
from tests.datasets import town

CELLS = st.one_of(
    st.sampled_from(
        ["", "650", "1.2万元", "2024-03-05", "45356", "低保", "合计", "东风村", "东镇", "4.20111E+17", "/", "６５０", "=1+1"]
    ),
    st.integers(0, 30).map(lambda number: f"P{number}"),
    st.integers(0, 30).map(town.resident),
    st.text(st.characters(codec="gb18030", exclude_categories=["Cs", "Cc"], exclude_characters="\ufdd0"), max_size=6),
)
LINES = st.lists(st.lists(CELLS, min_size=len(town.PAYMENT_HEADER), max_size=len(town.PAYMENT_HEADER)), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_import_conserves_rows(lines: list[list[str]], encoding: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        header = [name.replace("\n", "") for name in town.PAYMENT_HEADER]
        text = "\n".join(",".join(f'"{cell.replace(chr(34), "")}"' for cell in line) for line in [header, *lines])
        (root / "发放.csv").write_bytes(text.encode(encoding))
        report = town.take(root / "home", town.sources(root / "sources"), town.areas(root), root / "发放.csv")
        part = next((part for part in report.parts if part.table == "subsidy_payment"), None)
        if part is None or part.status == "stopped":
            assert not any(any(cell.strip() for cell in line) and not _total(line) for line in lines)
            return
        rows = town.stored(root / "home", "subsidy_payment")
        rejected = {one.row_no for one in waiting(town.lake(root / "home")) if one.table == "subsidy_payment"}
        accepted = {row["row_no"] for row in rows}
        assert len(rows) == part.accepted and len(rejected) == part.rejected
        assert not accepted & rejected and part.rows + part.skipped == len(lines)
        assert part.lines == len(lines) + 1


def _total(line: list[str]) -> bool:
    first = next((cell for cell in line if cell.strip()), "")
    return first.replace(" ", "").startswith(
        ("合计", "总计", "小计", "注", "备注", "说明", "制表", "填表", "审核人", "复核人", "单位负责人")
    )
