"""How figures are drawn: rows with their bars, tiles with their shade, each with one sentence that says what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from service.console.overview_asked import Whole
from service.console.shown import short
from service.store.standing import STATES
from service.whole.figures import NONE, Share, shares
from service.words import say

SHADES = 5
TOWN, COUNTY = 9, 6
"""Digits of a town's and a county's code."""


@dataclass(frozen=True)
class Row:
    """A row with its label, the queue's lists behind its numbers, and its bar: (state, from, width) in percent of the longest."""

    label: str
    share: Share
    all: str
    open: str
    narrow: str
    bar: Sequence[tuple[str, float, float]]


@dataclass(frozen=True)
class Section:
    """A table and its sentence."""

    by: str
    says: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Tile:
    """A town on the map of tiles: its shade says how many alerts came, 0 the fewest."""

    row: Row
    shade: int


def section(whole: Whole, by: str, labels: Mapping[str, str], today: date) -> Section:
    """The rows of a column, most alerts first."""
    found = shares(whole.ledger, whole.mask, by, today)
    longest = max((one.came for one in found), default=1)
    rows = [_row(whole, by, one, labels, longest) for one in found]
    return Section(by, _says(by, rows), rows)


def _row(whole: Whole, by: str, one: Share, labels: Mapping[str, str], longest: int) -> Row:
    label = labels.get(one.key, one.key) if one.key != NONE else say(f"overview.none_of.{by}")
    if by == "area" and one.key != NONE and not _is_town(one.key):
        label = say("overview.county_itself", name=label)
    listed = one.key != NONE and whole.span == "all"
    return Row(
        label, one,
        all=whole.address(**{by: one.key}) if listed else "",
        open=whole.address(**{by: one.key, "status": "open"}) if one.key != NONE and whole.span == "all" else "",
        narrow=whole.turned(by, one.key) if one.key != NONE and whole.me.caller.may("reports.read") else "",
        bar=bar(one, longest),
    )  # fmt: skip


def bar(one: Share, longest: int) -> list[tuple[str, float, float]]:
    """Parts of a bar, side by side."""
    found, at = [], 0.0
    for state in STATES:
        width = 100 * one.of(state) / longest
        if width:
            found.append((state, round(at, 2), round(width, 2)))
        at += width
    return found


def _is_town(code: str) -> bool:
    """A county's own code ends in noughts: it is no town on the map."""
    return len(code) == TOWN and not code.endswith("000")


def _says(by: str, rows: Sequence[Row]) -> str:
    named = [one for one in rows if one.share.key != NONE]
    if by == "area":
        named = [one for one in named if _is_town(one.share.key)] or named
    if not named:
        return say("overview.says_none")
    if by == "office":
        most = max(named, key=lambda one: one.share.waiting)
        late = max(named, key=lambda one: one.share.overdue)
        if late.share.overdue:
            return say(
                "overview.says_office_late",
                name=most.label,
                count=most.share.waiting,
                late=late.label,
                overdue=late.share.overdue,
            )
        return say("overview.says_office", name=most.label, count=most.share.waiting)
    first, rich = named[0], max(named, key=lambda one: one.share.amount)
    came = sum(one.share.came for one in rows)
    if by == "topic":
        return say(
            "overview.says_topic", name=first.label, count=first.share.came, rich=rich.label, amount=short(rich.share.amount)
        )
    return say(
        "overview.says_share", name=first.label, count=first.share.came, share=f"{first.share.came / came:.0%}", rich=rich.label,
        amount=short(rich.share.amount),
    )  # fmt: skip


def rising(months: Sequence[Share]) -> str:
    """The course in one sentence: the month with most, and this one beside the one before."""
    most = max(months, key=lambda one: one.came)
    if not most.came:
        return say("overview.says_none")
    if len(months) < 2:
        return say("overview.says_month", month=most.key, count=most.came)
    before, now = months[-2], months[-1]
    return say("overview.says_months", month=most.key, count=most.came, now=now.came, before=before.came)


def tiles(area: Section) -> list[tuple[str, list[Tile]]]:
    """Towns by county, in the order of their codes; places above a town and unknown ones are in the table only."""
    towns = sorted((one for one in area.rows if _is_town(one.share.key)), key=lambda one: one.share.key)
    if not towns:
        return []
    ranked = sorted(one.share.came for one in towns)
    found: dict[str, list[Tile]] = {}
    for one in towns:
        below = sum(1 for count in ranked if count < one.share.came)
        found.setdefault(one.share.key[:COUNTY], []).append(Tile(one, below * (SHADES - 1) // max(1, len(ranked) - 1)))
    return list(found.items())
