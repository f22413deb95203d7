"""The book of a living service: read anew without a pause, which version judged what, and what rules on trial find."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from datasets.strict_yaml import Mistakes
from rules.indicator import Indicator
from service.access.caller import Caller
from service.api.gate import Here, may
from service.api.problem import FieldError, Trespass
from service.rule_history import JudgedBy, OnTrial, on_trial, versions_of

router = APIRouter(tags=["rules"])
Reads = Annotated[Caller, may("rules.read")]


class Change(BaseModel):
    """A rule that differs: its hash before and now; null where there was or is none."""

    rule: str
    before: str | None
    now: str | None


class Reload(BaseModel):
    """The book before and now, by its hash, and the rules that differ."""

    before: str
    now: str
    changed: list[Change]


@router.post("/rules/reload")
def reload_rules(caller: Annotated[Caller, may("rules.reload")], here: Here) -> Reload:
    """Read the book anew and judge by it from the next run on; requests and runs under way end by the old one.

    The new book is checked whole first. With any mistake it is refused (422, every mistake with file and line), and the old
    one goes on. Other server and worker processes follow within seconds. On record, with the hash of every rule that changed.
    """
    try:
        done = here.edition.reload(caller.name)
    except Mistakes as mistakes:
        errors = [FieldError(where=f"{one.path}:{one.line}", code="mistake", detail=str(one)) for one in mistakes.mistakes]
        raise Trespass(422, "book_refused", errors, count=len(errors)) from mistakes
    changed = [Change(rule=name, before=before, now=now) for name, (before, now) in done.rules.items()]
    return Reload(before=done.before, now=done.now, changed=changed)


@router.get("/rules/{rule}/versions")
def read_versions(rule: str, caller: Reads, here: Here) -> list[JudgedBy]:
    """Every version of a rule that judged in some run, the newest first, and whether the book holds it now."""
    found = here.desk.book.indicators.get(rule)
    with here.desk.store.look() as session:
        judged = versions_of(session, rule, found.hash if found is not None else None) if "\x00" not in rule else []
    if found is None and not judged:
        raise Trespass(404, "not_there")
    return judged


@router.get("/rules/{rule}/shadow")
def read_shadow(rule: str, caller: Reads, here: Here) -> OnTrial:
    """What a rule on trial (status: shadow) found in the last run beside the live rules: figures only, it opens no alert.

    404 when there is no such rule on trial, or nothing was run yet.
    """
    book = here.desk.book.indicators
    found: Indicator | None = book.get(rule)
    if found is None or found.status != "shadow":
        raise Trespass(404, "not_there")
    with here.desk.store.look() as session:
        told = on_trial(session, rule, {name for name, one in book.items() if one.status == "live"})
    if told is None:
        raise Trespass(404, "not_there")
    return told
