"""Saved views (保存的视图): questions to the queue that somebody asks again and again, for oneself or for one's whole office."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class SavedView(Record):
    """A question under a name."""

    __tablename__ = "saved_view"

    view_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    question: Mapped[str]
    """What stands behind the `?` of the queue's address."""
    owner: Mapped[str] = mapped_column(index=True)
    office_id: Mapped[str | None] = mapped_column(index=True)
    """The office that it is shared with; None: the owner's own."""
    made_at: Mapped[datetime]
