"""Supporting files (佐证材料) of a unit's report: what each is, and its content, sealed under a data key that is not in this database."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import WHOLE_FILES, Record


class ReportFile(Record):
    """A file that came with a report: added once, with the report; the database refuses to change or delete what stands here of it."""

    __tablename__ = "rectification_file"
    __table_args__ = (Index(None, "item_id"), Index(None, "report_id"))

    file_id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rectification.item_id"))
    report_id: Mapped[int] = mapped_column(ForeignKey("rectification_report.report_id"))
    name: Mapped[str]
    """As the unit called it, with the ending of what it is; blotted out when the content goes."""
    kind: Mapped[str]
    """pdf, png, jpeg, docx, xlsx: told from the content."""
    size: Mapped[int]
    """Bytes."""
    sha256: Mapped[str]
    """Of the content in clear, 64 hex: what is read later is what was sent."""
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    """When its time was over (保存期满) and the content went."""

    @property
    def called(self) -> str:
        """What the audit log calls it."""
        return f"RF{self.file_id}"


class SealedContent(Record):
    """The content of a file as a ciphertext (datasets.envelope); by itself, so that a list of files reads none of it."""

    __tablename__ = "rectification_file_content"
    __table_args__ = {"info": {WHOLE_FILES: True}}

    file_id: Mapped[int] = mapped_column(ForeignKey("rectification_file.file_id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
