"""Who may do what: people with their sign-ins, platforms with their keys, and the roles given to both, each within its bounds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class Member(Record):
    """A person who signs in (用户)."""

    __tablename__ = "member"

    member_id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    person_id: Mapped[str | None]
    """Pseudonym of the person in the lake, so that nobody is given a matter of their own kin."""
    password: Mapped[str | None]
    """argon2id; None for those who sign in elsewhere only."""
    outside_id: Mapped[str | None] = mapped_column(unique=True)
    """`issuer|subject` at the identity provider."""
    totp: Mapped[str | None]
    """The second factor's secret, encrypted."""
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    """The half minute of the last code that was taken: none serves twice."""
    must_change: Mapped[bool] = mapped_column(default=False)
    """Whether somebody else chose the password: no role holds until its owner changes it."""
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class ApiKey(Record):
    """A platform's key: only its digest is kept."""

    __tablename__ = "api_key"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    digest: Mapped[str]
    scopes: Mapped[list[Any]]
    made_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]


class RoleGrant(Record):
    """A role of a person or a key, within an office, a stream, an area or a unit; all None: everywhere."""

    __tablename__ = "role_grant"
    __table_args__ = (Index(None, "member_id"), Index(None, "key_id"))

    grant_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.member_id"))
    key_id: Mapped[str | None] = mapped_column(ForeignKey("api_key.key_id"))
    role: Mapped[str]
    office_id: Mapped[str | None]
    stream: Mapped[str | None]
    area_id: Mapped[str | None]
    unit_id: Mapped[str | None]
    """The unit whose own people hold it: it sees what was sent to it, and never what accuses it."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    given_by: Mapped[str]


class SignIn(Record):
    """A person's living session: only the digest of its token is kept."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "member_id"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.member_id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    second_factor: Mapped[bool]
