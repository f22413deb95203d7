"""Fixtures of the browser tests: a site with a village's alerts, a Chromium, and somebody signed in."""

from collections.abc import Callable, Iterator

import pytest

from service.access.caller import Bounds
from tests.console import browser as browsing
from tests.console.browser import Browser
from tests.console.living_site import Site, served

Sign = Callable[..., Browser]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served village with its alerts, for the tests of one file."""
    with served(tmp_path_factory.mktemp("site")) as living:
        yield living


@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Browser]:
    """One Chromium for the tests of one file."""
    if why := browsing.missing():
        pytest.skip(why)
    with browsing.chromium(site.url) as browser:
        yield browser


@pytest.fixture
def sign(site: Site, chromium: Browser) -> Iterator[Sign]:
    """Sign in as somebody with a role: sign("triager", Bounds(office_id="OF-PZ01")) gives the browser, at no page yet."""

    def signed(role: str = "triager", bounds: Bounds | None = None, login: str | None = None, name: str = "") -> Browser:
        who = site.enrol(login or role, role, bounds or Bounds(), name)
        chromium.driver.delete_all_cookies()
        chromium.sign_in(site.token(who))
        chromium.pressed = 0
        chromium.driver.get_log("performance")
        chromium.driver.get_log("browser")
        return chromium

    yield signed
    chromium.driver.delete_all_cookies()
