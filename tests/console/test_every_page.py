"""Every page of the console in a real browser: no serious fault by axe in light and in dark, none wider than a phone, no other host asked.

The doors are read from the application, so a page that is added and has no place here fails the test.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from service.site import create_site
from tests.console import browser as browsing
from tests.console.browser import PHONE, WIDE, Browser, assert_accessible
from tests.console.full_site import PEOPLE, FullSite, full_site

SEEN_BY = {
    "/": "chief", "/rows": "triager", "/alerts": "triager", "/views": "triager", "/unit": "clerk", "/units": "chief", "/data": "data", "/admin": "admin", "/cases": "wang",
    "/cases/pool": "head", "/cases/above": "head", "/rectifications": "head", "/letters": "head", "/letters/new": "wang", "/tasks": "head", "/scorecard": "data", "/waiting": "triager", "/clearings": "head",
}  # fmt: skip
"""Who looks, by how the address begins; the longest beginning holds."""
ASKED = {
    "/letters/new": "?case={case_id}", "/rectifications/new": "?case={case_id}", "/views/new": "?question=severity%3Dhigh", "/units": "?kind=township",
    "/alerts/{alert}/ask/{verb}": "?version=1", "/data/rules/{rule}/versions": "?old={hash}&new={hash}", "/records/{batch}/{row}": "?{place}",
}  # fmt: skip
FILES = re.compile(
    r"^/(assets/|papers/.*xlsx|data/rejects|overview/boundaries|data/runs/[^/]+/progress|letters/[^/]+/word|(rectifications|unit)/[^/]+/files/|guide/[^/]+png|signin/oidc|livez|readyz|metrics|api)"
)
"""No pages: files, charts' data, streams, the machine's pulse and what other platforms call."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullSite]:
    if why := browsing.missing():
        pytest.skip(why)
    with full_site(tmp_path_factory.mktemp("full")) as made:
        yield made


@pytest.fixture(scope="module")
def window(full: FullSite) -> Iterator[Browser]:
    with browsing.chromium(full.site.url) as browser:
        yield browser


def pages(full: FullSite) -> list[str]:
    """Every address that the console answers with a page or part of one, as the doors name it."""
    found: list[Any] = []
    for one in create_site(full.site.desk).routes:
        found += one.effective_candidates() if hasattr(one, "effective_candidates") else [one]
    gets = {one.path for one in found if "GET" in (getattr(one, "methods", None) or ())}
    return sorted(path for path in gets if not FILES.match(path) and path not in ROWS)


PARTS = {
    "/alerts/{alert}/ask/{verb}": "/alerts/{alert}", "/alerts/{alert}/demand": "/alerts/{alert}", "/alerts/{alert}/merge": "/alerts/{alert}",
    "/alerts/{alert}/unseal": "/alerts/{alert}", "/alerts/{alert}/clearing": "/alerts/{alert}", "/alerts/{alert}/divide": "/alerts/{alert}", "/alerts/{alert}/ties": "/alerts/{alert}", "/alerts/{alert}/time": "/alerts/{alert}",
    "/alerts/{alert}/likes": "/alerts/{alert}", "/alerts/{alert}/beside": "/", "/views/new": "/",
}  # fmt: skip
"""What comes into the dialog of another page."""
ROWS = ("/rows", "/alerts/{alert}/row", "/waiting/count")
"""Rows of the queue and a count, looked at with the page they stand on."""


def address(full: FullSite, path: str) -> str:
    """The door's address with the ids of what the site holds; another alert where a dialog decides on one."""
    ids = {**full.ids, **({"alert": full.ids["other"]} if "/ask/" in path else {})}
    return (path + ASKED.get(path, "")).format_map(ids)


def looker(path: str) -> str:
    """Who looks at a page."""
    return SEEN_BY[max((one for one in SEEN_BY if path.startswith(one)), key=len)]


def brought(window: Browser, at: str) -> None:
    """Have a part come into the page's dialog, as the button that asks for it does."""
    window.driver.execute_script("htmx.ajax('GET', arguments[0], {target: '#asked', swap: 'innerHTML'})", at)
    window.wait("document.querySelector('#asked').childElementCount")
    window.quiet()


def faults(window: Browser, path: str) -> list[str]:
    """What is wrong with the page that stands in the window now."""
    found = []
    for size, scheme in ((WIDE, "light"), (PHONE, "dark")):
        window.size(*size)
        window.colours(scheme)
        window.picture(f"{path.strip('/').replace('/', '-') or 'queue'}-{scheme}", whole=True)
        window.size(*size)
        try:
            assert_accessible(window)
        except AssertionError as told:
            found.append(f"{path} ({scheme}): {told}")
    if window.driver.execute_script("return document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{path}: wider than a phone")
    return found + [f"{path}: {one}" for one in window.complaints()]


def test_no_page_has_a_serious_fault_or_asks_another_host(full: FullSite, window: Browser) -> None:
    found: list[str] = []
    tokens = {who: full.site.token(who) for who in PEOPLE}
    window.go("/signin")
    signed = ""
    doors = pages(full)
    assert len(doors) > 50, "the doors could not be read"
    for path in doors:
        if (who := looker(path)) != signed:
            window.driver.delete_all_cookies()
            window.sign_in(tokens[who])
            signed = who
        at = address(full, path)
        window.size(*WIDE)
        if path in PARTS:
            window.go(address(full, PARTS[path]))
            brought(window, at)
            found += faults(window, path)
            continue
        window.go(at)
        status = window.driver.execute_script("return performance.getEntriesByType('navigation')[0].responseStatus")
        found += [f"{at}: {status} for {who}"] if status != 200 else faults(window, path)
    assert not found, "\n".join(found)
    assert window.hosts_asked() == {full.site.url.removeprefix("http://")}
