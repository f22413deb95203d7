"""The glossary (词表): every word and label of the console, explained once, in the order in which an alert goes its way."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from service.console.visitor import Visitor, visiting

router = APIRouter()
PARTS: dict[str, tuple[str, ...]] = {
    "alert": (
        "alert", "signal", "rule", "threshold", "basis", "evidence", "tie", "innocent", "first_checks", "priority", "severity", "topic", "amount", "corroborating", "like_cases",
        "pseudonym", "masked", "unsealing",
    ),
    "status": ("open", "accepted", "cleared", "returned", "merged", "quiet", "reopened"),
    "route": (
        "stream", "discipline", "supervisory", "stationed", "inspection", "coordination", "office", "lead", "assist", "handle", "transfer", "take", "recusal", "due", "overdue",
        "working_day", "provisional", "view",
    ),
    "casework": (
        "case", "accept", "distribute", "assign", "supervise", "handler", "verifying", "verification", "draft", "prominent", "consultation", "lead_matter", "seven_whats", "disposal", "opinion",
        "talk", "check", "hold", "conclude", "file_case", "above", "pool", "group", "limit",
    ),
    "after": (
        "rectification", "responsible", "verify_rectification", "assess", "effect", "recovered", "again", "recommendation", "clearing", "lasting_clearing", "tolerance", "revisit", "four_forms", "outside_lead",
        "supervision_list", "campaign", "portrait",
    ),
    "data": (
        "batch", "source", "table", "accepted_rows", "rejected_rows", "diverted", "correct", "withdraw", "run", "as_of", "step", "precision", "blindness", "cost", "drift", "psi",
        "live", "shadow", "rule_draft", "retired", "rule_tests", "locked", "version", "reload",
    ),
    "admin": ("role", "bounds", "coverage", "first_password", "second_factor", "key", "scope", "platform", "webhook", "subscription", "delivery", "replay", "audit", "overlay"),
}  # fmt: skip
"""Part -> its terms, each with a text `glossary.term.…` and `glossary.means.…`."""


@router.get("/glossary")
def read(me: Annotated[Visitor, Depends(visiting)]) -> HTMLResponse:
    """All of it on one page; for everybody who signs in."""
    return me.show("glossary.html", parts=PARTS)
