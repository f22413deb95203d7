"""What stands in the head of every page: where one can go, by what one may do."""

from typing import NamedTuple

from service.access.caller import Caller
from service.words import say


class Entry(NamedTuple):
    """A way to a page: its address, its text (a key of the words), its icon, and what one must be allowed to do there."""

    path: str
    text: str
    icon: str
    verb: str
    also: tuple[str, ...] = ()
    """Beginnings of other addresses that belong there."""

    def holds(self, path: str) -> bool:
        """Whether an address belongs to this entry."""
        beginnings = (self.path, *self.also)
        return any(path == one or (one != "/" and path.startswith(one + "/")) for one in beginnings)


MENU = (
    Entry("/", "page.menu.queue", "inbox", "alerts.read", ("/alerts", "/records", "/views")),
    Entry("/waiting", "waiting.title", "bell", "alerts.judge"),
    Entry("/cases", "casework.title", "folder-open", "casework.read"),
    Entry(
        "/rectifications",
        "rectifying.ledger",
        "clipboard-check",
        "rectification.read",
        ("/letters", "/outside", "/tasks", "/clearings"),
    ),
    Entry("/unit", "rectifying.unit_page.title", "clipboard-check", "rectification.report"),
    Entry("/unit", "rectifying.unit_page.title", "clipboard-check", "rectification.opine"),
    Entry("/overview", "overview.title", "chart-column", "reports.read"),
    Entry("/units", "portrait.title", "building-2", "reports.read", ("/rounds",)),
    Entry("/scorecard", "scorecard.title", "scale", "rules.read"),
    Entry("/papers", "paper.page", "file-text", "reports.read"),
    Entry("/data", "data.title", "table", "metrics.read"),
    Entry("/admin", "admin.title", "settings", "people.read"),
)
"""In the order shown; who adds a page adds a line."""


def entries(caller: Caller) -> list[tuple[Entry, str]]:
    """The entries for a caller, each with its text."""
    return [(one, say(one.text)) for one in MENU if caller.may(one.verb)]
