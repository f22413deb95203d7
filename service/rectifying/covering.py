"""What a campaign (专项) covers: the alerts on its supervision lists, and those that its topic, areas and dates fit."""

from collections.abc import Sequence
from datetime import date
from typing import get_args

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from rules.indicator import Topic
from service.store.alert import Alert, AlertSignal
from service.store.questions import stem
from service.store.rectifying_after import Campaign, SupervisionAlert, SupervisionTask
from service.store.signal import SignalVersion
from service.words import texts


def campaigns_on(session: Session, today: date) -> Sequence[Campaign]:
    """Campaigns that go on, and those that have ended within this year: the last to end first."""
    living = select(Campaign).where(Campaign.ends_on >= date(today.year, 1, 1), Campaign.starts_on <= today)
    return session.scalars(living.order_by(Campaign.ends_on.desc(), Campaign.campaign_id)).all()


def covered(session: Session, number: int) -> list[str]:
    """Fingerprints of the alerts that a campaign covers, whoever may see them; none for a campaign that is not there.

    Dates: whatever fired in a run between its first and last day. Topic: the campaign's, where it is called as one of ours is;
    any other topic covers what is on its lists only.
    """
    campaign = session.get(Campaign, number)
    if campaign is None:
        return []
    listed = select(SupervisionAlert.fingerprint).join(SupervisionTask).where(SupervisionTask.campaign_id == number)
    which: list[ColumnElement[bool]] = [Alert.fingerprint.in_(listed)]
    if (topic := topic_of(campaign.topic)) is not None:
        resting = select(AlertSignal.fingerprint).join(SignalVersion).where(SignalVersion.topic == topic)
        within = [Alert.area_id.startswith(stem(str(one)), autoescape=True) for one in campaign.areas]
        fits = [Alert.fingerprint.in_(resting), Alert.last_seen >= campaign.starts_on, Alert.first_seen <= campaign.ends_on]
        which.append(and_(*fits, or_(*within)) if within else and_(*fits))
    return list(session.scalars(select(Alert.fingerprint).where(or_(*which))))


def topic_of(said: str) -> str | None:
    """The topic of rules that somebody's word stands for: its code, or what it is called in either language, or the beginning of that."""
    small = said.strip().lower()
    for topic in get_args(Topic):
        names = (topic, *(texts(lang)[f"queue.topic.{topic}"].lower() for lang in ("zh", "en")))
        if small and any(small == one or (len(small) > 1 and one.startswith(small)) for one in names):
            return str(topic)
    return None
