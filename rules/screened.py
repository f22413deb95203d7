"""What a screening found and what it did not: findings, subjects that rules could not judge, rules that were not asked."""

from dataclasses import dataclass, field

from rules.screen_question import NotAsked
from rules.signal import Signal


@dataclass(frozen=True)
class Blind:
    """A rule could not judge a subject: which of its needs are unknown."""

    rule: str
    subject_kind: str
    subject_id: str
    needs: tuple[str, ...]


@dataclass
class Screened:
    """What was found and what was not: findings of the subjects reached, whom rules could not judge, which rules were not asked."""

    signals: list[Signal] = field(default_factory=list)
    blind: list[Blind] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    not_asked: list[NotAsked] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
