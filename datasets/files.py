"""Finding the files to import: folders walked, archives opened in memory and within bounds."""

import fnmatch
import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Bounds:
    """How far archives are opened."""

    most_bytes: int = 4 << 30
    """What one file, or all members of one archive together, may hold once unpacked."""
    most_ratio: int = 200
    """How many times its packed size an archive may unpack to; what stays below `let_be` bytes is let be."""
    let_be: int = 64 << 20
    most_members: int = 10_000
    deepest: int = 2
    """How deep archives may lie in archives."""

    def unpacked(self, packed: int) -> int:
        """The most bytes that so many packed ones may become."""
        return min(self.most_bytes, max(self.let_be, packed * self.most_ratio))


BOUNDS = Bounds()
_WORKBOOKS = ("xlsx", "xlsm")


class FileRefused(Exception):
    """A file that is not read at all: broken, locked by a password, or an archive out of bounds."""

    def __init__(self, label: str, zh: str, en: str) -> None:
        self.label, self.zh, self.en = label, zh, en
        super().__init__(f"{label}: {en}")


@dataclass(frozen=True)
class Blob:
    """One readable file, or member of an archive: `label` leads back to it (`towns.zip!/东风镇.xlsx`)."""

    label: str
    path: Path | None = None
    load: Callable[[], bytes] | None = None
    """Unpacks the member of an archive, each time anew: only what is being read is in memory."""

    @property
    def name(self) -> str:
        return PurePosixPath(self.label.replace("!/", "/")).name

    @property
    def ending(self) -> str:
        return self.name.lower().rpartition(".")[2]

    @cached_property
    def content(self) -> str:
        """SHA-256 of the bytes, in hex."""
        if self.load is not None:
            return hashlib.sha256(self.load()).hexdigest()
        assert self.path is not None
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def read(self) -> bytes:
        """All bytes. Raises FileRefused beyond the bound."""
        if self.load is not None:
            return self.load()
        assert self.path is not None
        if self.path.stat().st_size > BOUNDS.most_bytes:
            raise _too_big(self.label)
        return self.path.read_bytes()


def check_readable(path: Path, label: str) -> None:
    """Raises FileRefused when a file cannot be opened, with the system's own reason."""
    try:
        with path.open("rb"):
            return
    except OSError as error:
        raise FileRefused(label, f"无法打开：{error.strerror}", f"cannot be opened: {error.strerror}") from error


def walk(paths: Iterable[Path]) -> list[Path]:
    """The files named or below the folders named, sorted, without hidden ones and the locks office programs leave."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = (file for file in sorted(path.rglob("*")) if file.is_file())
            found.update((file, None) for file in inside if not _hidden(file.relative_to(path).parts))
        else:
            found[path] = None
    return list(found)


def _hidden(parts: tuple[str, ...]) -> bool:
    return any(part.startswith((".", "~$", "__MACOSX")) for part in parts)


def blobs(path: Path, label: str | None = None, bounds: Bounds = BOUNDS) -> Iterator[Blob]:
    """The readable files at a path: the file itself, or what its archive holds.

    Nothing is unpacked to disk. Raises FileRefused for what is broken or out of bounds.
    """
    name = label or path.name
    ending = name.lower().rpartition(".")[2]
    if ending not in {"zip", "gz"}:
        yield Blob(name, path=path)
        return
    if not path.is_file():
        raise FileRefused(name, "文件不存在", "there is no such file")
    if path.stat().st_size > bounds.most_bytes:
        raise _too_big(name)
    yield from _opened(name, path.read_bytes, 1, bounds)


def _opened(label: str, load: Callable[[], bytes], depth: int, bounds: Bounds) -> Iterator[Blob]:
    lower = label.lower()
    if not lower.endswith((".zip", ".gz")):
        yield Blob(label, load=load)
    elif depth > bounds.deepest:
        raise FileRefused(label, "压缩包嵌套过深", f"archives lie deeper than {bounds.deepest} in one another")
    elif lower.endswith(".gz"):
        unpack = partial(_gunzip, label, load, bounds)
        unpack()  # a broken or bursting one is refused here, with the others of its folder still read
        yield from _opened(label[:-3], unpack, depth + 1, bounds)
    else:
        for name, inside in _unzip(label, load, bounds):
            yield from _opened(f"{label}!/{name}", inside, depth + 1, bounds)


def _gunzip(label: str, load: Callable[[], bytes], bounds: Bounds) -> bytes:
    data = load()
    bound = bounds.unpacked(len(data))
    try:
        with gzip.open(io.BytesIO(data)) as file:
            unpacked = file.read(bound + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefused(label, "压缩文件已损坏", "the gzip data are broken") from error
    if len(unpacked) > bound:
        raise _too_big(label)
    return unpacked


def _unzip(label: str, load: Callable[[], bytes], bounds: Bounds) -> Iterator[tuple[str, Callable[[], bytes]]]:
    data = load()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [item for item in archive.infolist() if not item.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise _broken(label) from error
    check_members(label, members, len(data), bounds)
    for item in members:
        name = member_name(item)
        if not _hidden(PurePosixPath(name).parts):
            yield name, partial(_member, label, load, item)


def _member(label: str, load: Callable[[], bytes], item: zipfile.ZipInfo) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(load())) as archive, archive.open(item) as file:
            unpacked = file.read(item.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise _broken(label) from error
    if len(unpacked) > item.file_size:  # the directory of the archive lied
        raise _too_big(label)
    return unpacked


def _broken(label: str) -> FileRefused:
    return FileRefused(label, "压缩包已损坏或格式不支持", "the archive is broken or of an unknown kind")


def check_members(label: str, members: list[zipfile.ZipInfo], packed: int, bounds: Bounds) -> None:
    """Refuse an archive that is too many, too big, locked, or would reach out of its folder."""
    if len(members) > bounds.most_members:
        raise FileRefused(label, "压缩包内文件过多", f"the archive holds more than {bounds.most_members} files")
    if sum(item.file_size for item in members) > bounds.unpacked(packed):
        raise _too_big(label)
    for item in members:
        if item.flag_bits & 0x1:
            raise FileRefused(label, "压缩包有密码", "the archive is locked with a password")
        parts = PurePosixPath(member_name(item)).parts
        link = (item.external_attr >> 16) & 0o170000 == 0o120000
        if link or ".." in parts or (parts and (parts[0] == "/" or parts[0].endswith(":"))):
            raise FileRefused(label, "压缩包内路径越界", "a member of the archive reaches out of its folder")


def member_name(item: zipfile.ZipInfo) -> str:
    """A member's name; the ones Chinese Windows writes are GBK and say nothing of it."""
    if item.flag_bits & 0x800:
        return item.filename.replace("\\", "/")
    raw = item.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return item.filename.replace("\\", "/")


def check_workbook(label: str, data: bytes, bounds: Bounds = BOUNDS) -> None:
    """An .xlsx is an archive itself: hold it to the same bounds before a reader unpacks it."""
    if label.lower().rpartition(".")[2] not in _WORKBOOKS:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_members(label, archive.infolist(), len(data), bounds)
    except zipfile.BadZipFile as error:
        raise FileRefused(label, "工作簿已损坏或有密码", "the workbook is broken or locked with a password") from error


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether a file's name fits one of the globs, capitals or small."""
    return any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _too_big(label: str) -> FileRefused:
    return FileRefused(label, "解压后过大，已拒绝", "unpacks beyond the bound")
