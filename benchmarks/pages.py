"""Which pages of the console the bench asks for, as whom, and about which alert, unit, case file."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.alert import Alert
from service.store.assignment import Assignment
from service.store.case import CaseFile
from service.store.rectifying import Rectification
from service.store.signal import SignalVersion

QUEUE = {
    "queue": "/", "next rows": "/rows?start=40", "one facet": "/?stream=stationed", "three facets": "/?stream=stationed&severity=high&due=later",
    "common word": "/?q=%E7%96%91%E7%82%B9", "two words": "/?q=%E4%BD%8E%E4%BF%9D+%E5%8E%BF", "rare word": "/?q=AL0099", "typed facets": "/?find=%E6%B5%81:%E6%B4%BE%E9%A9%BB+%E9%80%BE%E6%9C%9F",
    "by due day": "/?sort=due", "alert": "/alerts/{alert}", "alert beside": "/alerts/{alert}/beside", "its time": "/alerts/{alert}/time", "its ties": "/alerts/{alert}/ties",
    "its likes": "/alerts/{alert}/likes",
}  # fmt: skip
WHOLE = {
    "overview": "/overview", "overview of a stream": "/overview?stream=stationed&span=year", "common problems": "/overview/problems", "units": "/units",
    "units found": "/units?find=%E9%95%87", "portrait": "/units/{unit}", "rounds": "/rounds", "papers": "/papers",
}  # fmt: skip
WORK = {
    "cases": "/cases", "closed cases": "/cases?show=closed", "case": "/cases/{case}", "rectification": "/rectifications", "rectified": "/rectifications?show=closed",
    "item": "/rectifications/{item}", "letters": "/letters", "outside": "/outside", "tasks": "/tasks",
}  # fmt: skip
RULES = {"scorecard": "/scorecard", "scorecard of a rule": "/scorecard/{rule}"}
DATA = {
    "imports": "/data/imports",
    "rules": "/data/rules",
    "rule": "/data/rules/{rule}",
    "runs": "/data/runs",
    "run": "/data/runs/{run}",
    "glossary": "/glossary",
}
ADMIN = {
    "people": "/admin/people",
    "keys": "/admin/keys",
    "hooks": "/admin/hooks",
    "offices": "/admin/offices",
    "limits": "/admin/limits",
}
ASKED = {
    "leader": {**QUEUE, **WHOLE, **WORK, **RULES}, "office": {**QUEUE, **WHOLE, **WORK}, "data": {**QUEUE, **RULES, **DATA}, "administrator": ADMIN,
}  # fmt: skip
ROLES = {"leader": "leader", "office": "triager", "data": "data_team", "administrator": "administrator"}


def busiest(session: Session) -> str:
    """The office with most alerts."""
    held = select(Assignment.office_id).where(Assignment.office_id.is_not(None)).group_by(Assignment.office_id)
    return str(session.scalars(held.order_by(func.count().desc()).limit(1)).one())


def examples(session: Session) -> dict[str, Any]:
    """What stands in the addresses of pages about one thing: of what somebody has most."""
    office = busiest(session)
    own = select(Assignment.fingerprint).where(Assignment.office_id == office, Assignment.ended_run.is_(None))
    most = select(Alert.unit_id).where(Alert.unit_id.is_not(None), Alert.fingerprint.in_(own)).group_by(Alert.unit_id)
    return {
        "alert": session.scalar(select(func.min(Alert.fingerprint)).where(Alert.fingerprint.in_(own))),
        "unit": session.scalar(most.order_by(func.count().desc()).limit(1)),
        "case": session.scalar(select(func.min(CaseFile.case_id)).where(CaseFile.office_id == office)),
        "item": session.scalar(select(func.min(Rectification.item_id)).where(Rectification.office_id == office)),
        "rule": session.scalar(select(SignalVersion.rule).group_by(SignalVersion.rule).order_by(func.count().desc()).limit(1)),
        "run": 1,
    }
