"""Rules (规则) for whoever works with them: the book with its figures, one rule in words, its tests run, its versions, the book read anew."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from datasets.strict_yaml import Mistakes
from rules.indicator import Indicator
from service.api.problem import Trespass
from service.console.data_imports import on
from service.console.rules_versions import between
from service.console.scorecard import scores
from service.console.visitor import Visitor, visits
from service.mistakes_told import told
from service.rule_files import RuleFiles
from service.rule_history import on_trial, versions_of
from service.rule_trials import try_one
from service.running.book import differences, read_anew
from service.trials_told import failures
from service.words import either, say, spoken, texts

router = APIRouter()
Reader = Annotated[Visitor, visits("rules.read")]
Reloader = Annotated[Visitor, visits("rules.reload")]
STATUSES = ("live", "shadow", "draft", "retired")


@router.get("/data/rules")
def listed(me: Reader, status: str = "live", topic: str = "") -> HTMLResponse:
    """Every rule of one status with what it found last, how often it was right, what it could not judge and what it cost."""
    facts = [one.facts for one in scores(me)]
    counts = {name: sum(one.status == name for one in facts) for name in STATUSES}
    found = [one for one in facts if one.status == status and topic in ("", one.topic)]
    topics = sorted({one.topic for one in facts})
    unlocked = RuleFiles(me.here.desk).not_yet_locked() if me.caller.may("rules.reload") else []
    return me.show(
        "data_rules.html", rules=found, counts=counts, chosen=status, topic=topic, topics=topics, unlocked=unlocked, either=either
    )  # fmt: skip


@router.get("/data/rules/reload")
def preview(me: Reloader) -> HTMLResponse:
    """What reading the book anew would change: mistakes of the files, or the rules that differ and where."""
    desk = me.here.desk
    try:
        fresh = read_anew(desk)
    except Mistakes as mistakes:
        return me.show("data_reload.html", mistakes=told(mistakes.mistakes), changed=[])
    before, after = desk.book.indicators, fresh.book.indicators
    changed = [
        {
            "rule": name, "old": pair[0], "new": pair[1], "parts": _parts(before.get(name), after.get(name)),
            "title": either((after.get(name) or before[name]).title),
        }
        for name, pair in differences(desk, fresh).items()
    ]  # fmt: skip
    return me.show("data_reload.html", mistakes="", changed=changed)


@router.post("/data/rules/reload")
def reload(me: Reloader) -> Response:
    """Read the book anew: checked whole, taken by every process, on record. With a mistake the old one goes on."""
    try:
        me.here.edition.reload(me.caller.name)
    except Mistakes as mistakes:
        return me.show("data_reload.html", mistakes=told(mistakes.mistakes), changed=[], status=422)
    return on(me, "/data/rules")


@router.get("/data/rules/{rule}")
def read(me: Reader, rule: str) -> HTMLResponse:
    """One rule: why, what may be innocent, what to check, law, thresholds, tests, versions and changes."""
    return _page(me, _rule(me, rule))


@router.post("/data/rules/{rule}/tests")
def try_tests(me: Reader, rule: str) -> HTMLResponse:
    """Run the tests in the rule's own file, on tables of their own."""
    found = _rule(me, rule)
    return _page(me, found, try_one(found, me.here.desk.contracts))


@router.get("/data/rules/{rule}/versions")
def versions(me: Reader, rule: str, old: str, new: str) -> HTMLResponse:
    """What a later version found more, less or otherwise than an earlier one; counts only, for rules are read beyond one's sight."""
    found = me.here.desk.book.indicators.get(rule)
    with me.here.desk.store.look() as session:
        judged = (
            {one.hash: one for one in versions_of(session, rule, found.hash if found else None)} if "\x00" not in rule else {}
        )
        if old not in judged or new not in judged:
            raise Trespass(404, "not_there")
        told = between(session, rule, judged[old], judged[new])
    title = either(found.title) if found else rule
    return me.show("data_versions.html", rule=rule, title=title, old=judged[old], new=judged[new], told=told)


def _rule(me: Visitor, rule: str) -> Indicator:
    found: Indicator | None = me.here.desk.book.indicators.get(rule)
    if found is None:
        raise Trespass(404, "not_there")
    return found


def _page(me: Visitor, found: Indicator, results: Any = None) -> HTMLResponse:
    desk = me.here.desk
    facts = next(one.facts for one in scores(me) if one.facts.id == found.id)
    with desk.store.look() as session:
        judged = versions_of(session, found.id, found.hash)
        live = {name for name, one in desk.book.indicators.items() if one.status == "live"}
        shadow = on_trial(session, found.id, live) if found.status == "shadow" else None
    folder = next((one for one in desk.settings.book if desk.book.paths[found.id].is_relative_to(one)), None)
    locked = found.status != "live" or found.id not in RuleFiles(desk).not_yet_locked()
    return me.show(
        "data_rule.html", rule=found, facts=facts, versions=judged, shadow=shadow, results=results, own=folder is not None,
        locked=locked, failures=list(failures(results or [])), either=either, words=_words(found),
        units={one.unit: say(f"unit.{one.unit}") for one in found.params.values() if f"unit.{one.unit}" in texts(spoken())},
    )  # fmt: skip


def _words(rule: Indicator) -> dict[str, str]:
    """A param's name -> what it is called."""
    return {name: either(one.title) if one.title else name for name, one in rule.params.items()}


def _parts(before: Indicator | None, after: Indicator | None) -> list[tuple[str, str, str]]:
    """Parts of a rule's file that differ: name, before, after."""
    old = before.model_dump(mode="json") if before else {}
    new = after.model_dump(mode="json") if after else {}
    params = {**old.get("params", {}), **new.get("params", {})} if old and new else {}
    found = [
        (f"params.{name}", _said(old["params"].get(name)), _said(new["params"].get(name)))
        for name in params
        if old["params"].get(name) != new["params"].get(name)
    ]
    plain = [name for name in {**old, **new} if name != "params" and old.get(name) != new.get(name)] if old and new else []
    return found + [(name, _said(old.get(name)), _said(new.get(name))) for name in plain]


def _said(part: Any) -> str:
    if isinstance(part, dict) and "value" in part:
        return f"{part['value']} {part['unit']}"
    return "–" if part is None else str(part)
