"""Who takes part in the story, and the window at which each of them sits down: signed in by typing, as on the first morning."""

import os
from dataclasses import dataclass, field
from typing import Any

from service.access.caller import Bounds
from tests.console.browser import PICTURES, WIDE, Browser
from tests.console.living_site import PASSWORD, Site
from tests.service import village

ROOM, GROUP, SUPERVISION = "OF-JD01", "OF-PZ01", "OF-JC01"
CAST: dict[str, tuple[str, Bounds, str]] = {
    "data": ("data_team", Bounds(), "郑数据"),
    "sun": ("triager", Bounds(office_id=ROOM), "孙研判"), "qian": ("triager", Bounds(office_id=ROOM), "钱研判"),
    "wang": ("office_member", Bounds(office_id=ROOM), "王明"), "li": ("office_member", Bounds(office_id=ROOM), "李芳"),
    "head": ("office_head", Bounds(office_id=ROOM), "周主任"), "chief": ("leader", Bounds(), "陈书记"),
    "zhao": ("office_member", Bounds(office_id=GROUP), "赵组员"), "feng": ("triager", Bounds(office_id=SUPERVISION), "冯监察"),
    "clerk": ("unit_clerk", Bounds(unit_id=village.TOWNSHIP), "小李"), "other_clerk": ("unit_clerk", Bounds(unit_id=village.OTHER_TOWNSHIP), "小吴"),
}  # fmt: skip


@dataclass
class Stage:
    """The place, one window or two, and who has signed in."""

    site: Site
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    scenes: int = 0

    def enrol(self) -> None:
        for login, (role, bounds, name) in CAST.items():
            self.site.enrol(login, role, bounds, name)

    def sit(self, browser: Browser, login: str, path: str) -> Browser:
        """Somebody sits down at a window and opens a page; a few minutes have gone by. Whose session has ended signs in again."""
        self.site.clock.forward(minutes=3)
        if not browser.driver.current_url.startswith(browser.url):
            browser.go("/signin")  # a window that was just opened has no cookies of any place
        browser.driver.delete_all_cookies()
        if login in self.sessions:
            browser.driver.add_cookie(self.sessions[login])
        browser.go(path)
        if "/signin" in browser.driver.current_url:
            browser.find("#login").send_keys(login)
            browser.find("#password").send_keys(PASSWORD + "\n")
            browser.wait("!location.pathname.startsWith('/signin') && document.readyState === 'complete'")
            self.sessions[login] = browser.driver.get_cookie("guantong") or {}
            if path_of(browser) != path:
                browser.go(path)
        browser.quiet()
        browser.pressed = 0
        return browser

    def scene(self, browser: Browser, name: str, *, whole: bool = True) -> None:
        """A picture of the whole page (or of the window) as it is now, numbered in the story's order, where pictures are wanted."""
        self.scenes += 1
        if os.environ.get(PICTURES):
            browser.picture(f"story-{self.scenes:02d}-{name}", whole=whole)
            browser.size(*WIDE)


def path_of(browser: Browser) -> str:
    return "/" + str(browser.driver.current_url).split("/", 3)[3]
