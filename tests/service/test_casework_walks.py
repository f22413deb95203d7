"""Random walks of many people over case files: no illegal status, every move has its event, nobody approves their own, one matter one file."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.casework import above, consulting, disposing, distributing, drafting, joining, leads, opening, recusing, transferring
from service.casework import verifying as checking
from service.casework.course import STATUSES, STEPS, Acting
from service.casework.disposing import Opinion
from service.errors import NothingFound, Refusal
from service.store.case import CaseClaim, CaseFile, CaseLimit, CaseOffice
from service.store.case_lead import Disposal
from service.store.case_people import CaseRecusal, CaseTransfer
from service.store.case_work import Consultation, Draft, Verification
from service.store.database import Store
from service.store.event import Event, first_broken
from tests.service.casework_office import HOME, OTHER, PEOPLE, WAYS, Bureau

Act = Callable[[Session, Acting, CaseFile, random.Random], Any]
RECORD = [{"text": "银行流水"}]


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    folder: Path = tmp_path_factory.mktemp("walks")
    store = Store.open(f"sqlite:///{folder / 'guantong.db'}")
    made = Bureau(store)
    made.enrol()
    yield made
    store.close()


def somebody(dice: random.Random) -> str:
    return f"person:{dice.choice(sorted(PEOPLE))}"


def words(dice: random.Random) -> str:
    """Sometimes nothing is said."""
    return " " if dice.random() < 0.08 else "有依据"


def waiting(session: Session, record: Any, number: Any, case: CaseFile, dice: random.Random) -> int:
    """Something of the case file to answer; sometimes what is not there."""
    return dice.choice([*session.scalars(select(number).where(record.case_id == case.case_id)), 0])


ACTS: dict[str, Act] = {
    "distribute": lambda s, a, c, d: distributing.distribute(
        s, a, c.case_id, c.version, distributing.Order(d.choice(["distribute", "assign"]), d.choice([HOME, OTHER]), d.choice([None, somebody(d)]), words(d), d.choice([0, 5, 20]))
    ),
    "acknowledge": lambda s, a, c, d: distributing.acknowledge(s, a, c.case_id, c.version),
    "decline": lambda s, a, c, d: distributing.decline(s, a, c.case_id, c.version, words(d)),
    "urge": lambda s, a, c, d: distributing.urge(s, a, c.case_id, c.version, words(d), 3),
    "verify": lambda s, a, c, d: checking.verify(
        s, a, c.case_id, c.version, checking.Checked(words(d), d.choice(checking.RESULTS), words(d), a.today, d.choice([RECORD, []]), [somebody(d)])
    ),
    "close_unfounded": lambda s, a, c, d: checking.close_unfounded(s, a, c.case_id, c.version, words(d)),
    "draft": lambda s, a, c, d: drafting.draft(s, a, c.case_id, c.version, drafting.Problem(words(d), "事实", "依据")),
    "settle": lambda s, a, c, d: drafting.settle(s, a, c.case_id, c.version, words(d)),
    "consult": lambda s, a, c, d: consulting.consult(
        s, a, c.case_id, c.version, consulting.Questions("适用？", "够？", [somebody(d) for _ in range(d.randint(1, 3))])
    ),
    "sign": lambda s, a, c, d: consulting.sign(s, a, c.case_id, c.version, consulting.Said("适用", words(d), d.choice(consulting.ADVICE))),
    "decide": lambda s, a, c, d: consulting.decide(s, a, c.case_id, c.version, d.choice(["promote", "promote", "return"]), words(d)),
    "sheet": lambda s, a, c, d: leads.write_sheet(s, a, WAYS, c.case_id, c.version, {"what": words(d), "who": words(d)}),
    "propose": lambda s, a, c, d: disposing.propose(
        s, a, c.case_id, c.version, Opinion(d.choice(["talk", "talk", "check", "hold", "conclude"]), words(d), "方案", d.choice(["talk", "letter"]))
    ),
    "dispose": lambda s, a, c, d: disposing.decide(s, a, WAYS, c.case_id, c.version, agree=d.random() < 0.7, reason=words(d)),
    "ask": lambda s, a, c, d: disposing.ask(s, a, c.case_id, c.version, a.today),
    "answer": lambda s, a, c, d: disposing.answer(s, a, c.case_id, c.version, a.today, countersigned=d.random() < 0.7),
    "report": lambda s, a, c, d: disposing.report(s, a, c.case_id, c.version, d.choice(disposing.RESULTS), words(d)),
    "accept": lambda s, a, c, d: disposing.accept(s, a, WAYS, c.case_id, c.version, agree=d.random() < 0.7, reason=words(d)),
    "transfer": lambda s, a, c, d: transferring.transfer(s, a, c.case_id, c.version, d.choice([HOME, OTHER]), words(d)),
    "answer_transfer": lambda s, a, c, d: transferring.answer_transfer(s, a, c.case_id, c.version, take=d.random() < 0.5, reason=words(d)),
    "recuse": lambda s, a, c, d: recusing.recuse(s, a, c.case_id, c.version, d.choice([a.name, somebody(d)]), d.choice(recusing.GROUNDS), words(d)),
    "decide_recusal": lambda s, a, c, d: recusing.decide_recusal(
        s, a, c.case_id, c.version, waiting(s, CaseRecusal, CaseRecusal.recusal_id, c, d), grant=d.random() < 0.3
    ),
    "answer_joining": lambda s, a, c, d: joining.answer_joining(
        s, a, c.case_id, c.version, waiting(s, CaseOffice, CaseOffice.case_office_id, c, d), take=True
    ),
    "hand_above": lambda s, a, c, d: above.hand_above(s, a, c.case_id, c.version, words(d)),
}  # fmt: skip
STEPS_OF = {
    "decide": ("promote", "return"), "dispose": ("approve", "refuse"), "accept": ("accept", "file"), "answer_transfer": ("take_early", "take_later"),
}  # fmt: skip
"""Acts that are several steps."""
RARE = ("hand_above", "recuse", "transfer", "close_unfounded", "settle")


def state(session: Session, case_id: int) -> tuple[Any, ...]:
    """Everything that a refused move must leave as it was."""
    case = session.get_one(CaseFile, case_id)
    counted = (Verification, Draft, Consultation, Disposal, CaseTransfer, CaseRecusal, CaseLimit, CaseClaim)
    counts = tuple(session.scalar(select(func.count()).select_from(one)) for one in counted)
    events = session.scalar(select(func.count()).select_from(Event).where(Event.about == case.name))
    return (case.status, case.version, case.office_id, case.handler, case.due_on, case.outcome, events, *counts)


def test_walks_of_random_people_never_leave_the_course(bureau: Bureau) -> None:
    dice = random.Random(7)
    seen, moves = set(), 0
    for number in range(12):
        alert = bureau.alert(f"AL{number}")
        case_id = bureau.do(
            lambda session, alert=alert: opening.open_from_alerts(session, bureau.acting("wang"), HOME, [alert])
        ).case_id
        for _ in range(120):
            moves += step(bureau, case_id, dice, some_act(dice, bureau.case(case_id).status))
            seen.add(bureau.case(case_id).status)
            if bureau.case(case_id).status == "closed":
                break
            if dice.random() < 0.05:
                bureau.forward(days=9)
        nobody_approved_their_own(bureau, case_id)
    assert moves > 150 and seen == set(STATUSES), (moves, seen)
    with bureau.store.look() as session:
        assert first_broken(session) is None


def some_act(dice: random.Random, status: str) -> str:
    """Mostly one that can be done now, else any: both are tried."""
    usual = [one for one in ACTS if one not in RARE or dice.random() < 0.02]
    fitting = [one for one in usual if any(status in STEPS[said].before for said in STEPS_OF.get(one, (one,)))]
    return dice.choice(fitting if fitting and dice.random() < 0.85 else usual)


def some_actor(session: Session, case: CaseFile, dice: random.Random) -> str:
    """Anybody, but more often who is asked to speak or handles it."""
    called = session.scalar(select(Consultation).where(Consultation.case_id == case.case_id, Consultation.decision.is_(None)))
    asked = called.participants if called is not None else [case.handler] if case.handler else []
    usual = [one.partition(":")[2] for one in asked]
    return dice.choice(usual) if usual and dice.random() < 0.5 else dice.choice(sorted(PEOPLE))


def step(bureau: Bureau, case_id: int, dice: random.Random, name: str) -> bool:
    """One try of one person; says whether it was a move."""
    with bureau.store.look() as session:
        before = state(session, case_id)
        case = session.get_one(CaseFile, case_id)
        who = some_actor(session, case, dice)
    try:
        bureau.do(lambda session: ACTS[name](session, bureau.acting(who), case, dice))
    except (Refusal, NothingFound):
        with bureau.store.look() as session:
            assert state(session, case_id) == before, name
        return False
    with bureau.store.look() as session:
        after = session.get_one(CaseFile, case_id)
        events = session.scalars(select(Event).where(Event.about == case.name).order_by(Event.seq)).all()
        last = events[-1]
        said = STEPS[last.kind.removeprefix("case.")]
        assert len(events) == before[6] + 1 and last.actor == f"person:{who}" and last.body["status"] == after.status
        assert case.status in said.before and after.status == (said.after or case.status) and after.status in STATUSES
        assert after.version == case.version + 1
        claims = session.scalar(select(func.count()).select_from(CaseClaim).where(CaseClaim.case_id == case_id))
        open_ = list(session.scalars(select(CaseLimit.due_on).where(CaseLimit.case_id == case_id, CaseLimit.met_at.is_(None))))
        assert (after.status == "closed") == (claims == 0) == (after.outcome is not None)
        assert after.due_on == (min(open_) if open_ else None) and not (open_ and after.status == "closed")
    return True


def nobody_approved_their_own(bureau: Bureau, case_id: int) -> None:
    with bureau.store.look() as session:
        for one in session.scalars(select(Disposal).where(Disposal.case_id == case_id)):
            assert one.decided_by != one.drafted_by and (one.accepted_by is None or one.accepted_by != one.reported_by)
            assert one.decided_by is None or PEOPLE[one.decided_by.partition(":")[2]][0] == "leader"
        for transfer in session.scalars(select(CaseTransfer).where(CaseTransfer.case_id == case_id)):
            assert transfer.answered_by != transfer.asked_by
        for recusal in session.scalars(select(CaseRecusal).where(CaseRecusal.case_id == case_id)):
            assert recusal.decided_by is None or recusal.decided_by not in (recusal.caller, recusal.said_by)
        for called, author in session.execute(
            select(Consultation, Draft.made_by)
            .join(Draft, Draft.draft_id == Consultation.draft_id)
            .where(Consultation.case_id == case_id)
        ):
            assert called.decided_by != author
        prominent = select(Draft).where(Draft.case_id == case_id, Draft.kind == "prominent")
        for draft in session.scalars(prominent):
            promoted = select(Consultation).where(Consultation.draft_id == draft.from_draft, Consultation.decision == "promote")
            assert session.scalar(promoted) is not None
