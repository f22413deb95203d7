"""A notice as a CloudEvent 1.0 (structured JSON): references and counts, nothing about a person."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from datasets.key import Key
from service.access.caller import Caller
from service.news.hearing import everywhere
from service.store.notice import Notice
from service.store.outbox import kinds

MEDIA = "application/cloudevents+json"
BEFORE, BEHIND = "cn.guantong.", ".v1"


class CloudEvent(BaseModel):
    """One event (CloudEvents 1.0)."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    """The same however often and by whichever way it is told: what was taken in once is left out by it."""
    source: str
    """Which installation tells."""
    type: str
    """`cn.guantong.<kind>.v1`; `GET /events/kinds` lists them."""
    subject: str
    """The alert, run or batch it is about."""
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    data: dict[str, Any]


def type_of(kind: str) -> str:
    """What a kind is called outside."""
    return f"{BEFORE}{kind}{BEHIND}"


def kind_of(name: str) -> str | None:
    """The kind behind a type; None when there is none."""
    kind = name.removeprefix(BEFORE).removesuffix(BEHIND)
    return kind if kind in kinds() and name == type_of(kind) else None


def source_of(key: Key | None) -> str:
    """This installation, by a fingerprint of its key: several may tell the same receiver."""
    return f"urn:guantong:{key.digest('source', '')[:12] if key is not None else 'local'}"


def cloud(notice: Notice, caller: Caller, source: str, title: dict[str, str] | None = None) -> CloudEvent:
    """The event as the caller is told it; `title`: of the alert, masked, for those entitled to it."""
    kind = kinds()[notice.kind]
    names = (*kind.data, *(kind.wide if everywhere(caller, kind.needs) else ()))
    data = {kind.about: notice.about} | {name: notice.body[name] for name in names if name in notice.body}
    if title is not None:
        data["title"] = title
    return CloudEvent(
        id=notice.notice_id, source=source, type=type_of(notice.kind), subject=notice.about, time=notice.at, data=data
    )
