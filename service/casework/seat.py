"""Where somebody sits who does casework: who acts, with the office's periods and ways, its offices and the lake's tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ibis.backends.duckdb import Backend
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.role import roles
from service.casework.course import WORK, Acting
from service.casework.periods import read_periods
from service.casework.ways import Ways, read_ways
from service.desk import Desk
from service.store.member import Member, RoleGrant
from service.triage.offices import offices


class Colleague(NamedTuple):
    """Somebody who may do casework: what acts call them, their name, and their offices (none: of the whole organ)."""

    caller: str
    name: str
    offices: tuple[str, ...]


@dataclass(frozen=True)
class Seat:
    """What an act needs beside the store."""

    acting: Acting
    ways: Ways


def seat(desk: Desk, caller: Caller, tables: Backend) -> Seat:
    """Sit down. Raises Mistakes for a faulty periods.yml or ways.yml."""
    years = desk.terms.earlier_colleagues.years
    acting = Acting(caller, desk.clock(), read_periods(desk.settings.book), offices(tables), tables, years)
    return Seat(acting, read_ways(desk.settings.book))


def colleagues(session: Session, today: date) -> list[Colleague]:
    """Everybody whose role today allows casework, by name."""
    working = [name for name, role in roles().items() if WORK in role.may]
    grants = (
        select(Member.login, Member.name, RoleGrant.office_id)
        .join(RoleGrant, RoleGrant.member_id == Member.member_id)
        .where(Member.active.is_(True), RoleGrant.role.in_(working), RoleGrant.starts_on <= today, RoleGrant.unit_id.is_(None))
        .where((RoleGrant.ends_on.is_(None)) | (RoleGrant.ends_on >= today))
        .order_by(Member.name, Member.login, RoleGrant.grant_id)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for login, name, office in session.execute(grants):
        found.setdefault((f"person:{login}", name), []).extend([office] if office else [])
    return [Colleague(caller, name, tuple(dict.fromkeys(those))) for (caller, name), those in found.items()]


def own_offices(acting: Acting) -> Sequence[str]:
    """Offices that the caller works for: those they are bound to, else all."""
    bound = [one.bounds.office_id for one in acting.caller.within(WORK)]
    if None in bound:
        return list(acting.offices)
    return [one for one in dict.fromkeys(bound) if one is not None]
