"""People signing in (登录): password and, where set, a one-time code; locked for a while after wrong attempts."""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.access.caller import Bounds, Caller
from service.access.password import hashed, matches, outdated
from service.access.role import roles
from service.access.second_factor import fitting, secret_of
from service.errors import Refusal
from service.store.database import Store
from service.store.event import Happening, append
from service.store.member import Member, RoleGrant, SignIn
from service.working_days import day_of

ATTEMPTS, LOCKED = 5, timedelta(minutes=15)
"""So many wrong passwords in a row lock the sign-in for so long: guessing becomes hopeless, a tired typist waits a quarter of an hour."""
LIFE = timedelta(hours=10)
"""One working day."""


def enrol(
    session: Session, login: str, name: str, password: str | None, *, by: str, now: datetime,
    outside_id: str | None = None, person_id: str | None = None, must_change: bool = False,
) -> Member:  # fmt: skip
    """A new person; `must_change`: the password is somebody else's choice. Raises Refusal for what is taken or a short password."""
    if session.scalar(select(Member).where(Member.login == login)) is not None:
        raise Refusal("access.login_taken", login=login)
    if outside_id is not None and session.scalar(select(Member).where(Member.outside_id == outside_id)) is not None:
        raise Refusal("access.outside_taken")
    member = Member(
        login=login, name=name, password=hashed(password) if password is not None else None, created_at=now,
        outside_id=outside_id, person_id=person_id, must_change=must_change,
    )  # fmt: skip
    session.add(member)
    session.flush()
    append(session, [Happening("member.enrolled", login, {"name": name})], by, now)
    return member


def grant(
    session: Session, member: Member, role: str, bounds: Bounds, *, by: str, now: datetime,
    starts_on: date | None = None, ends_on: date | None = None,
) -> RoleGrant:  # fmt: skip
    """Give a person a role within bounds, from a day (default: today) to a last one. Raises Refusal for an unknown role or empty time."""
    if role not in roles():
        raise Refusal("access.no_role", role=role, known=", ".join(sorted(roles())))
    first = starts_on or day_of(now)
    if ends_on is not None and ends_on < first:
        raise Refusal("access.ends_before", first=first, last=ends_on)
    made = RoleGrant(
        member_id=member.member_id, role=role, office_id=bounds.office_id, stream=bounds.stream, area_id=bounds.area_id,
        unit_id=bounds.unit_id, starts_on=first, ends_on=ends_on, given_by=by,
    )  # fmt: skip
    session.add(made)
    session.flush()
    told = {"role": role, "bounds": vars(bounds), "grant": made.grant_id, "ends_on": str(ends_on) if ends_on else None}
    append(session, [Happening("role.given", member.login, told)], by, now)
    return made


def sign_in(
    session: Session, login: str, password: str, now: datetime, code: str | None = None, secret: str | None = None
) -> str:
    """The token of a new session. `secret` is the member's second factor, decrypted by the caller.

    Raises Refusal, the same for a wrong login, password or code, so that none of them can be tried out alone.
    What is counted against the member stays although it is refused: the caller commits before it tells (as `enter` does).
    """
    member = session.scalar(select(Member).where(Member.login == login).with_for_update())
    right = matches(member.password if member else None, password)
    return _admit(session, member, right, password, now, code, secret)


def enter(store: Store, login: str, password: str, now: datetime, code: str | None = None, key: bytes | None = None) -> str:
    """Sign in, in transactions of its own: attempts are counted although refused. `key` opens second factors. Raises Refusal.

    The slow hash is made while no transaction is open: whoever tries passwords keeps nobody from writing.
    """
    with store.look() as session:
        kept = session.scalar(select(Member.password).where(Member.login == login))
    right = matches(kept, password)
    with store.change() as session:
        member = session.scalar(select(Member).where(Member.login == login).with_for_update())
        right = right and member is not None and member.password == kept
        try:
            return _admit(session, member, right, password, now, code, secret_of(member, key) if member is not None else None)
        except Refusal as refusal:
            refused = refusal
    raise refused


