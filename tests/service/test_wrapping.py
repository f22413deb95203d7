"""Text on a terminal: no line too wide, nothing lost, dates and numbers whole."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from service.wrapping import NEVER_FIRST, wrap

TEXTS = st.text(alphabet="东风村2024-03 15，。（）abc；、", max_size=200)


@given(TEXTS, st.integers(min_value=20, max_value=80))
def test_no_line_is_wider_than_the_terminal_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_date_is_not_cut_and_no_line_begins_with_a_closing_mark() -> None:
    lines = wrap("所属期 2024-02；发放日期 2024-02-15；发放单位 平潮镇人民政府；所在村 东风村；2024-03-15。", 20)
    assert all(line[0] not in NEVER_FIRST for line in lines)
    assert sum("2024-02-15" in line for line in lines) == 1
