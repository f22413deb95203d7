"""One reason of a priority (优先理由): how many points it gave, and the sentence people read."""

from datasets.contract import Words
from rules.alert import Concluded


class Reason(Concluded):
    """What the reason is, how many points it added or (below 0) took, and its sentence in zh and en."""

    kind: str
    points: float
    says: dict[str, str]


class Priority(Concluded):
    """An alert's number (0 to 100), how sure its rules are (0 to 1), and the reasons, the weightiest first."""

    fingerprint: str
    number: float
    sure: float
    reasons: tuple[Reason, ...]


def reason(kind: str, points: float, says: Words, **values: object) -> Reason:
    """A reason with its sentence filled in; a value that differs by language is a pair (zh, en)."""
    made = {}
    for index, (language, text) in enumerate((("zh", says.zh), ("en", says.en))):
        told = {name: value[index] if isinstance(value, tuple) else value for name, value in values.items()}
        made[language] = text.format(**told)
    return Reason(kind=kind, points=round(points, 2), says=made)