def _admit(
    session: Session, member: Member | None, right: bool, password: str, now: datetime, code: str | None, secret: str | None
) -> str:
    locked = member is not None and is_locked(member, now)
    step = fitting(secret, code, now, member.totp_step) if member is not None and member.totp is not None else 0
    if member is None or locked or not right or step is None or not member.active:
        if member is not None and not locked:
            _count(session, member, now)
        raise Refusal("access.sign_in")
    member.failed, member.locked_until = 0, None
    if member.totp is not None:
        member.totp_step = step
    if member.password is not None and outdated(member.password):
        member.password = hashed(password)
    return open_session(session, member, now, second_factor=member.totp is not None)


def change_password(store: Store, token: str, old: str, new: str, now: datetime) -> None:
    """One's own password, by the old one; every other session of the person ends.

    Raises Refusal when the old one is wrong (counted as at the door), or the new one is short or the same.
    """
    with store.look() as session:
        member = _member_of(session, token, now)
        kept = member.password
    right, fresh = matches(kept, old), hashed(new)
    if right and old == new:
        raise Refusal("access.password_same")
    with store.change() as session:
        member = _member_of(session, token, now)
        right = right and member.password == kept and not is_locked(member, now)
        if right:
            member.password, member.must_change, member.failed = fresh, False, 0
            end_sessions(session, member, but=token)
            append(session, [Happening("password.changed", member.login, {})], f"person:{member.login}", now)
        else:
            _count(session, member, now)
    if not right:
        raise Refusal("access.old_password")


def is_locked(member: Member, now: datetime) -> bool:
    """Whether nobody may sign in as this person now."""
    return member.locked_until is not None and now < member.locked_until


def end_sessions(session: Session, member: Member, but: str | None = None) -> None:
    """End every session of a person, but perhaps the one whose token is given."""
    mine = delete(SignIn).where(SignIn.member_id == member.member_id)
    session.execute(mine if but is None else mine.where(SignIn.digest != _digest(but)))


def member_of(session: Session, token: str, now: datetime) -> tuple[Member, SignIn] | None:
    """Whose living session this is, and the session."""
    found = session.get(SignIn, _digest(token))
    if found is None or now >= found.expires_at:
        return None
    member = session.get_one(Member, found.member_id)
    return (member, found) if member.active else None


def _member_of(session: Session, token: str, now: datetime) -> Member:
    found = member_of(session, token, now)
    if found is None:
        raise Refusal("access.sign_in")
    return found[0]


def open_session(session: Session, member: Member, now: datetime, *, second_factor: bool) -> str:
    """A new session's token, for somebody whose identity is proven."""
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    session.add(
        SignIn(
            digest=_digest(token), member_id=member.member_id, created_at=now, expires_at=now + LIFE, second_factor=second_factor
        )
    )
    append(session, [Happening("member.signed_in", member.login, {})], f"person:{member.login}", now)
    return token


def sign_out(session: Session, token: str) -> None:
    """End a session; one that has ended stays so."""
    session.execute(delete(SignIn).where(SignIn.digest == _digest(token)))


def caller_of(session: Session, token: str, now: datetime) -> Caller | None:
    """Whose living session this is; while somebody else's choice of a password is unchanged, no role holds."""
    found = member_of(session, token, now)
    if found is None:
        return None
    member = found[0]
    grants = session.scalars(select(RoleGrant).where(RoleGrant.member_id == member.member_id)).all()
    return Caller.with_grants(
        f"person:{member.login}",
        "person",
        grants,
        day_of(now),
        person_id=member.person_id,
        pending=member.must_change,
    )


def _count(session: Session, member: Member, now: datetime) -> None:
    member.failed += 1
    if member.failed >= ATTEMPTS:
        member.failed, member.locked_until = 0, now + LOCKED
        append(session, [Happening("member.locked", member.login, {})], f"person:{member.login}", now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
