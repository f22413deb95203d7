"""The caller behind a name of the audit log (`key:…`, `person:…`), as it stands today: what is sent is bounded by it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.store.member import ApiKey, Member, RoleGrant
from service.working_days import day_of


def caller_named(session: Session, name: str, now: datetime) -> Caller | None:
    """The caller with the roles in force; None when the key has ended or the person is gone."""
    kind, _, rest = name.partition(":")
    if kind == "key":
        key = session.get(ApiKey, rest)
        if key is None or key.revoked_at is not None or now >= key.expires_at:
            return None
        grants = session.scalars(select(RoleGrant).where(RoleGrant.key_id == key.key_id)).all()
        return Caller.with_grants(name, "platform", grants, day_of(now), key.scopes)
    member = session.scalar(select(Member).where(Member.login == rest)) if kind == "person" else None
    if member is None or not member.active:
        return None
    grants = session.scalars(select(RoleGrant).where(RoleGrant.member_id == member.member_id)).all()
    return Caller.with_grants(name, "person", grants, day_of(now), person_id=member.person_id)
