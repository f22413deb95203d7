"""The second factor (动态码): a time-based code (RFC 6238) whose secret is kept encrypted, for one login only."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
from sqlalchemy.orm import Session

from service.access.ticket import opened, sealed
from service.errors import Refusal
from service.store.event import Happening, append
from service.store.member import Member

ISSUER = "Guantong"
"""What the authenticator shows above the code; some show no Chinese."""
PATIENCE = timedelta(minutes=10)
"""How long a proposed secret waits for its first code."""
STEP = 30


@dataclass(frozen=True)
class Proposal:
    """A secret to be put into an authenticator; nothing is kept until its first code comes back with the ticket."""

    secret: str
    uri: str
    """For a QR code: otpauth://totp/…"""
    ticket: str


def propose(login: str, key: bytes, now: datetime) -> Proposal:
    """A new secret for a person. `key`: the office's, derived for this purpose."""
    secret = pyotp.random_base32()
    told = json.dumps({"secret": secret, "until": (now + PATIENCE).timestamp()})
    uri = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    return Proposal(secret, uri, sealed(key, f"proposed:{login}", told))


def confirm(session: Session, member: Member, ticket: str, code: str, key: bytes, now: datetime) -> None:
    """Turn the second factor on. Raises Refusal for a stale or strange ticket, or a code that does not fit."""
    told = opened(key, f"proposed:{member.login}", ticket)
    proposed: dict[str, Any] = json.loads(told) if told is not None else {"secret": None, "until": 0}
    step = fitting(proposed["secret"], code, now, None) if now.timestamp() < proposed["until"] else None
    if step is None:
        raise Refusal("access.code")
    member.totp, member.totp_step = sealed(key, f"kept:{member.login}", proposed["secret"]), step
    append(session, [Happening("second_factor.set", member.login, {})], f"person:{member.login}", now)


def turn_off(session: Session, member: Member, by: str, now: datetime) -> None:
    """Ask this person for no code any more: by their own wish, or because the device is lost."""
    member.totp, member.totp_step = None, None
    append(session, [Happening("second_factor.removed", member.login, {})], by, now)


def secret_of(member: Member, key: bytes | None) -> str | None:
    """The secret, where this machine's key opens it."""
    return opened(key, f"kept:{member.login}", member.totp) if key is not None and member.totp is not None else None


def fitting(secret: str | None, code: str | None, now: datetime, used: int | None) -> int | None:
    """The half minute whose code it is (this one, the last, the next), later than the last one used; None when it fits none."""
    if secret is None or not code:
        return None
    made, this = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    fits = [step for step in (this - 1, this, this + 1) if pyotp.utils.strings_equal(made.at(step * STEP), code)]
    return next((step for step in fits if used is None or step > used), None)
