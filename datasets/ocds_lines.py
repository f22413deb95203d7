"""The lines of an OCDS file, plain or gzipped, read one at a time: a release, or what is wrong with the line."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any, cast

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes. The largest known releases have a few megabytes; a longer line is damage or an attack on memory."""
_LONE_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Line:
    """One line: its 1-based number, its bytes, and either the release or the code and words of what is wrong."""

    number: int
    raw: bytes
    release: dict[str, Any] | None = None
    code: str = ""
    zh: str = ""
    en: str = ""


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked when it is gzipped."""
    return cast(IO[bytes], gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def read_lines(path: Path) -> Iterator[Line]:
    """Every line of the file that is not blank, in order, in bounded memory.

    A gzip stream that breaks off gives one last line with the code `undecodable`.
    """
    with open_bytes(path) as stream:
        number = 0
        while True:
            number += 1
            try:
                raw = stream.readline(LONGEST_LINE + 1)
                too_long = len(raw) > LONGEST_LINE
                if too_long:
                    _skip_rest(stream)
            except (EOFError, zlib.error, gzip.BadGzipFile):
                yield Line(number, b"", None, "undecodable", "压缩文件在此处损坏或不完整", "the compressed file breaks off here")
                return
            if not raw:
                return
            if too_long:
                yield Line(number, b"", None, "undecodable", "该行过长", "the line is too long")
            elif raw.strip() not in (b"", b"\xef\xbb\xbf"):
                yield _parsed(number, raw)


def _skip_rest(stream: IO[bytes]) -> None:
    while chunk := stream.readline(LONGEST_LINE):
        if chunk.endswith(b"\n"):
            return


def _parsed(number: int, raw: bytes) -> Line:
    try:
        release = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"), parse_float=Decimal, parse_constant=_no_constant)
        if _LONE_SURROGATE.search(raw):
            # half of a surrogate pair is legal JSON and yet no text that Parquet can hold
            release = _without_surrogates(release)
    except UnicodeDecodeError:
        return Line(number, raw, None, "undecodable", "该行不是 UTF-8 文本", "the line is not UTF-8 text")
    except (ValueError, RecursionError, InvalidOperation):
        return Line(number, raw, None, "undecodable", "该行不是完整的 JSON", "the line is not whole JSON")
    if not isinstance(release, dict):
        return Line(number, raw, None, "bad_form", "该行不是一个发布记录", "the line is no release")
    if not isinstance(release.get("ocid"), str) or not release["ocid"].strip():
        return Line(number, raw, None, "missing", "缺少 ocid", "the ocid is missing")
    return Line(number, raw, release)


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value
