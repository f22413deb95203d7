"""Letters of recommendation (建议书): drafted, approved by another, sent, answered, re-visited; as in the console."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight_of_rectification import letters_seen
from service.api.fields import Body, Code, Decision, Listed, Number, Other, Words
from service.api.gate import Here, may
from service.api.living import Living
from service.api.problem import there
from service.api.revising import STALE, Revision, Visit, revises, visits
from service.rectifying import letters
from service.rectifying.letter import reference
from service.rectifying.seat import sit_down, unit_of
from service.store.rectifying_letters import Recommendation

router = APIRouter(tags=["recommendations"])
Reads = Annotated[Caller, may("letters.read")]
Drafts = Annotated[Revision, revises("letters.draft")]
Approves = Annotated[Revision, revises("letters.approve")]
LetterKind = Literal["discipline", "supervision", "both", "inspection"]
DONE = ("revisited", "dropped")


class Wording(Body):
    """The parts of a letter; each may hold several paragraphs, one to a line."""

    kind: LetterKind
    """纪律检查建议书, 监察建议书, 纪检监察建议书, 巡察建议书."""
    issuer: Words
    title: Words
    addressee: Words
    source: Words
    problem: Words
    cause: Words
    advice: Words
    reply_by: date
    copies: Annotated[list[Code], Field(max_length=50)] = []

    def wording(self) -> letters.Wording:
        parts = {part: getattr(self, part) for part in letters.PARTS}
        return letters.Wording(kind=self.kind, **parts, reply_by=self.reply_by, copies=tuple(self.copies))


class NewLetter(Wording):
    """A letter to be drafted."""

    office: Code
    unit: Code
    case: Other | None = None


class SentOn(Body):
    """The day it went out."""

    on: date


class AnsweredOn(SentOn):
    """The unit's answer."""

    said: Words


class RevisitedOn(AnsweredOn):
    """What was found when somebody went to see."""

    adopted: bool


class LetterLine(Body):
    """A letter as the list has it."""

    letter: int
    version: int
    kind: str
    status: str
    """drafted, refused, approved, sent, answered, revisited, dropped."""
    number: str | None
    """发文字号; null until it is approved."""
    title: str
    unit: str
    office: str
    reply_by: date
    overdue: bool
    sent_on: date | None
    answered_on: date | None
    adopted: bool | None


class LetterTold(LetterLine):
    """A letter with all that was written and said."""

    issuer: str
    addressee: str
    source: str
    problem: str
    cause: str
    advice: str
    copies: list[str]
    case: int | None
    drafted_at: datetime
    decided_at: datetime | None
    decision_reason: str | None
    answer: str | None
    revisit: str | None


class Asked(Listed):
    """Which letters."""

    show: Literal["open", "overdue", "closed", "all"] = "open"
    kind: LetterKind | None = None
    unit: Code | None = None
    office: Code | None = None


@router.get("/recommendations")
def list_recommendations(asked: Annotated[Asked, Query()], caller: Reads, here: Here) -> list[LetterLine]:
    """Letters of the caller's offices, those whose reply is due first."""
    mine = select(Recommendation).where(letters_seen(caller))
    if asked.show == "closed":
        mine = mine.where(Recommendation.status.in_(DONE))
    elif asked.show != "all":
        mine = mine.where(Recommendation.status.not_in(DONE))
    if asked.show == "overdue":
        mine = mine.where(Recommendation.status == "sent", Recommendation.reply_by < here.desk.today)
    named = ((Recommendation.kind, asked.kind), (Recommendation.unit_id, asked.unit), (Recommendation.office_id, asked.office))
    for column, value in named:
        if value is not None:
            mine = mine.where(column == value)
    with here.desk.store.look() as session:
        found = session.scalars(mine.order_by(Recommendation.reply_by, Recommendation.letter_id).limit(asked.limit))
        return [_line(one, here.desk.today) for one in found]


@router.get("/recommendations/{letter}")
def read_recommendation(letter: Number, visit: Annotated[Visit, visits("letters.read")]) -> LetterTold:
    """One letter of recommendation with all that was written and said. Its `ETag` is the `If-Match` of a step."""
    return visit.read(letter, _told)


@router.post("/recommendations", status_code=201)
def draft_recommendation(said: NewLetter, visit: Annotated[Visit, visits("letters.draft")]) -> LetterTold:
    """Draft a letter; with `case` it is a case file's that the caller sees."""
    desk = visit.here.desk
    with visit.here.reading() as seen, desk.store.change() as session:
        acting, unit = sit_down(desk, visit.caller, seen.tables).acting, unit_of(seen.tables, said.unit)
        made = letters.draft_letter(session, acting, unit, said.office, said.wording(), said.case)
        return visit.told(session, made.letter_id, _told)


@router.put("/recommendations/{letter}/wording", responses=STALE)
def reword_recommendation(letter: Number, said: Wording, revision: Drafts) -> LetterTold:
    """Write a draft anew, also one that was refused."""
    with revision.here.reading() as seen, revision.change() as session:
        acting = sit_down(revision.here.desk, revision.caller, seen.tables).acting
        letters.revise(session, acting, letter, revision.version, said.wording())
        return revision.told(session, letter, _told)


@router.post("/recommendations/{letter}/decision", responses=STALE)
def decide_recommendation(letter: Number, said: Decision, revision: Approves) -> LetterTold:
    """Approve it, which gives it its number, or refuse it. Not by whoever drafted it."""
    return revision.take(letters.decide_letter, letter, _told, agree=said.agree, reason=said.reason)


@router.post("/recommendations/{letter}/sending", responses=STALE)
def send_recommendation(letter: Number, said: SentOn, revision: Drafts) -> LetterTold:
    """Note the day on which an approved letter went out."""
    return revision.take(letters.send, letter, _told, said.on)


@router.post("/recommendations/{letter}/answer", responses=STALE)
def answer_recommendation(letter: Number, said: AnsweredOn, revision: Drafts) -> LetterTold:
    """Put the unit's answer on record."""
    return revision.take(letters.answer_letter, letter, _told, said.on, said.said)


@router.post("/recommendations/{letter}/revisit", responses=STALE)
def revisit_recommendation(letter: Number, said: RevisitedOn, revision: Drafts) -> LetterTold:
    """Say what was found when somebody went to see. Not by whoever put the answer on record."""
    return revision.take(letters.revisit_letter, letter, _told, said.on, said.said, adopted=said.adopted)


def _line(one: Recommendation, today: date) -> LetterLine:
    return LetterLine(
        letter=one.letter_id, version=one.version, kind=one.kind, status=one.status, number=reference(one) or None, title=one.title,
        unit=one.unit_id, office=one.office_id, reply_by=one.reply_by, overdue=one.status == "sent" and one.reply_by < today,
        sent_on=one.sent_on, answered_on=one.answered_on, adopted=one.adopted,
    )  # fmt: skip


def _told(here: Living, session: Session, caller: Caller, letter: int) -> LetterTold:
    one = there(session.scalar(select(Recommendation).where(Recommendation.letter_id == letter, letters_seen(caller))))
    return LetterTold(
        **_line(one, here.desk.today).model_dump(), **{part: getattr(one, part) for part in letters.PARTS if part != "title"},
        copies=list(one.copies), case=one.case_id if caller.may("casework.read") else None, drafted_at=one.drafted_at,
        decided_at=one.decided_at, decision_reason=one.decision_reason, answer=one.answer, revisit=one.revisit,
    )  # fmt: skip
