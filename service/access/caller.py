"""Who is calling: a person who signed in or a platform with its key, with the roles in force today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, Self

from service.access.role import Role, roles
from service.store.member import RoleGrant


@dataclass(frozen=True)
class Bounds:
    """Where a role holds; all None: everywhere."""

    office_id: str | None = None
    stream: str | None = None
    area_id: str | None = None
    unit_id: str | None = None

    @property
    def everywhere(self) -> bool:
        return self == Bounds()


@dataclass(frozen=True)
class Held:
    """A role within its bounds."""

    role: Role
    bounds: Bounds


@dataclass(frozen=True)
class Caller:
    """A caller; `name` is what the audit log calls it (person:login or key:id)."""

    name: str
    kind: Literal["person", "platform"]
    held: tuple[Held, ...]
    scopes: frozenset[str] | None = None
    """What a key is narrowed to; None for people."""
    person_id: str | None = None
    pending: bool = False
    """A person whose password is somebody else's choice: no role holds until it is changed."""

    @classmethod
    def with_grants(
        cls,
        name: str,
        kind: Literal["person", "platform"],
        grants: Iterable[RoleGrant],
        today: date,
        scopes: Iterable[str] | None = None,
        person_id: str | None = None,
        pending: bool = False,
    ) -> Self:
        """A caller with those of the grants that are in force on the day."""
        held = tuple(
            Held(roles()[one.role], Bounds(one.office_id, one.stream, one.area_id, one.unit_id))
            for one in grants
            if not pending and one.starts_on <= today and (one.ends_on is None or today <= one.ends_on)
        )
        return cls(name, kind, held, None if scopes is None else frozenset(scopes), person_id, pending)

    def may(self, verb: str) -> bool:
        """Whether some role allows it, and the key's scopes too."""
        return any(verb in one.role.may for one in self.held) and (self.scopes is None or verb in self.scopes)

    def within(self, verb: str) -> tuple[Held, ...]:
        """The roles that allow it."""
        return tuple(one for one in self.held if verb in one.role.may) if self.may(verb) else ()

    @property
    def platform(self) -> str | None:
        """What another platform is called, to which nobody's words are told; None for people, and for an office's own platform."""
        return self.name if self.kind == "platform" and not self.sees_names else None

    @property
    def sees_names(self) -> bool:
        """Whether sealed names are shown masked; else as pseudonyms only."""
        return any(one.role.names == "masked" for one in self.held)
