"""Random walks of everybody over items and letters: no illegal status, one event a move, nobody judges their own, no unit sees another's."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.errors import NothingFound, Refusal
from service.rectifying import assessing, giving, letters, reporting
from service.rectifying.course import ITEM, LETTER, Acting, statuses
from service.rectifying.reappearance import open_again
from service.rectifying.seen import see_item
from service.rectifying.terms import MARKS
from service.rectifying.unit_view import unit_items
from service.store.database import Store
from service.store.event import Event, first_broken
from service.store.rectifying import Rectification, RectificationCheck, RectificationUrge, UnitReport
from service.store.rectifying_letters import LetterCount, Recommendation
from tests.service.casework_office import HOME, OTHER
from tests.service.rectifying_people import FULL, NEXT_TOWN, NEXT_UNIT, PLACES, SAID, TERMS, TOWN, UNIT, Loop
from tests.service.test_rectifying import WORDING, signal

Dice = random.Random
Act = Callable[[Session, Acting, Any, Dice], Any]


@pytest.fixture(scope="module")
def loop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    folder: Path = tmp_path_factory.mktemp("walks")
    store = Store.open(f"sqlite:///{folder / 'guantong.db'}")
    made = Loop(store)
    made.enrol_all()
    yield made
    store.close()


def words(dice: Dice) -> str:
    return " " if dice.random() < 0.08 else "有依据"


def marks(dice: Dice) -> dict[str, str]:
    return dict(FULL) if dice.random() < 0.6 else {name: dice.choice(MARKS) for name in FULL}


def good(dice: Dice) -> bool:
    return dice.random() < 0.7


ITEM_ACTS: dict[str, Act] = {
    "give": lambda s, a, i, d: giving.give(s, a, i.item_id, i.version),
    "withdraw": lambda s, a, i, d: giving.withdraw(s, a, i.item_id, i.version),
    "report": lambda s, a, i, d: reporting.report_item(s, a, i.item_id, i.version, reporting.Told(words(d), "好", [words(d)])),
    "opine": lambda s, a, i, d: reporting.opine(s, a, i.item_id, i.version, words(d)),
    "note": lambda s, a, i, d: reporting.note(s, a, i.item_id, i.version, words(d)),
    "verify": lambda s, a, i, d: assessing.verify_item(s, a, i.item_id, i.version, good=good(d), said=words(d)),
    "close": lambda s, a, i, d: assessing.assess(s, a, TERMS.effect, i.item_id, i.version, marks(d), words(d), good=good(d)),
    "urge": lambda s, a, i, d: giving.urge_item(s, a, i.item_id, i.version, words(d), a.today + timedelta(d.randint(-1, 30))),
    "recheck": lambda s, a, i, d: assessing.recheck(s, a, i.item_id, i.version, good=good(d), said=words(d)),
}
LETTER_ACTS: dict[str, Act] = {
    "revise": lambda s, a, i, d: letters.revise(s, a, i.letter_id, i.version, WORDING),
    "drop": lambda s, a, i, d: letters.drop(s, a, i.letter_id, i.version),
    "approve": lambda s, a, i, d: letters.decide_letter(s, a, i.letter_id, i.version, agree=good(d), reason=words(d)),
    "send": lambda s, a, i, d: letters.send(s, a, i.letter_id, i.version, a.today),
    "answer": lambda s, a, i, d: letters.answer_letter(s, a, i.letter_id, i.version, a.today, words(d)),
    "revisit": lambda s, a, i, d: letters.revisit_letter(s, a, i.letter_id, i.version, a.today, words(d), adopted=good(d)),
}


OFTEN = {
    "report": ["clerk", "next_clerk"], "opine": ["department"], "note": ["room"], "verify": ["zhao", "head"], "close": ["chen", "deputy"],
    "recheck": ["chen", "deputy"], "give": ["chen", "deputy"], "withdraw": ["wang"],
}  # fmt: skip
"""Whose act it usually is."""
RARE = ("opine", "note")


def tried(
    loop: Loop, record: Any, number: int, acts: dict[str, Act], course: dict[str, Any], dice: Dice, usual: list[str]
) -> str | None:
    """One try of one person; the step it was, None when it was refused and left everything as it was."""
    with loop.store.look() as session:
        before = session.get_one(record, number)
        events = count(session, before.name)
    likely = [one for one in acts if one not in RARE or dice.random() < 0.3]
    fitting = [one for one in likely if before.status in course[one].before]
    name = dice.choice(fitting if fitting and dice.random() < 0.85 else sorted(acts))
    who = dice.choice(OFTEN.get(name, usual) if dice.random() < 0.8 else sorted(PLACES))
    try:
        loop.act(who, acts[name], before, dice)
    except (Refusal, NothingFound):
        with loop.store.look() as session:
            after = session.get_one(record, number)
            assert (after.status, after.version, count(session, after.name)) == (before.status, before.version, events), name
        return None
    with loop.store.look() as session:
        after = session.get_one(record, number)
        last = session.scalars(select(Event).where(Event.about == after.name).order_by(Event.seq.desc())).first()
        assert last is not None and count(session, after.name) == events + 1 and last.actor == loop.caller(who).name
    step = last.kind.partition(".")[2]
    assert (
        before.status in course[step].before
        and after.status == (course[step].after or before.status)
        and after.version == before.version + 1
    )
    return step


def count(session: Session, name: str) -> int:
    return session.scalar(select(func.count()).select_from(Event).where(Event.about == name)) or 0


def test_items_never_leave_their_course(loop: Loop) -> None:
    dice, seen, steps = Dice(11), set(), []
    usual = ["wang", "chen", "deputy", "zhao", "head", "room", "clerk", "next_clerk", "department"]
    for number in range(14):
        unit = dice.choice([UNIT, NEXT_UNIT])
        said = giving.Item(
            SAID.problem, SAID.measure, SAID.standard, SAID.responsible, room_office_id="OF-XT01", rules=("paid_after_death",)
        )
        item_id = loop.act(dice.choice(["wang", "chen"]), giving.open_item, unit, OTHER, said).item_id
        for _ in range(60):
            steps.append(tried(loop, Rectification, item_id, ITEM_ACTS, ITEM, dice, usual))
            item = loop.item(item_id)
            seen.add(item.status)
            assert (item.status == "closed") == (item.closed_by is not None)
            if dice.random() < 0.04:
                loop.later(dice.choice([1, 40, 70]))
            if item.status == "withdrawn":
                break
        signal(loop, f"AGAIN{number}", "paid_after_death", unit.unit_id)
        loop.do(lambda session: open_again(session, {}, TERMS.periods, loop.now))
        judged_by_others(loop, item_id)
        seen_by_their_own(loop)
    moved = [one for one in steps if one]
    assert seen == statuses(Rectification) and len(moved) > 120 and set(moved) == set(ITEM) - {"again"}, (
        seen,
        sorted(set(ITEM) - set(moved)),
    )
    with loop.store.look() as session:
        assert first_broken(session) is None
        assert session.scalar(select(func.count()).select_from(Event).where(Event.kind == "rectification.again"))


def judged_by_others(loop: Loop, item_id: int) -> None:
    """Given by another than drafted, assessed by another than verified, verified by the stationed group, scored as the criteria say."""
    with loop.store.look() as session:
        item = session.get_one(Rectification, item_id)
        assert item.given_by != item.opened_by
        reports = {one.report_id: one for one in session.scalars(select(UnitReport).where(UnitReport.item_id == item_id))}
        for one in reports.values():
            assert PLACES[one.made_by.partition(":")[2]][1].unit_id == item.unit_id
        checks = session.scalars(select(RectificationCheck).where(RectificationCheck.item_id == item_id)).all()
        verifiers = {one.report_id: one.made_by for one in checks if one.kind == "verify"}
        for check in checks:
            office = PLACES[check.made_by.partition(":")[2]][1].office_id
            if check.kind == "verify":
                assert office in (HOME, None) and check.report_id in reports
            if check.kind == "assess":
                assert office in (OTHER, None) and check.made_by not in (verifiers[check.report_id], item.opened_by)
                assert check.score == TERMS.effect.score(check.marks) and (not check.good or TERMS.effect.passes(check.marks))
        for urge in session.scalars(select(RectificationUrge).where(RectificationUrge.item_id == item_id)):
            assert urge.missed_on < urge.due_on


def seen_by_their_own(loop: Loop) -> None:
    with loop.store.look() as session:
        for who, unit in (("clerk", TOWN), ("next_clerk", NEXT_TOWN)):
            told = unit_items(session, loop.caller(who))
            known = select(Rectification.item_id).where(
                Rectification.unit_id == unit, Rectification.status.not_in(("drafted", "withdrawn"))
            )
            assert {one.item for one in told} == set(session.scalars(known)) and {one.unit for one in told} <= {unit}
            for one in told:
                with pytest.raises(NothingFound):
                    see_item(session, loop.acting(who), one.item)
        assert unit_items(session, loop.caller("wang")) == unit_items(session, loop.caller("stray")) == []


def test_letters_never_leave_their_course_and_their_numbers_have_no_gap(loop: Loop) -> None:
    dice, seen = Dice(5), set()
    loop.now = loop.now.replace(year=2026, month=1, day=5)
    for _ in range(16):
        said = letters.Wording(**{**vars(WORDING), "kind": dice.choice(["discipline", "supervision"])})
        number = loop.act(dice.choice(["wang", "chen"]), letters.draft_letter, UNIT, OTHER, said).letter_id
        for _ in range(30):
            tried(loop, Recommendation, number, LETTER_ACTS, LETTER, dice, ["wang", "chen", "deputy"])
            with loop.store.look() as session:
                seen.add(session.get_one(Recommendation, number).status)
    assert seen == statuses(Recommendation)
    with loop.store.look() as session:
        every = session.scalars(select(Recommendation)).all()
        assert all(one.decided_by is None or one.decided_by != one.drafted_by for one in every if one.status != "drafted")
        assert all(one.revisited_by is None or one.revisited_by != one.answered_by for one in every)
        counts = {(one.kind, one.year): one.last for one in session.scalars(select(LetterCount))}
        given: dict[Any, list[int]] = {}
        for one in every:
            if one.number is not None:
                given.setdefault((one.kind, one.year), []).append(one.number)
        assert {key: sorted(numbers) for key, numbers in given.items()} == {
            key: list(range(1, last + 1)) for key, last in counts.items()
        }
