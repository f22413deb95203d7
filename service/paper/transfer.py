"""The letter with which a lead goes to another office (问题线索移送函), from the newest lead sheet of a case file, with a slip to return (回执)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from service.access.caller import Caller
from service.access.sight import cases_seen
from service.casework.ways import WHATS
from service.errors import NothingFound, Refusal
from service.paper.chinese import chinese
from service.paper.filling import fill, form_of
from service.paper.head import Head
from service.paper.period import written
from service.reading import Reading
from service.store.case import CaseFile
from service.store.case_lead import Lead
from service.words import say

READ = "casework.read"


@dataclass(frozen=True)
class LeadTransfer:
    """The parts of the letter beside its head."""

    case: str
    source: str
    unit: str
    received_on: date
    whats: dict[str, str]
    """when, where, who, what, how, why, things -> text (七何)."""
    answer_by: date
    attachments: tuple[str, ...] = ()


def lead_transfer(one: LeadTransfer, head: Head, folders: Sequence[Path] = ()) -> bytes:
    """The letter as a Word file. Raises Refusal for a faulty form."""
    with chinese():
        have = [name for name in WHATS if one.whats.get(name, "").strip()]
        values = {
            "case": one.case, "source": one.source, "unit": one.unit, "received_on": written(one.received_on),
            **{name: one.whats.get(name, "").strip() or say("paper.unknown") for name in WHATS},
            "complete": say("paper.complete", have=len(have), of=len(WHATS)), "answer_by": written(one.answer_by),
            "attachments": say("paper.comma").join(one.attachments), "notice": say("notice.reason"),
        }  # fmt: skip
        return fill(form_of("transfer", folders), head, values)


def transfer_of(seen: Reading, caller: Caller, case_id: int, answer_by: date) -> LeadTransfer:
    """What the newest lead sheet of a case file says. Raises NothingFound for a file not the caller's to see, Refusal without a lead sheet."""
    case = seen.session.scalar(select(CaseFile).where(CaseFile.case_id == case_id, cases_seen(caller, READ)))
    if case is None:
        raise NothingFound("casework.wrong.not_yours", case=case_id)
    newest = select(Lead).where(Lead.case_id == case_id).order_by(Lead.version.desc()).limit(1)
    if (lead := seen.session.scalar(newest)) is None:
        raise Refusal("paper.wrong.no_lead", case=case.name)
    with chinese():
        source = say(f"paper.source.{case.source}", date=written(case.received_on))
        unit = seen.names.short("unit", case.unit_id) if case.unit_id else say("paper.unknown")
    whats = {name: str(lead.whats.get(name) or "") for name in WHATS}
    return LeadTransfer(case.name, source, unit, case.received_on, whats, answer_by)
