"""The rules as other platforms see them: what each suspects, by which thresholds, on which law."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from rules.indicator import Indicator
from service.api.gate import Here, may
from service.api.problem import Trespass
from service.words import either

router = APIRouter(tags=["rules"], dependencies=[may("rules.read")])


class RuleLine(BaseModel):
    """A rule in the list."""

    rule: str
    title: str
    topic: str
    status: str
    severity: str
    subject: str
    tags: list[str]
    hash: str


class RulePage(RuleLine):
    """Everything about a rule that is not its SQL."""

    why: str
    innocent: str
    verify: list[str]
    basis: list[dict[str, Any]]
    params: dict[str, Any]


@router.get("/rules")
def list_rules(here: Here) -> list[RuleLine]:
    """Every rule of the book, by id."""
    return [RuleLine(**_line(rule)) for _, rule in sorted(here.desk.book.indicators.items())]


@router.get("/rules/{rule}")
def read_rule(rule: str, here: Here) -> RulePage:
    """One rule: why it is suspicious, what may be innocent, what to check first, law and thresholds."""
    found = here.desk.book.indicators.get(rule)
    if found is None:
        raise Trespass(404, "not_there")
    return RulePage(
        **_line(found), why=either(found.why), innocent=either(found.innocent), verify=[either(step) for step in found.verify],
        basis=[law.model_dump(mode="json") for law in found.basis], params={name: one.model_dump(mode="json") for name, one in found.params.items()},
    )  # fmt: skip


def _line(rule: Indicator) -> dict[str, Any]:
    return {
        "rule": rule.id, "title": either(rule.title), "topic": rule.topic, "status": rule.status, "severity": rule.severity,
        "subject": rule.subject, "tags": sorted(rule.tags), "hash": rule.hash,
    }  # fmt: skip
