"""What a report says (周报 月报 专报 情况分析 巡前情况通报): every figure and list of it, from the store and the lake, as the caller sees them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from service.access.caller import Caller
from service.errors import NothingFound
from service.paper import figures, lists
from service.paper.figures import Share, Totals, Waiting
from service.paper.period import Period, written
from service.paper.scope import NONE, READ, Scope, facts
from service.paper.titles import broken
from service.reading import Reading
from service.words import either, say

REPORTS = ("weekly", "monthly", "special", "situation", "briefing")
R = TypeVar("R", Share, Waiting)


def report(seen: Reading, caller: Caller, kind: str, period: Period, scope: Scope, today: date) -> dict[str, Any]:
    """The values that the form of a report is filled in with. Raises NothingFound for a briefing on a unit that is not the caller's to see."""
    session = seen.session
    base = facts(session, caller, scope)
    whole = figures.totals(session, base, period, today)
    by_town = [_named(one, _town(seen, one.key)) for one in figures.shares(session, base, "town", period)]
    made = {
        "title": broken(title(seen, kind, scope)), "period": period.says, "about": about(seen, caller, scope, period), "made_on": written(today),
        "notice": say("notice.reason"), "counted": say("paper.counted"),
        "totals": whole, "levels": _levels(whole),
        "streams": [_named(one, _stream(one.key)) for one in figures.shares(session, base, "stream", period)],
        "areas": by_town,
        "topics": [_named(one, _topic(one.key)) for one in figures.shares(session, base, "topic", period)],
        "waiting": _offices(seen, figures.waiting(session, base, today)),
        "gravest": lists.rows(seen, caller, figures.gravest(session, base, period, lists.MOST)),
        **lists.patterns(seen, caller, base, period),
        "overdue": lists.overdue(seen, caller, base, scope, today),
        "cases": lists.cases(seen, caller, scope, period, today),
    }  # fmt: skip
    if kind == "briefing":
        made |= _unit(seen, caller, scope, period, whole)
    return made


def title(seen: Reading, kind: str, scope: Scope) -> str:
    """关于平潮镇人民政府的巡前情况通报; 补贴发放专报; 监督工作周报."""
    if kind == "briefing":
        return say("paper.title.briefing", unit=seen.names.short("unit", scope.unit))
    what = _topic(scope.topic) if scope.topic else seen.titles.of(scope.rule) if scope.rule else ""
    if kind == "special":
        return say("paper.title.special", what=what or say("paper.everything"))
    return say(f"paper.title.{kind}")


def about(seen: Reading, caller: Caller, scope: Scope, period: Period) -> str:
    """What the paper counts, so that nobody takes a part for the whole."""
    names = seen.names
    bounds = [one.bounds for one in caller.within(READ)]
    parts = []
    if not any(one.everywhere for one in bounds):
        for kind, ids in (
            ("office", [one.office_id for one in bounds]), ("area", [one.area_id for one in bounds]), ("unit", [one.unit_id for one in bounds])
        ):  # fmt: skip
            parts += [names.short(kind, one) for one in ids if one]
        parts += [_stream(one.stream) for one in bounds if one.stream]
    parts += [names.short("unit", scope.unit)] if scope.unit else []
    parts += [names.short("area", scope.area)] if scope.area else []
    parts += [_stream(scope.stream)] if scope.stream else []
    told = say("mark.between").join(dict.fromkeys(parts)) or say("paper.all")
    return say("paper.about", scope=told, before=period.before.says)


def _levels(whole: Totals) -> str:
    told = [say("paper.pieces", name=say(f"level.{level}"), count=count) for level, count in whole.levels.items() if count]
    return say("paper.comma").join(told) or say("paper.pieces", name=say("paper.nothing"), count=0)


def _named(one: R, name: str) -> R:
    return replace(one, name=name)


def _stream(key: str) -> str:
    return say(f"stream.{key}") if key else say("paper.nobody")


def _topic(key: str) -> str:
    return say(f"paper.topic.{key}") if key else say("paper.no_topic")


def _town(seen: Reading, key: str) -> str:
    return seen.names.short("area", key.ljust(12, "0")) if key else say("paper.no_place")


def _offices(seen: Reading, found: Sequence[Waiting]) -> list[Waiting]:
    seen.names.learn("office", [one.key for one in found])
    return [_named(one, seen.names.short("office", one.key) if one.key != NONE else say("paper.nobody")) for one in found]


def _unit(seen: Reading, caller: Caller, scope: Scope, period: Period, whole: Totals) -> dict[str, Any]:
    """What is known of the unit beside its alerts: what it is, and how it handles what people bring to it."""
    everywhere = any(one.bounds.everywhere for one in caller.within(READ))
    row = seen.tables.con.execute(
        "SELECT max(kind), max(area_id), max(coalesce(supervising_unit_id, parent_id)) FROM unit WHERE unit_id = ? GROUP BY unit_id", [scope.unit]
    ).fetchone()  # fmt: skip
    # who sees nothing of a unit learns nothing of it here either
    if row is None or not (everywhere or whole.came.now or whole.came.before or whole.waiting):
        raise NothingFound("paper.wrong.no_unit", unit=scope.unit)
    kind, area, above = row
    words = seen.desk.contracts["unit"].columns["kind"].words
    tickets = seen.tables.con.execute(
        "SELECT count(*), count(*) FILTER (closed_at > due_at), count(*) FILTER (solved IS NOT NULL OR satisfied IS NOT NULL), "
        "count(*) FILTER (solved), count(*) FILTER (satisfied) FROM ticket WHERE unit_id = ? AND created_at >= ? AND created_at < ?",
        [scope.unit, period.opens.replace(tzinfo=None), period.closes.replace(tzinfo=None)],
    ).fetchone()
    assert tickets is not None  # a count always has its row
    names = ("tickets", "late", "asked", "solved", "satisfied")
    return {
        "unit": {"name": seen.names.short("unit", scope.unit), "kind": either(words[kind]) if kind in words else kind,
                 "area": seen.names.short("area", area), "above": seen.names.short("unit", above) if above else say("paper.none")},
        "hotline": dict(zip(names, tickets, strict=True)),
    }  # fmt: skip
