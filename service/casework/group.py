"""The people pool (人才库) and helper groups (工作组): who has the skill that a case file needs, less those who must keep out, with reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access.sight import PERSONAL
from service.casework.course import APPROVE, Acting, advance, hold
from service.casework.ties import alerts_of, is_recused, tied
from service.errors import NothingFound, Refusal
from service.store import questions
from service.store.case import CaseFile
from service.store.case_people import CaseHelper, Expert
from service.store.event import Happening, append

SKILLS = ("audit", "finance", "works", "procurement", "data", "law", "petitions")
"""审计, 财务, 工程, 采购, 数据, 法律, 信访."""
NEEDS = {
    "subsidy": ("finance", "data"),
    "procurement": ("procurement", "works"),
    "hotline": ("petitions",),
    "cross": ("audit", "data"),
}
"""Topic of the rules that flagged -> which skills help."""


@dataclass(frozen=True)
class Match:
    """An expert, what speaks for them, and what bars them."""

    expert: Expert
    skills: list[str]
    busy: int
    """Open groups they are in."""
    near: bool
    """Whether they are from the place itself."""
    barred: list[str] = field(default_factory=list)
    """Grounds of recusal."""


def add_expert(session: Session, acting: Acting, expert: Expert) -> Expert:
    """Somebody into the pool. Raises Refusal for who has no name or an unknown skill, or a caller who may not."""
    if not acting.caller.may(APPROVE):
        raise Refusal("casework.wrong.not_entitled")
    if not expert.name.strip() or not expert.skills or set(expert.skills) - set(SKILLS):
        raise Refusal("casework.wrong.expert")
    expert.added_by, expert.added_at = acting.name, acting.now
    session.add(expert)
    session.flush()
    append(session, [Happening("expert.added", f"EX{expert.expert_id}", {"skills": expert.skills})], acting.name, acting.now)
    return expert


def remove_expert(session: Session, acting: Acting, expert_id: int, reason: str) -> Expert:
    """Somebody out of the pool; the groups that they were in keep their name.

    Raises Refusal for a caller who may not, without a reason, or while they are in a group; NothingFound.
    """
    if not acting.caller.may(APPROVE):
        raise Refusal("casework.wrong.not_entitled")
    found = session.get(Expert, expert_id, with_for_update=True)
    if found is None or not found.available:
        raise NothingFound("casework.wrong.no_expert")
    if not reason.strip():
        raise Refusal("casework.wrong.reason")
    living = select(func.count()).where(CaseHelper.expert_id == expert_id, CaseHelper.ended_at.is_(None))
    if busy := session.scalar(living):
        raise Refusal("casework.wrong.in_groups", who=found.name, count=busy)
    found.available, found.removed_by, found.removed_at, found.removed_because = False, acting.name, acting.now, reason.strip()
    append(session, [Happening("expert.removed", f"EX{expert_id}", {})], acting.name, acting.now)
    return found


def needed(session: Session, case: CaseFile) -> list[str]:
    """Skills that the topics of a case file's alerts ask for; all where it rests on none."""
    signals = questions.present_signals(session, alerts_of(session, case))
    topics = {one.topic for those in signals.values() for one in those}
    wanted = {skill for topic in topics for skill in NEEDS.get(topic, ())}
    return [one for one in SKILLS if one in wanted] or list(SKILLS)


def match(session: Session, acting: Acting, case: CaseFile, skills: Sequence[str]) -> list[Match]:
    """Everybody available who has one of the skills: the most fitting and least busy first, those barred last."""
    found = list(session.scalars(select(Expert).where(Expert.available.is_(True)).order_by(Expert.expert_id)))
    living = select(CaseHelper.expert_id, func.count()).where(CaseHelper.ended_at.is_(None)).group_by(CaseHelper.expert_id)
    busy = {one[0]: int(one[1]) for one in session.execute(living)}
    ties = tied(session, acting, case, {str(one.expert_id): one.person_id for one in found})
    fitting = [
        Match(
            one, have, busy.get(one.expert_id, 0), _near(one, case), _barred(session, case, one, ties.get(str(one.expert_id), []))
        )
        for one in found
        if (have := [skill for skill in skills if skill in one.skills])
    ]
    return sorted(fitting, key=lambda one: (bool(one.barred), -len(one.skills), one.near, one.busy, one.expert.expert_id))


def call_in(session: Session, acting: Acting, case_id: int, version: int, expert: int, skill: str) -> CaseHelper:
    """One expert into the helper group. Raises Refusal for one who is barred, in it already or lacks the skill; NothingFound, Conflict, IllegalMove."""
    case = hold(session, acting, case_id, version, "group")
    fit = next((one for one in match(session, acting, case, [skill]) if one.expert.expert_id == expert), None)
    if fit is None:
        raise NothingFound("casework.wrong.no_expert")
    if fit.barred or any(one.expert_id == expert for one in helpers_of(session, case_id)):
        raise Refusal("casework.wrong.barred", who=fit.expert.name)
    helper = CaseHelper(case_id=case_id, expert_id=expert, skill=skill, asked_by=acting.name, asked_at=acting.now, ended_at=None)
    session.add(helper)
    session.flush()
    advance(session, acting, case, "group", helper=helper.helper_id, expert=expert, skill=skill)
    return helper


def let_go(session: Session, acting: Acting, case_id: int, version: int, helper: int) -> CaseFile:
    """One out of the group; sees the case file no more. Raises NothingFound, Conflict, IllegalMove."""
    case = hold(session, acting, case_id, version, "group")
    found = next((one for one in helpers_of(session, case_id) if one.helper_id == helper), None)
    if found is None:
        raise NothingFound("casework.wrong.no_expert")
    found.ended_at = acting.now
    advance(session, acting, case, "group", helper=helper, ended=True)
    return case


def helpers_of(session: Session, case_id: int) -> list[CaseHelper]:
    """The group as it is now."""
    mine = select(CaseHelper).where(CaseHelper.case_id == case_id, CaseHelper.ended_at.is_(None))
    return list(session.scalars(mine.order_by(CaseHelper.helper_id)))


def _near(expert: Expert, case: CaseFile) -> bool:
    return expert.area_id is not None and case.area_id is not None and expert.area_id[:9] == case.area_id[:9]


def _barred(session: Session, case: CaseFile, expert: Expert, ties: Sequence[str]) -> list[str]:
    grounds = list(ties)
    if case.unit_id is not None and expert.unit_id == case.unit_id:
        grounds.append("unit")
    if case.unit_id is not None and case.unit_id in expert.earlier_units:
        grounds.append("colleague")
    if case.subject_kind in PERSONAL and expert.person_id is not None and expert.person_id == case.subject_id:
        grounds.append("self")
    if expert.login is not None and is_recused(session, case.case_id, f"person:{expert.login}"):
        grounds.append("recused")
    return sorted(set(grounds))
