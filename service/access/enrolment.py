"""What administrators do with the people enrolled (用户管理): every step on record, none for oneself, and none that opens a case to them."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import second_factor
from service.access.caller import Bounds
from service.access.password import hashed
from service.access.role import roles
from service.access.signing_in import end_sessions, grant, is_locked
from service.errors import Refusal
from service.store.event import Happening, append
from service.store.member import Member, RoleGrant
from service.working_days import day_of

FOR_EVER = timedelta(days=36_500)
READS_CASES = frozenset(
    {
        "alerts.read",
        "alerts.judge",
        "alerts.report",
        "casework.read",
        "casework.work",
        "casework.approve",
        "evidence.read",
        "events.read",
        "sealed.ask",
        "sealed.agree",
    }  # fmt: skip
)
"""Verbs that open a case to whoever holds them."""
KEEPS_PEOPLE = frozenset({"people.manage", "keys.manage"})


def give(
    session: Session, member: Member, role: str, bounds: Bounds, *, by: str, now: datetime, starts_on: date | None, ends_on: date | None,
) -> RoleGrant:  # fmt: skip
    """A role for somebody else. Raises Refusal for oneself, and for roles that must be apart: who keeps the people reads no case."""
    not_oneself(member, by)
    made = grant(session, member, role, bounds, by=by, now=now, starts_on=starts_on, ends_on=ends_on)
    held = [roles()[one.role].may for one in living_grants(session, member, day_of(now))]
    if any(may & KEEPS_PEOPLE for may in held) and any(may & READS_CASES and not may & KEEPS_PEOPLE for may in held):
        raise Refusal("access.apart")
    return made


def take(session: Session, member: Member, grant_id: int, *, by: str, now: datetime) -> None:
    """End a role at once. Raises Refusal for oneself, and when the person does not hold it."""
    not_oneself(member, by)
    found = session.get(RoleGrant, grant_id)
    if found is None or found.member_id != member.member_id or not _lasts(found, day_of(now)):
        raise Refusal("access.no_grant", grant=grant_id)
    found.ends_on = day_of(now) - timedelta(days=1)
    append(session, [Happening("role.taken", member.login, {"role": found.role, "grant": grant_id})], by, now)


def living_grants(session: Session, member: Member, today: date) -> list[RoleGrant]:
    """What a person holds now or will hold."""
    mine = session.scalars(select(RoleGrant).where(RoleGrant.member_id == member.member_id).order_by(RoleGrant.grant_id))
    return [one for one in mine if _lasts(one, today)]


def lock(session: Session, member: Member, *, by: str, now: datetime) -> None:
    """Nobody signs in as this person until it is unlocked; who is in is put out."""
    not_oneself(member, by)
    member.locked_until = now + FOR_EVER
    end_sessions(session, member)
    append(session, [Happening("member.locked", member.login, {})], by, now)


def unlock(session: Session, member: Member, *, by: str, now: datetime) -> None:
    """End a lock, whether an administrator set it or wrong passwords."""
    if is_locked(member, now):
        append(session, [Happening("member.unlocked", member.login, {})], by, now)
    member.failed, member.locked_until = 0, None


def set_active(session: Session, member: Member, active: bool, *, by: str, now: datetime) -> None:
    """Whether somebody belongs to the office; who left keeps nothing but a name in the log."""
    not_oneself(member, by)
    if member.active is not active:
        append(session, [Happening("member.returned" if active else "member.left", member.login, {})], by, now)
    member.active = active
    end_sessions(session, member)


def reset_password(session: Session, member: Member, password: str, *, by: str, now: datetime) -> None:
    """A first password again, which its owner must change before any role holds. Raises Refusal when it is short."""
    not_oneself(member, by)
    member.password, member.must_change = hashed(password), True
    end_sessions(session, member)
    append(session, [Happening("password.reset", member.login, {})], by, now)


def lose_device(session: Session, member: Member, *, by: str, now: datetime) -> None:
    """Ask for no code any more: the device is lost."""
    not_oneself(member, by)
    if member.totp is not None:
        second_factor.turn_off(session, member, by, now)
        end_sessions(session, member)


def not_oneself(member: Member, by: str) -> None:
    """Raises Refusal when somebody would do it to themselves."""
    if by == f"person:{member.login}":
        raise Refusal("access.not_oneself")


def _lasts(found: RoleGrant, today: date) -> bool:
    return found.ends_on is None or today <= found.ends_on
