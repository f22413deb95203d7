"""Keys of platforms: `gt_<id>_<secret>`; 256 random bits need no slow hash, so SHA-256 of the secret is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Bounds, Caller
from service.access.role import roles, verbs
from service.errors import Refusal
from service.store.event import Happening, append
from service.store.member import ApiKey, RoleGrant
from service.working_days import day_of

LONGEST = timedelta(days=366)
"""Every key ends: who still needs it makes another."""


@dataclass(frozen=True)
class MadeKey:
    """A new key; its text is shown once and never kept."""

    key_id: str
    text: str
    expires_at: datetime


def make_key(
    session: Session,
    name: str,
    role: str,
    bounds: Bounds,
    *,
    scopes: Iterable[str] = (),
    made_by: str,
    now: datetime,
    days: int = 366,
) -> MadeKey:
    """A key with a role within bounds. Without scopes it may all that the role may.

    Raises Refusal for an unknown role or scope, or a life over a year.
    """
    if role not in roles():
        raise Refusal("access.no_role", role=role, known=", ".join(sorted(roles())))
    wanted = sorted(set(scopes) or roles()[role].may)
    if unknown := sorted(set(wanted) - verbs()):
        raise Refusal("access.no_scope", scope=", ".join(unknown), known=", ".join(sorted(verbs())))
    if not 0 < days <= LONGEST.days:
        raise Refusal("access.key_life", days=LONGEST.days)
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=days)
    session.add(
        ApiKey(
            key_id=key_id,
            name=name,
            digest=_digest(secret),
            scopes=wanted,
            made_by=made_by,
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()
    grant = RoleGrant(
        key_id=key_id, role=role, office_id=bounds.office_id, stream=bounds.stream, area_id=bounds.area_id,
        unit_id=bounds.unit_id, starts_on=day_of(now), given_by=made_by,
    )  # fmt: skip
    session.add(grant)
    told = {"name": name, "role": role, "scopes": wanted, "expires_at": expires_at.isoformat()}
    append(session, [Happening("key.made", key_id, told)], made_by, now)
    return MadeKey(key_id, f"gt_{key_id}_{secret}", expires_at)


def revoke(session: Session, key_id: str, by: str, now: datetime) -> None:
    """End a key at once. Raises Refusal when there is none, or it has ended."""
    key = session.get(ApiKey, key_id)
    if key is None or key.revoked_at is not None:
        raise Refusal("access.no_key", name=key_id)
    key.revoked_at = now
    append(session, [Happening("key.revoked", key_id, {})], by, now)


def caller_of(session: Session, text: str, now: datetime) -> Caller | None:
    """Who holds this key; None for a key that is wrong, expired or revoked."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "gt":
        return None
    key = session.get(ApiKey, parts[1])
    if key is None or not hmac.compare_digest(key.digest, _digest(parts[2])):
        return None
    if key.revoked_at is not None or now >= key.expires_at:
        return None
    grants: Sequence[RoleGrant] = session.scalars(select(RoleGrant).where(RoleGrant.key_id == key.key_id)).all()
    return Caller.with_grants(f"key:{key.key_id}", "platform", grants, day_of(now), key.scopes)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
