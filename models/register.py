"""The register of learned models: one line for each. Models that only count are registered where they are run, in service/scoring.py."""

from collections.abc import Mapping
from dataclasses import dataclass

from models import (
    bid_collusion,
    hot_topic,
    hotline_category,
    integrity_trial,
    link_trial,
    mention_trial,
    payment_anomaly,
    verdict_priority,
)
from models.learned import Learner
from models.link import READS as LINKED_FROM


@dataclass(frozen=True)
class Model:
    """A learned model: what it is called, what it reads and writes, and the learner itself."""

    learner: Learner
    zh: str
    en: str
    reads: tuple[str, ...]
    """Columns of its files, or tables of the lake."""
    writes: tuple[str, ...]
    """Columns it adds to a file, or tables it makes."""
    features: tuple[str, ...]
    """What its artifact takes: an artifact made with others is refused."""
    trusted: tuple[str, ...] = ()
    """Types beside scikit-learn's own that skops may restore (`guantong models train` names those that are missing)."""

    @property
    def name(self) -> str:
        return self.learner.name


_MODELS = (
    Model(
        mention_trial.LEARNER, zh="提及（只评测）", en="what tickets speak of (judged only)",
        reads=mention_trial.TABLES, writes=("mention",), features=(),
    ),
    Model(
        hot_topic.LEARNER, zh="热点问题", en="what many people write about one place",
        reads=("message_id", "caller", "title", "created", "body"), writes=("topic", "topic_messages", "topic_people", "because"),
        features=("character pairs",),
    ),
    Model(
        bid_collusion.LEARNER, zh="围标可能性", en="collusion in a tender",
        reads=bid_collusion.COLUMNS, writes=bid_collusion.WRITES,
        features=bid_collusion.FEATURES, trusted=("numpy.dtype", "sklearn.tree._tree.Tree"),
    ),
    Model(
        hotline_category.LEARNER, zh="诉求分类", en="category of a hotline text",
        reads=("label", "text", "title"), writes=("predicted", "margin", "abstained", "because"),
        features=("body characters", "head characters"), trusted=("models.char_grams.CharGrams",),
    ),
    Model(
        integrity_trial.LEARNER, zh="廉洁关联度", en="integrity relevance of a text",
        reads=("text", "right"), writes=("score", "because"), features=(),
    ),
    Model(
        link_trial.LEARNER, zh="关联（谁是谁）", en="linking: who is who",
        reads=LINKED_FROM, writes=("abstained", "because"), features=(),
    ),
    Model(
        payment_anomaly.LEARNER, zh="发放异常", en="payments unlike any other",
        reads=payment_anomaly.COLUMNS, writes=("isolation", "abstained", "because"),
        features=payment_anomaly.FEATURES, trusted=("sklearn.tree._tree.Tree",),
    ),
    Model(
        verdict_priority.LEARNER, zh="查实可能（优先级）", en="chance that an alert is substantiated (priority)",
        reads=(*verdict_priority.FEATURES, "right"), writes=("chance", "abstained", "because"),
        features=verdict_priority.FEATURES,
    ),
)  # fmt: skip
REGISTER: Mapping[str, Model] = {model.name: model for model in _MODELS}
"""Name -> learned model."""
