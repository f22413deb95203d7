"""Which acts on a case file are the caller's to do now, the likely one first: nobody is offered what would be refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from service.casework.course import EARLY, STEPS, Acting
from service.store.case import CaseFile, CaseOffice
from service.store.case_lead import Disposal
from service.store.case_people import CaseRecusal, CaseTransfer
from service.store.case_work import CaseExtension, CaseTask, Consultation, Draft, Opinion, Verification

FORMS = {
    "distribute": ("distribute",), "acknowledge": ("acknowledge",), "decline": ("decline",), "verify": ("verify",), "draft": ("draft",),
    "close_unfounded": ("close_unfounded",), "settle": ("settle",), "consult": ("consult",), "sign": ("sign",), "decide": ("promote", "return"),
    "sheet": ("sheet",), "propose": ("propose",), "dispose": ("approve", "refuse"), "ask": ("ask",), "answer": ("answer",), "report": ("report",),
    "accept": ("accept", "send_back"), "transfer": ("transfer",), "answer_transfer": ("take_early", "take_later"),
    "answer_joining": ("answer_joining",), "urge": ("urge",), "recuse": ("recuse",), "decide_recusal": ("decide_recusal",),
    "ask_extension": ("ask_extension",), "decide_extension": ("decide_extension",), "group": ("group",), "add_alert": ("add_alert",), "hand_above": ("hand_above",),
}  # fmt: skip
"""Form of the page -> the steps it can take."""
LIKELY = (
    "answer_transfer", "decide_recusal", "answer_joining", "decide_extension", "acknowledge", "sign", "decide", "dispose", "accept", "answer", "ask", "report", "propose",
    "sheet", "consult", "draft", "verify", "distribute",
)  # fmt: skip
"""What is most likely wanted, where several are possible."""
ANSWERS = LIKELY[: LIKELY.index("answer")]
"""Acts by which somebody answers what another asked for or proposed."""
WORKED = ("verify", "draft", "consult", "sheet", "propose", "ask", "answer", "report")
"""Acts of the lead office's own people: whoever does them cannot approve what follows."""


@dataclass
class Offered:
    """The likely act, the others, and a reason why somebody else must act (a key of the words)."""

    first: str | None
    others: list[str] = field(default_factory=list)
    waits: str | None = None


@dataclass
class _Standing:
    """What decides beside the status."""

    acting: Acting
    case: CaseFile
    tasks: Sequence[CaseTask]
    verifications: Sequence[Verification]
    drafts: Sequence[Draft]
    consultations: Sequence[tuple[Consultation, list[Opinion]]]
    disposals: Sequence[Disposal]
    recusals: Sequence[CaseRecusal]
    joining: Sequence[CaseOffice]
    late: bool
    transfer: CaseTransfer | None
    extensions: Sequence[CaseExtension]
    extendable: bool
    approves: frozenset[str]
    """Ways of disposal that the caller's role approves."""

    @property
    def me(self) -> str:
        return self.acting.name

    def fits(self, form: str) -> bool:
        """Whether this is the caller's to do as things stand; the status was looked at before."""
        check = getattr(self, f"_{form}", None)
        return True if check is None else bool(check())

    def _acknowledge(self) -> bool:
        waiting = next((one for one in self.tasks if one.answer is None), None)
        return waiting is not None and waiting.handler in (None, self.me) and self.acting.speaks_for(waiting.office_id)

    _decline = _acknowledge

    @property
    def given_to_me(self) -> bool:
        """Whether what waits to be acknowledged was given to the caller or to an office of theirs; a leader speaks for every office."""
        waiting = next((one for one in self.tasks if one.answer is None), None)
        mine = {one.bounds.office_id for one in self.acting.caller.held}
        return waiting is not None and (waiting.handler == self.me or waiting.office_id in mine)

    def _draft(self) -> bool:
        return any(one.result in ("substantiated", "partly") for one in self.verifications)

    def _close_unfounded(self) -> bool:
        found = self._draft() or not self.verifications
        return not found and all(one.made_by != self.me for one in self.verifications)

    def _settle(self) -> bool:
        return bool(self.drafts) and self.drafts[-1].made_by != self.me

    def _sign(self) -> bool:
        called, said = self.consultations[-1]
        return self.me in called.participants and all(one.caller != self.me for one in said)

    def _decide(self) -> bool:
        called, said = self.consultations[-1]
        return len(said) == len(called.participants) and self._settle()

    def _dispose(self) -> bool:
        return self.disposals[-1].drafted_by != self.me and self.disposals[-1].way in self.approves

    def _ask(self) -> bool:
        return self.disposals[-1].way == "talk" and self.disposals[-1].asked_on is None

    def _answer(self) -> bool:
        last = self.disposals[-1]
        return last.manner == "letter" and last.asked_on is not None and last.answered_on is None

    def _report(self) -> bool:
        return self.disposals[-1].way != "talk" or not (self._ask() or self._answer())

    def _accept(self) -> bool:
        return self.disposals[-1].reported_by != self.me and self.disposals[-1].way in self.approves

    def _answer_transfer(self) -> bool:
        asked = self.transfer
        return asked is not None and asked.asked_by != self.me and self.acting.speaks_for(asked.to_office)

    def _answer_joining(self) -> bool:
        return any(one.status == "asked" and one.asked_by != self.me for one in self.joining)

    def _decide_recusal(self) -> bool:
        return any(one.granted is None and self.me not in (one.caller, one.said_by) for one in self.recusals)

    def _urge(self) -> bool:
        return self.late

    def _ask_extension(self) -> bool:
        return self.extendable

    def _decide_extension(self) -> bool:
        return any(one.granted is None and one.asked_by != self.me for one in self.extensions)


def offered(
    acting: Acting, case: CaseFile, *, tasks: Sequence[CaseTask], verifications: Sequence[Verification], drafts: Sequence[Draft],
    consultations: Sequence[tuple[Consultation, list[Opinion]]], disposals: Sequence[Disposal], recusals: Sequence[CaseRecusal],
    joining: Sequence[CaseOffice], late: bool, transfer: CaseTransfer | None,
    extensions: Sequence[CaseExtension], extendable: bool, approves: frozenset[str],
) -> Offered:  # fmt: skip
    """What the caller can do now."""
    standing = _Standing(
        acting,
        case,
        tasks,
        verifications,
        drafts,
        consultations,
        disposals,
        recusals,
        joining,
        late,
        transfer,
        extensions,
        extendable,
        approves,
    )
    forms = [form for form in FORMS if _open(acting, case, form, transfer) and standing.fits(form)]
    first = next((one for one in LIKELY if one in forms), None)
    if first == "distribute" and case.status in EARLY[1:]:
        first = None  # it is on its way: given anew only when somebody looks for that
    if first in WORKED and case.handler != acting.name and not _of_the_office(acting, case):
        first = None  # who is to approve can do it, but is not led to
    if first == "acknowledge" and not standing.given_to_me:
        first = None
    return Offered(
        first,
        [one for one in forms if one != first],
        None if first or case.status == "closed" else f"casework.waits.{case.status}",
    )


def _of_the_office(acting: Acting, case: CaseFile) -> bool:
    return any(one.bounds.office_id == case.office_id for one in acting.caller.held)


def _open(acting: Acting, case: CaseFile, form: str, transfer: CaseTransfer | None) -> bool:
    if transfer is not None and form != "answer_transfer":
        return False
    steps = [STEPS[one] for one in FORMS[form]]
    return any(
        case.status in step.before
        and acting.caller.may(step.verb)
        and (not step.lead or acting.speaks_for(case.office_id, step.verb))
        for step in steps
    )
