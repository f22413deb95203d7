"""The words of OCDS publishers mapped to ours (`ocds.yml`): statuses, methods, categories, classes."""

from functools import cache
from pathlib import Path

from datasets import strict_yaml
from datasets.contract import Declared

SHIPPED = Path(__file__).parent / "ocds.yml"


class OcdsWords(Declared):
    """Published word in small letters -> our word, for each coded column."""

    method: dict[str, str]
    category: dict[str, str]
    tender_status: dict[str, str]
    bid_status: dict[str, str]
    award_status: dict[str, str]
    class_digits: dict[str, int]
    class_digits_otherwise: int

    def class_of(self, class_id: str, scheme: str | None) -> str:
        """The shortened classification that purchases are compared by."""
        return class_id[: self.class_digits.get(scheme or "", self.class_digits_otherwise)]


@cache
def shipped_words() -> OcdsWords:
    return strict_yaml.read(SHIPPED, OcdsWords)[0]


def ours(words: dict[str, str], published: str | None) -> str | None:
    """Our word for a published one; None when nothing was published or the word is not known."""
    return words.get(published.strip().lower()) if published else None
