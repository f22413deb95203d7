"""guantong access: people, roles and keys, by whoever may reach this machine; the first administrator is made here."""

import click
from sqlalchemy import select

from service.access.caller import Bounds
from service.access.key import make_key, revoke
from service.access.role import roles
from service.access.signing_in import enrol, grant
from service.desk import Desk
from service.errors import NothingFound, Refusal
from service.store.member import ApiKey, Member
from service.terminal import Paper, print_json
from service.words import say

HERE = "command line"
"""Who does it, as the audit log calls it."""
BOUNDS = (
    click.option("--office", help=say("option.bound_office")),
    click.option("--stream", help=say("option.bound_stream")),
    click.option("--area", help=say("option.bound_area")),
    click.option("--unit", help=say("option.bound_unit")),
)


def bounded(command: click.decorators.FC) -> click.decorators.FC:
    """The options that bound a role."""
    for option in reversed(BOUNDS):
        command = option(command)
    return command


@click.group(help=say("command.access"))
def access_command() -> None:
    """Its commands follow."""


@access_command.command("enrol", help=say("command.access_enrol"))
@click.argument("login")
@click.option("--name", required=True, help=say("option.person_name"))
@click.option("--role", required=True, type=click.Choice(sorted(roles())), help=say("option.role"))
@bounded
@click.password_option(
    prompt=say("access.password"), confirmation_prompt=say("access.password_again"), help=say("option.password")
)
@click.pass_obj
def enrol_command(
    desk: Desk,
    login: str,
    name: str,
    role: str,
    office: str | None,
    stream: str | None,
    area: str | None,
    unit: str | None,
    password: str,
) -> None:
    now = desk.clock()
    with desk.store.change() as session:
        member = enrol(session, login, name, password, by=HERE, now=now)
        grant(session, member, role, Bounds(office, stream, area, unit), by=HERE, now=now)
    Paper().text(say("access.enrolled", login=login, role=role))


@access_command.command("grant", help=say("command.access_grant"))
@click.argument("login")
@click.argument("role", type=click.Choice(sorted(roles())))
@bounded
@click.pass_obj
def grant_command(
    desk: Desk, login: str, role: str, office: str | None, stream: str | None, area: str | None, unit: str | None
) -> None:
    with desk.store.change() as session:
        member = session.scalar(select(Member).where(Member.login == login))
        if member is None:
            raise Refusal("access.nobody", login=login)
        grant(session, member, role, Bounds(office, stream, area, unit), by=HERE, now=desk.clock())
    Paper().text(say("access.enrolled", login=login, role=role))


@access_command.command("key", help=say("command.access_key"))
@click.argument("name")
@click.option("--role", default="platform", show_default=True, type=click.Choice(sorted(roles())), help=say("option.role"))
@click.option("--scope", "scopes", multiple=True, help=say("option.scope"))
@click.option("--days", default=366, show_default=True, type=int, help=say("option.days"))
@bounded
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def key_command(
    desk: Desk, name: str, role: str, scopes: tuple[str, ...], days: int, office: str | None, stream: str | None, area: str | None,
    unit: str | None, as_json: bool,
) -> None:  # fmt: skip
    with desk.store.change() as session:
        made = make_key(
            session, name, role, Bounds(office, stream, area, unit), scopes=scopes, made_by=HERE, now=desk.clock(), days=days
        )
    if as_json:
        print_json({"key_id": made.key_id, "key": made.text, "expires_at": made.expires_at})
    else:
        Paper().text(say("access.key_made", secret=made.text, until=made.expires_at.date()))


@access_command.command("keys", help=say("command.access_keys"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def keys_command(desk: Desk, as_json: bool) -> None:
    with desk.store.look() as session:
        found = [
            {"key_id": one.key_id, "name": one.name, "scopes": one.scopes, "expires_at": one.expires_at, "revoked_at": one.revoked_at, "last_used_on": one.last_used_on}
            for one in session.scalars(select(ApiKey).order_by(ApiKey.created_at))
        ]  # fmt: skip
    if as_json:
        print_json(found)
    elif not found:
        raise NothingFound("access.no_keys")
    else:
        rows = [
            [str(one["key_id"]), str(one["name"]), str(one["expires_at"])[:10], str(one["revoked_at"] or "-")[:10]]
            for one in found
        ]
        Paper().table([say(f"access.column.{name}") for name in ("key", "name", "until", "revoked")], rows, indent=0)


@access_command.command("revoke", help=say("command.access_revoke"))
@click.argument("key_id")
@click.pass_obj
def revoke_command(desk: Desk, key_id: str) -> None:
    with desk.store.change() as session:
        revoke(session, key_id, HERE, desk.clock())
    Paper().text(say("access.revoked", name=key_id))
