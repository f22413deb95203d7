"""Taking hold of an alert to do something with it: whether the caller may, whether it is as they saw it, and who changed it if not."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import narrowed
from service.errors import Conflict, NothingFound, Refusal
from service.store.alert import Alert
from service.store.case import CaseClaim
from service.store.event import Event
from service.store.member import Member
from service.words import either, say, spoken, texts
from service.working_days import LOCAL

JUDGE = "alerts.judge"


def hold(session: Session, caller: Caller, fingerprint: str, version: int) -> Alert:
    """The alert, locked until the transaction ends.

    Raises NothingFound for one that the caller may not judge, Conflict when it is no more the version that they saw.
    """
    mine = narrowed(select(Alert), caller, JUDGE).where(Alert.fingerprint == fingerprint)
    alert = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if alert is None:
        raise NothingFound("triage.not_yours", alert=fingerprint)
    if alert.version != version:
        raise Conflict("triage.changed", alert=either(alert.title), **_last_change(session, alert))
    return alert


def hold_free(session: Session, caller: Caller, fingerprint: str, version: int) -> Alert:
    """The same of an alert that no open case file (承办件) works on: what is being verified is concluded there. Raises Refusal too."""
    alert = hold(session, caller, fingerprint, version)
    case = session.scalar(select(CaseClaim.case_id).where(CaseClaim.kind == "alert", CaseClaim.key == fingerprint))
    if case is not None:
        raise Refusal("triage.in_case", case=case)
    return alert


def _last_change(session: Session, alert: Alert) -> dict[str, str]:
    last = session.scalar(select(Event).where(Event.about == alert.fingerprint).order_by(Event.seq.desc()).limit(1))
    if last is None:
        return {"who": "-", "what": say(f"status.{alert.status}"), "at": "-"}
    known = texts(spoken())
    what = known.get(f"happened.{last.kind.replace('.', '_')}", say(f"status.{alert.status}"))
    return {"who": called(session, [last.actor])[last.actor], "what": what, "at": f"{last.at.astimezone(LOCAL):%H:%M}"}


def called(session: Session, actors: Sequence[str]) -> dict[str, str]:
    """Actor of the audit log -> what people call it: a person's name, else the actor itself."""
    logins = {actor: actor.partition(":")[2] for actor in actors if actor.startswith("person:")}
    names: dict[str, str] = {}
    if logins:
        rows = session.execute(select(Member.login, Member.name).where(Member.login.in_(logins.values())))
        names = {str(login): str(name) for login, name in rows}
    return {actor: say("happened.by_run") if actor == "run" else names.get(logins.get(actor, ""), actor) for actor in actors}
