"""People signing in (登录): password and, where set, a one-time code; locked for a while after wrong attempts."""

import hashlib
import secrets
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.access.caller import Bounds, Caller
from service.access.password import hashed, matches, outdated
from service.access.role import roles
from service.errors import Refusal
from service.store.event import Happening, append
from service.store.member import Member, RoleGrant, SignIn

ATTEMPTS, LOCKED = 5, timedelta(minutes=15)
"""So many wrong passwords in a row lock the sign-in for so long: guessing becomes hopeless, a tired typist waits a quarter of an hour."""
LIFE = timedelta(hours=10)
"""One working day."""


def enrol(session: Session, login: str, name: str, password: str | None, *, by: str, now: datetime) -> Member:
    """A new person. Raises Refusal for a taken login or a short password."""
    if session.scalar(select(Member).where(Member.login == login)) is not None:
        raise Refusal("access.login_taken", login=login)
    member = Member(login=login, name=name, password=hashed(password) if password is not None else None, created_at=now)
    session.add(member)
    session.flush()
    append(session, [Happening("member.enrolled", login, {"name": name})], by, now)
    return member


def grant(session: Session, member: Member, role: str, bounds: Bounds, *, by: str, now: datetime) -> None:
    """Give a person a role within bounds. Raises Refusal for an unknown role."""
    if role not in roles():
        raise Refusal("access.no_role", role=role, known=", ".join(sorted(roles())))
    session.add(
        RoleGrant(
            member_id=member.member_id, role=role, office_id=bounds.office_id, stream=bounds.stream, area_id=bounds.area_id,
            unit_id=bounds.unit_id, starts_on=now.date(), given_by=by,
        )
    )  # fmt: skip
    append(session, [Happening("role.given", member.login, {"role": role, "bounds": vars(bounds)})], by, now)


def sign_in(
    session: Session, login: str, password: str, now: datetime, code: str | None = None, secret: str | None = None
) -> str:
    """The token of a new session. `secret` is the member's second factor, decrypted by the caller.

    Raises Refusal, the same for a wrong login, password or code, so that none of them can be tried out alone.
    What is counted against the member stays although it is refused: the caller commits before it tells.
    """
    member = session.scalar(select(Member).where(Member.login == login))
    locked = member is not None and member.locked_until is not None and now < member.locked_until
    right = matches(member.password if member else None, password)
    second = (
        member is None
        or member.totp is None
        or (secret is not None and pyotp.TOTP(secret).verify(code or "", for_time=now, valid_window=1))
    )
    if member is None or locked or not right or not second or not member.active:
        if member is not None and not locked:
            _count(session, member, now)
        raise Refusal("access.sign_in")
    member.failed, member.locked_until = 0, None
    if member.password is not None and outdated(member.password):
        member.password = hashed(password)
    return open_session(session, member, now, second_factor=member.totp is not None)


def open_session(session: Session, member: Member, now: datetime, *, second_factor: bool) -> str:
    """A new session's token, for somebody whose identity is proven."""
    token = secrets.token_urlsafe(32)
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
    """Whose living session this is."""
    found = session.get(SignIn, _digest(token))
    if found is None or now >= found.expires_at:
        return None
    member = session.get_one(Member, found.member_id)
    if not member.active:
        return None
    grants = session.scalars(select(RoleGrant).where(RoleGrant.member_id == member.member_id)).all()
    return Caller.with_grants(f"person:{member.login}", "person", grants, now.date(), person_id=member.person_id)


def _count(session: Session, member: Member, now: datetime) -> None:
    member.failed += 1
    if member.failed >= ATTEMPTS:
        member.failed, member.locked_until = 0, now + LOCKED
        append(session, [Happening("member.locked", member.login, {})], f"person:{member.login}", now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
