"""What alerts are found by: their texts without sealed values, and for each pair of characters (二元) the texts that hold it."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class AlertText(Record):
    """What an alert says, as far as everybody who sees the alert may read it."""

    __tablename__ = "alert_text"

    text_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"), unique=True)
    digest: Mapped[str]
    said: Mapped[str]


class AlertGram(Record):
    """The texts that hold a pair of characters (or a whole word in Latin letters): one row for each 65,536 numbers of texts."""

    __tablename__ = "alert_gram"

    gram: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    texts: Mapped[bytes] = mapped_column(LargeBinary)
    """Numbers within the part, ascending, two bytes each, little end first."""
