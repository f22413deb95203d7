"""The lines of an OCDS file, plain or gzipped, read one at a time: a release, or what is wrong with the line."""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any, cast

from datasets.reading import Code

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes. The largest known releases have a few megabytes; a longer line is damage or an attack on memory."""
_LONE_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Line:
    """One line: its 1-based number, its bytes, and either the release or the code of what is wrong."""

    number: int
    raw: bytes
    release: dict[str, Any] | None = None
    code: Code | None = None


class Lines:
    """Every line of a file that is not blank, in order and in bounded memory; `done` is how many bytes of it are read.

    `parse` makes a line of its number and bytes. A gzip stream that breaks off gives one last line with the code `undecodable`.
    """

    def __init__(self, path: Path, parse: Callable[[int, bytes], Line] | None = None) -> None:
        self._path, self._parse = path, parse or _parsed
        self.done = 0

    def __iter__(self) -> Iterator[Line]:
        with self._path.open("rb") as file, _unpacked(file, self._path) as stream:
            number = 0
            while True:
                number += 1
                try:
                    raw = stream.readline(LONGEST_LINE + 1)
                    too_long = len(raw) > LONGEST_LINE
                    if too_long:
                        _skip_rest(stream)
                except (EOFError, zlib.error, gzip.BadGzipFile):
                    yield Line(number, b"", None, "undecodable")
                    return
                if not raw:
                    return
                self.done = file.tell()
                if too_long:
                    yield Line(number, b"", None, "undecodable")
                elif raw.strip() not in (b"", b"\xef\xbb\xbf"):
                    yield self._parse(number, raw)


def _unpacked(file: IO[bytes], path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if path.suffix == ".gz" else file


def _skip_rest(stream: IO[bytes]) -> None:
    while chunk := stream.readline(LONGEST_LINE):
        if chunk.endswith(b"\n"):
            return


def _parsed(number: int, raw: bytes) -> Line:
    try:
        release = json.loads(
            raw.decode("utf-8-sig" if number == 1 else "utf-8"), parse_float=Decimal, parse_constant=_no_constant
        )
        if _LONE_SURROGATE.search(raw):
            # half of a surrogate pair is legal JSON and yet no text that Parquet can hold
            release = _without_surrogates(release)
    except UnicodeDecodeError:
        return Line(number, raw, None, "undecodable")
    except (ValueError, RecursionError, InvalidOperation):
        return Line(number, raw, None, "undecodable")
    if not isinstance(release, dict):
        return Line(number, raw, None, "bad_form")
    if not isinstance(release.get("ocid"), str) or not release["ocid"].strip():
        return Line(number, raw, None, "missing")
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
