"""What must stand in the audit log at the story's end: every step, who took it, in its order, and none twice."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.event import Event

OPENED = ["opened run", "given run", "given run"]
ALERTS = {
    "dead": [*OPENED, "accepted sun", "in_case wang", "again run"],
    "place": [*OPENED[:2], "accepted sun", "in_case wang", "again run"],
    "renamed": [
        *OPENED,
        "cleared qian",
        "asked qian",
        "approved head",
        "reopened run",
        "level run",
        "changed run",
        "changed run",
    ],
    "other": [*OPENED, "cleared qian", "reopened run"],
}
"""The alerts of the first run."""
CASE = ["opened wang", "add_alert wang", "distribute head", "acknowledge wang", "verify wang", "draft wang", "consult wang", "sign li", "sign head",
        "promote head", "sheet wang", "propose wang", "approve chief", "report wang", "accept chief", "propose wang", "conclude chief"]  # fmt: skip
LETTER = ["made wang", "approve head", "send head"]
ITEM = ["made wang", "give head", "report clerk", "verify zhao", "close head", "again run"]
IMPORTS, RUNS = ["imported data"] * 7, ["asked data", "done run"] * 3
"""Three lists, one again (the other was known already, to the letter), three more; each followed by a run."""


def steps_of(session: Session, *nouns: str, about: str | None = None) -> list[str]:
    """Steps of these nouns (about one of them) and who took each, in the log's order."""
    wanted = select(Event).where(Event.about == about) if about is not None else select(Event)
    found = [(one, *one.kind.split(".")) for one in session.scalars(wanted.order_by(Event.seq))]
    return [f"{step} {one.actor.removeprefix('person:')}" for one, noun, step in found if noun in nouns]
