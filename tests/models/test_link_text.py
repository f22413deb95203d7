"""Names, addresses and codes made comparable: one thing written two ways is equal, two things are not."""

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from datasets.forms import credit_check
from models.link_text import make_macros

Ask = Callable[[str, str | None], Any]


@pytest.fixture(scope="module")
def ask() -> Ask:
    con = duckdb.connect()
    make_macros(con)

    def _ask(macro: str, text: str | None) -> Any:
        return con.execute(f"SELECT {macro.format('$1')}", [text]).fetchall()[0][0]

    return _ask


NAME = "bare_name(without_old(plain_text({})))"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("江临宏达建设有限责任公司", "江临宏达建设有限公司"),
        ("江临宏达（江苏）建设有限公司", "江临宏达(江苏)建设有限公司"),
        ("　江临 宏达建设有限公司", "江临宏达建设有限公司"),
        ("ＡＢＣ科技有限公司", "ABC科技有限公司"),
        ("江临宏达建设有限公司（原：江临宏图建设有限公司）", "江临宏达建设有限公司"),
        ("Ferretería Ochoa, S.R.L.", "FERRETERIA OCHOA SRL"),
        ("Grupo Abc, S.A.", "GRUPO ABC SA"),
        ("Jalatama Management Sdn. Bhd.", "Jalatama Management SDN BHD"),
        ("Acme Works Co., Ltd.", "ACME WORKS COMPANY LIMITED"),
    ],
)
def test_one_name_written_two_ways_is_equal(ask: Ask, one: str, other: str) -> None:
    assert ask(NAME, one) == ask(NAME, other) is not None


def test_the_legal_form_tells_a_joint_stock_company_from_a_limited_one(ask: Ask) -> None:
    form = "legal_form(plain_text({}))"
    assert ask(form, "江临宏达建设有限责任公司") == ask(form, "江临宏达建设有限公司") == "有限"
    assert ask(form, "江临宏达建设股份有限公司") == "股份"


@pytest.mark.parametrize("text", ["江临宏达（原：江临宏图）有限公司", "江临宏达有限公司（曾用名：江临宏图）"])
def test_a_former_name_is_read_out_of_brackets(ask: Ask, text: str) -> None:
    assert ask("old_name(plain_text({}))", text) == "江临宏图"


def test_a_place_in_brackets_is_no_former_name(ask: Ask) -> None:
    assert ask("old_name(plain_text({}))", "宏达（江苏）有限公司") is None


def test_a_branch_is_named_after_its_firm(ask: Ask) -> None:
    assert ask("parent_name({})", "宏达有限公司南通分公司") == "宏达有限公司"
    assert ask("parent_name({})", "宏达有限公司") is None


@pytest.mark.parametrize("text", ["人民路12号", "江临县人民路12号", "人民路１２号", "江苏省江临县人民路12号", "人民路12号院"])
def test_one_address_written_otherwise_is_equal(ask: Ask, text: str) -> None:
    assert ask("plain_address({})", text) == "人民路12"


def test_addresses_of_other_houses_and_rooms_differ(ask: Ask) -> None:
    found = {ask("plain_address({})", text) for text in ("人民路12号", "人民路121号", "人民路12号503室", "市北路12号")}
    assert len(found) == 4


def test_a_credit_code_whose_check_character_fails_is_no_good_number(ask: Ask) -> None:
    good = "91320612MA1ABCDE1" + credit_check("91320612MA1ABCDE1")
    assert ask("good_code({})", good) is True
    assert ask("good_code({})", good[:-1] + ("M" if good[-1] != "M" else "N")) is False
    assert ask("good_code({})", "310000400123456") is False, "the old registration number"
    assert ask("good_code({})", "DO-RPE-12345") is True, "a foreign number has a scheme of its own"
    assert ask("good_code({})", None) is False


def test_nothing_is_said_of_nothing(ask: Ask) -> None:
    assert [ask(macro, None) for macro in (NAME, "plain_address({})", "old_name({})", "parent_name({})")] == [None] * 4
