"""What those outside the organ say: the unit reports (填报), its supervising department gives an opinion (主管部门意见)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.casework.course import Acting
from service.errors import Refusal
from service.rectifying.attached import Sealed, keep
from service.rectifying.course import advance, hold
from service.store.rectifying import Rectification, RectificationCheck, UnitReport


@dataclass(frozen=True)
class Told:
    """What a unit reports."""

    done: str
    effect: str
    proofs: Sequence[str] = field(default_factory=tuple)
    """What it can be seen by, a line each: papers, vouchers."""
    files: Sequence[Sealed] = field(default_factory=tuple)
    """Copies of them; a report needs a line or a file."""


def report_item(session: Session, acting: Acting, item_id: int, version: int, said: Told) -> UnitReport:
    """Report what was put right, with its files. Raises Refusal without words or any proof; NothingFound for another unit's, Conflict, IllegalMove."""
    item = hold(session, acting, Rectification, item_id, version, "report")
    proofs = [one.strip() for one in said.proofs if one.strip()]
    if not said.done.strip() or not said.effect.strip() or not (proofs or said.files):
        raise Refusal("rectifying.wrong.report_parts")
    kept = UnitReport(
        item_id=item_id, round=item.round, done=said.done.strip(), effect=said.effect.strip(), proofs=proofs, made_by=acting.name,
        made_at=acting.now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    advance(session, acting, item, "report", report=kept.report_id, round=item.round, files=len(said.files) or None)
    keep(session, acting, kept, said.files)
    return kept


def opine(session: Session, acting: Acting, item_id: int, version: int, said: str) -> RectificationCheck:
    """The supervising department's opinion; it decides nothing. Raises Refusal without words; NothingFound, Conflict, IllegalMove."""
    item = hold(session, acting, Rectification, item_id, version, "opine")
    return _opinion(session, acting, item, "opine", "department", said)


def note(session: Session, acting: Acting, item_id: int, version: int, said: str) -> RectificationCheck:
    """What the inspection room that follows it notes. Raises Refusal for others, without words; NothingFound, Conflict, IllegalMove."""
    item = hold(session, acting, Rectification, item_id, version, "note")
    if item.room_office_id is None or not acting.speaks_for(item.room_office_id, "rectification.verify"):
        raise Refusal("rectifying.wrong.other_office")
    return _opinion(session, acting, item, "note", "room", said)


def newest_report(session: Session, item: Rectification) -> UnitReport | None:
    """What the unit said last, in this round."""
    mine = select(UnitReport).where(UnitReport.item_id == item.item_id, UnitReport.round == item.round)
    return session.scalar(mine.order_by(UnitReport.report_id.desc()).limit(1))


def _opinion(session: Session, acting: Acting, item: Rectification, step: str, party: str, said: str) -> RectificationCheck:
    if not said.strip():
        raise Refusal("rectifying.wrong.words")
    last = newest_report(session, item)
    kept = RectificationCheck(
        item_id=item.item_id, report_id=last.report_id if last else None, kind="opinion", party=party, good=None, said=said.strip(),
        marks={}, score=None, made_by=acting.name, made_at=acting.now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    advance(session, acting, item, step, check=kept.check_id)
    return kept
