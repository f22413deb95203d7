"""Files that stand sealed in the database: encrypted anew when the data keys are turned over, and let go when their time is over (保存期满)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from datasets.envelope import named_in
from datasets.key import Key
from service.sealed.scrubbing import GONE
from service.store.database import Store
from service.store.rectifying import Rectification
from service.store.rectifying_files import ReportFile, SealedContent


def files_over(session: Session, before: datetime) -> list[int]:
    """Files with a content whose item was closed before a time, and is closed still."""
    closed = select(Rectification.item_id).where(Rectification.status == "closed", Rectification.closed_at < before)
    held = select(SealedContent.file_id).join(ReportFile, ReportFile.file_id == SealedContent.file_id)
    return list(session.scalars(held.where(ReportFile.item_id.in_(closed)).order_by(SealedContent.file_id)))


def let_go(session: Session, files: Sequence[int], now: datetime) -> None:
    """Delete the contents and blot out the names; what they were, by whom and when stays."""
    for number in files:
        session.execute(delete(SealedContent).where(SealedContent.file_id == number))
        session.execute(update(ReportFile).where(ReportFile.file_id == number).values(name=GONE, gone_at=now))


def seal_again(store: Store, key: Key) -> set[str]:
    """Encrypt every file anew that another data key than this one's encrypts, one at a time; returns the data keys still in use."""
    with store.look() as session:
        held = list(session.scalars(select(SealedContent.file_id).order_by(SealedContent.file_id)))
    used: set[str] = set()
    for number in held:
        with store.change() as session:
            one = session.get(SealedContent, number)
            if one is None:  # its time was over meanwhile
                continue
            if named_in(one.sealed) != key.data_key:
                one.sealed = key.encrypt_file(key.decrypt_file(one.sealed))
            used.add(named_in(one.sealed) or "")
    return used
