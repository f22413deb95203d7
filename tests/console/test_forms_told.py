"""What a form lacks is told by the words of the page, all of it at once; every form of every page is known to the one table that says so."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from lxml import html
from starlette.datastructures import FormData

from service.console.forms import BY_HAND, ITSELF, Field, Misfilled, look, table
from service.words import texts
from tests.console.full_site import FullSite, full_site
from tests.console.test_every_page import PEOPLE, address, looker, pages

KINDS = {"date": "day", "datetime-local": "moment", "number": "number"}
MARKS = "mark-"
"""Marks of a criterion: which there are is an office's own to say."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullSite]:
    with full_site(tmp_path_factory.mktemp("forms")) as made:
        yield made


def posted(page: str) -> Iterator[Any]:
    """The forms of a page that change something."""
    if page.strip():
        yield from (one for one in html.fromstring(page).iter("form") if one.get("hx-post") or one.get("method") == "post")


def known(path: str) -> str:
    """The table's address for a path."""
    return next(
        (one for one in table() if re.fullmatch(re.sub(r"\\{\w+\\}|\{\w+\}", "[^/]+", re.sub(r"\.", r"\\.", one)), path)), ""
    )


def caption(form: Any, one: Any) -> str:
    """What stands beside a field."""
    if one.get("type") in ("radio", "checkbox"):
        return " ".join(next(one.iterancestors("fieldset")).findtext("legend").split())
    label = form.xpath(".//label[@for=$id]", id=one.get("id"))
    return " ".join(label[0].text_content().split()) if label else str(one.get("aria-label", ""))


def faults(form: Any) -> Iterator[str]:
    path = form.get("hx-post") or form.get("action")
    fields = table().get(known(path))
    shown = [
        one
        for one in form.xpath(".//input|.//textarea|.//select")
        if one.get("type") not in ("hidden", "checkbox", "file") and one.get("name")
    ]
    if fields is None and path in ITSELF:
        return
    if fields is None:
        yield from (f"{path} has {one.get('name')}, and is not in the table" for one in shown)
        return
    for one in (each for each in shown if not each.get("name").startswith(MARKS)):
        field = fields.get(one.get("name"))
        if field is None:
            if one.get("required") is not None or one.get("type") in KINDS:
                yield f"{path}: {one.get('name')} is not in the table"
            continue
        if not caption(form, one).startswith(field.label):
            yield f"{path}: {one.get('name')} is {caption(form, one)} on the page, {field.label} in the table"
        if KINDS.get(one.get("type"), field.kind) != field.kind:
            yield f"{path}: {one.get('name')} is no {field.kind}"
        if field.kind != "choice" and not field.only and (one.get("required") is not None) != field.must:
            yield f"{path}: {one.get('name')} must be filled in on one side only"


def test_every_form_of_every_page_is_in_the_table_with_the_words_of_the_page(full: FullSite) -> None:
    found, seen = set(), set()
    for path in pages(full):
        for who in {looker(path), "chief"} & set(PEOPLE):
            answer = full.calls[who].get(address(full, path), headers={"HX-Request": "true"} if "/ask/" in path else {})
            for form in posted(answer.text if answer.status_code == 200 else ""):
                seen.add(known(form.get("hx-post") or form.get("action")))
                found |= set(faults(form))
    assert not found, "\n".join(sorted(found))
    assert len(seen) > 25, "the pages that have forms were opened"


def test_what_the_table_calls_a_field_is_a_text_in_both_languages() -> None:
    for fields in table().values():
        for name, field in fields.items():
            assert field.kind == "hidden" or {field.words} <= set(texts("zh")) & set(texts("en")), name
    assert set(ITSELF) & set(table()) == {BY_HAND}


def test_a_form_with_several_mistakes_names_them_all_and_what_would_be_right(full: FullSite) -> None:
    case = f"/cases/{full.ids['case_id']}/verify"
    answer = full.calls["wang"].post(
        case, data={"version": "1", "checked": "发放清册", "result": "unclear", "checked_on": "3月5日"}
    )
    assert answer.status_code == 422
    told = html.fromstring(answer.text).xpath("//p[@class='lines']")[0].text_content().splitlines()
    assert told == ["“认定情况”没有填，请用文字写明", "“核实日期”填的“3月5日”不是日期，应像 2026-03-05 这样填"]


def test_who_may_not_is_told_that_before_what_the_form_lacks(full: FullSite) -> None:
    answer = full.calls["clerk"].post(f"/cases/{full.ids['case_id']}/verify", data={})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/alerts/{alert}/demands",
        "/letters",
        "/rectifications",
        "/tasks",
        "/campaigns",
        "/outside",
        "/alerts/{alert}/clearings",
        "/cases",
    ],
)
def test_an_empty_form_names_every_field_that_must_be_filled_in(full: FullSite, path: str) -> None:
    answer: httpx2.Response = full.calls["chief"].post(address(full, path), data={})
    assert answer.status_code == 422
    told = html.fromstring(answer.text).xpath("//p[@class='lines']")[0].text_content()
    empty = FormData()
    for field in table()[path].values():
        assert (f"“{field.label}”" in told) == field.needed(empty)


def test_the_form_that_opens_an_alert_comes_back_with_what_was_written_and_all_that_it_lacks(full: FullSite) -> None:
    answer = full.calls["triager"].post("/alerts/new", data={"text": "来电反映低保名单没有公示"})
    tree = html.fromstring(answer.text)
    assert answer.status_code == 422 and tree.get_element_by_id("text").text_content().strip() == "来电反映低保名单没有公示"
    told = [
        line.partition("”")[0] for line in tree.xpath("//*[contains(@class, 'lines')]")[0].text_content().strip().splitlines()
    ]
    assert told == ["“题目（写成疑点）", "“单位（名称或代码）", "“由哪个机构研判"]


def test_a_field_needed_only_with_another_is_asked_for_only_then() -> None:
    fields = table()["/cases/{case_id}/dispose"]
    look(FormData([("version", "1"), ("agree", "yes")]), fields)
    with pytest.raises(Misfilled, match="不同意"):
        look(FormData([("version", "1"), ("agree", "no")]), fields)
    with pytest.raises(ValueError):
        Field.of("date! casework.field.checked_on")
