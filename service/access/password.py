"""Passwords by argon2id, with the library's own parameters; an older hash is renewed when its owner signs in."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.errors import Refusal

LEAST = 12
"""Characters: length protects, rules about signs do not (NIST SP 800-63B 5.1.1, which asks for 8 and advises more)."""
_hasher = PasswordHasher()
_NOBODYS = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    """The hash to keep. Raises Refusal for a password that is too short."""
    if len(password) < LEAST:
        raise Refusal("access.password_short", least=LEAST)
    return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password; takes as long when there is none to compare with."""
    try:
        return _hasher.verify(kept or _NOBODYS, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)
