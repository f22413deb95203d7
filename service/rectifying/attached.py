"""Supporting files (佐证材料) of a unit's report: looked at, sealed, kept with the report, and read on record."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from datasets.key import Key
from service.access.caller import Caller
from service.access.sight_of_rectification import files_seen
from service.casework.course import Acting
from service.desk import Desk
from service.errors import NothingFound, Refusal, Trouble
from service.rectifying.file_kind import KINDS, NotTaken, kind_of
from service.store.event import Happening, append
from service.store.rectifying import UnitReport
from service.store.rectifying_files import ReportFile, SealedContent
from service.words import say

MOST, MEGABYTES = 10, 20
"""Files of one report, and how large each may be."""
MOST_BYTES = MEGABYTES << 20
LONGEST_NAME = 200
"""Bytes in UTF-8: what file systems take, with room for an ending."""
Sent = tuple[str, bytes]
"""A file's name and content."""


@dataclass(frozen=True)
class Sealed:
    """A file that is taken, sealed."""

    name: str
    kind: str
    size: int
    sha256: str
    sealed: bytes


@dataclass(frozen=True)
class Opened:
    """A file in clear, for whoever may see it."""

    file_id: int
    name: str
    media: str
    content: bytes


class Attached(BaseModel):
    """A file of a report, as those see it who see the report."""

    file: int
    name: str
    kind: str
    """pdf, png, jpeg, docx, xlsx."""
    bytes: int
    sha256: str
    gone: bool
    """Whether its time is over: what it was stays on record, its content and name do not."""
    closed: bool
    """Whether it is not the caller's to open: who is shown no names is shown no files, and no names of files."""

    @classmethod
    def of(cls, one: ReportFile, opens: bool) -> "Attached":
        return cls(
            file=one.file_id, name=one.name if opens else one.called, kind=one.kind, bytes=one.size, sha256=one.sha256,
            gone=one.gone_at is not None, closed=not opens,
        )  # fmt: skip

    @property
    def size(self) -> str:
        """As people read it."""
        return f"{self.bytes / (1 << 20):.1f} MB" if self.bytes >= 1 << 20 else f"{max(1, round(self.bytes / 1024))} KB"


def seal(key: Key | None, sent: Sequence[Sent]) -> list[Sealed]:
    """Look at all files and seal them. Raises Refusal, which names every file that is not taken and why, or without a key on this machine."""
    if not sent:
        return []
    wrong = [] if len(sent) <= MOST else [say("rectifying.file.too_many", count=len(sent), most=MOST)]
    kinds, seen = list[str](), set[bytes]()
    for name, content in sent:
        try:
            kinds.append(_looked_at(name, content, seen))
        except NotTaken as refused:
            why = say(f"rectifying.file.wrong.{refused.why}", most=MEGABYTES)
            wrong.append(say("rectifying.file.one_wrong", name=_tellable(name), why=why))
    if wrong:
        raise Refusal("rectifying.wrong.files", files="\n".join(wrong))
    if key is None:
        raise Refusal("rectifying.wrong.no_key")
    return [
        Sealed(_ending_fits(name, kind), kind, len(content), hashlib.sha256(content).hexdigest(), key.encrypt_file(content))
        for (name, content), kind in zip(sent, kinds, strict=True)
    ]


def _looked_at(name: str, content: bytes, seen: set[bytes]) -> str:
    """The file's kind. `seen`: digests of those before it. Raises NotTaken."""
    if not name or not name.isprintable() or len(name.encode("utf-8", "replace")) > LONGEST_NAME:
        raise NotTaken("name")
    if len(content) > MOST_BYTES:
        raise NotTaken("too_large")
    kind = kind_of(content)
    if (digest := hashlib.sha256(content).digest()) in seen:
        raise NotTaken("twice")
    seen.add(digest)
    return kind


def _tellable(name: str) -> str:
    """The name as it may stand in a message: short, and of characters that show."""
    shown = "".join(one if one.isprintable() else "?" for one in name)
    return (shown if len(shown) <= 60 else shown[:57] + "…") or "–"


def _ending_fits(name: str, kind: str) -> str:
    """The name with an ending of its kind: what opens it is chosen by that, and never runs it."""
    endings = KINDS[kind].endings
    return name if PurePosixPath(name).suffix.lower() in endings else name + endings[0]


def keep(session: Session, acting: Acting, report: UnitReport, files: Iterable[Sealed]) -> list[ReportFile]:
    """Keep the files of a report that is just being made, in its transaction; each is put on record."""
    kept = []
    for one in files:
        made = ReportFile(
            item_id=report.item_id, report_id=report.report_id, name=one.name, kind=one.kind, size=one.size, sha256=one.sha256,
            added_by=acting.name, added_at=acting.now, gone_at=None,
        )  # fmt: skip
        session.add(made)
        session.flush()
        session.add(SealedContent(file_id=made.file_id, sealed=one.sealed))
        session.flush()
        kept.append(made)
    told = [Happening("attachment.added", one.called, {**_told(one), "report": one.report_id, "size": one.size}) for one in kept]
    append(session, told, acting.name, acting.now)
    return kept


def _told(one: ReportFile) -> dict[str, object]:
    return {"item": f"RC{one.item_id}", "sha256": one.sha256}


def files_of(session: Session, item_id: int, opens: bool) -> dict[int, list[Attached]]:
    """Report -> its files, of an item that the caller was found to see; `opens`: whether the files are theirs to open."""
    found: dict[int, list[Attached]] = {}
    for one in session.scalars(select(ReportFile).where(ReportFile.item_id == item_id).order_by(ReportFile.file_id)):
        found.setdefault(one.report_id, []).append(Attached.of(one, opens))
    return found


def read(desk: Desk, caller: Caller, item_id: int, file_id: int, *verbs: str) -> Opened:
    """Open a file of an item that the caller sees by one of the verbs; that it was read is on record before anybody has it.

    Raises NothingFound for one that is not theirs to see, or whose time is over; Refusal without the key on this machine;
    KeyProblem, or Trouble when it is not what was sent.
    """
    mine = select(ReportFile, SealedContent.sealed).outerjoin(SealedContent, SealedContent.file_id == ReportFile.file_id)
    with desk.store.look() as session:
        row = session.execute(
            mine.where(ReportFile.file_id == file_id, ReportFile.item_id == item_id, files_seen(caller, *verbs))
        ).first()
        if row is None:
            raise NothingFound("rectifying.wrong.not_yours", number=file_id)
        one, sealed = row
        session.expunge(one)
    if sealed is None:
        raise NothingFound("rectifying.wrong.file_gone")
    if desk.key is None:
        raise Refusal("rectifying.wrong.no_key")
    content = desk.key.decrypt_file(sealed)
    if hashlib.sha256(content).hexdigest() != one.sha256:
        raise Trouble("rectifying.wrong.file_altered", number=file_id)
    with desk.store.change() as session:
        append(session, [Happening("attachment.read", one.called, _told(one))], caller.name, desk.clock())
    return Opened(one.file_id, one.name, KINDS[one.kind].media, content)
