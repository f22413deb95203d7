"""Progress is told on a terminal by bars, elsewhere by a plain line every few seconds, and never for quick work."""

import io

from service import progress
from service.progress import Bars


def test_quick_work_says_nothing_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with Bars(stream) as bars:
        bars("flag", 1, 10)
    assert stream.getvalue() == ""


def test_long_work_says_a_plain_line() -> None:
    stream = io.StringIO()
    with Bars(stream) as bars:
        bars.said_at -= progress.EVERY_SECONDS + 1
        bars("flag", 1, 10)
        bars("flag", 2, 10)
    assert stream.getvalue() == "… flag 1/10\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_that_is_gone_in_the_end() -> None:
    stream = Terminal()
    with Bars(stream) as bars:
        bars("flag", 1, 10)
    assert "flag" in stream.getvalue()
    assert stream.getvalue().rstrip("\n").endswith("\x1b[2K") or "\x1b[" in stream.getvalue()
