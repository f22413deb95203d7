"""Files by upload: what `guantong import` takes, sent over HTTP; held in memory only, because files are in clear."""

import os
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from service.access.caller import Caller
from service.api.gate import Here, may
from service.api.limits import most_bytes
from service.api.problem import Problem, Trespass
from service.pipeline import take_in

router = APIRouter(tags=["records"])
Pushes = Annotated[Caller, may("records.push")]
MOST_FILES = 20
Sent = tuple[str, bytes]
"""A file's name and content."""
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object", "required": ["file"],
                "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1, "maxItems": MOST_FILES}},
            }
        }
    },
}  # fmt: skip


class _TooMuch(MultiPartException):
    """A body beyond its bound; of the parser's own kind, so that it closes what it holds."""


async def in_clear(request: Request, most_files: int) -> FormData:
    """A form whose files are in memory only; to be closed. Raises Trespass 413 for more bytes than its path may have, 422 for a broken one."""
    most = most_bytes(request.url.path)
    parser = MultiPartParser(request.headers, _up_to(request, most), max_files=most_files)
    parser.spool_max_size = most + 1  # never to disk: files are in clear
    try:
        return await parser.parse()
    except _TooMuch as error:
        raise Trespass(413, "too_large", most=most) from error
    except (MultiPartException, KeyError, ValueError) as error:
        raise Trespass(422, "form") from error


async def _up_to(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """The body as far as it may go; what is beyond is read and dropped, so that the sender hears why. Raises _TooMuch at its end."""
    seen = 0
    async for piece in request.stream():
        seen += len(piece)
        if seen <= most:
            yield piece
    if seen > most:
        raise _TooMuch(f"more than {most} bytes")


async def files_in(form: FormData) -> list[Sent]:
    """The files of a form by the names they were sent under, without folders; a field in which nothing was chosen is none."""
    found = [
        (PurePosixPath((one.filename or "").replace("\\", "/")).name, await one.read())
        for _, one in form.multi_items()
        if isinstance(one, UploadFile)
    ]
    return [(name, content) for name, content in found if name or content]


async def sent(request: Request) -> list[Sent]:
    """The files of a form. Raises Trespass 415 for another body, 422 for a broken form or one without files."""
    if not request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
        raise Trespass(415, "media", given=request.headers.get("Content-Type", "-")[:80], known="multipart/form-data")
    form = await in_clear(request, MOST_FILES)
    found = await files_in(form)
    await form.close()
    if not found or not all(_nameable(name) for name, _ in found):
        raise Trespass(422, "form")
    return found


@router.post(
    "/files",
    openapi_extra={"requestBody": BODY},
    responses={413: {"model": Problem, "description": "Too many bytes"}, 415: {"model": Problem, "description": "No form with files"}},
)  # fmt: skip
def push_files(caller: Pushes, here: Here, files: Annotated[list[Sent], Depends(sent)]) -> dict[str, Any]:
    """Send files as offices have them (workbooks, CSV, Parquet, OCDS, archives of those), up to 20, in the fields `file` of a form.

    They are recognised by the sources of this office and land in the same batches and quarantine as with `guantong import`; the answer
    is that of `guantong import --json`: of every file its parts with their counts, and what was refused or not recognised. The same file
    again changes nothing (`already_here`).
    """
    with in_memory(files) as paths:
        return take_in(here.desk, paths, actor=caller.name).as_json()


@contextmanager
def in_memory(files: Sequence[Sent]) -> Iterator[list[Path]]:
    """Paths under which files can be read that are in memory only, and gone with this process, however it ends."""
    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory(prefix="guantong-")))
        paths = []
        for number, (name, content) in enumerate(files):
            handle = os.memfd_create("guantong")
            held.callback(os.close, handle)
            with os.fdopen(os.dup(handle), "wb") as file:
                file.write(content)
            path = folder / str(number) / name
            path.parent.mkdir()
            path.symlink_to(f"/proc/{os.getpid()}/fd/{handle}")
            paths.append(path)
        yield paths


def _nameable(name: str) -> bool:
    return (
        bool(name)
        and name not in (".", "..")
        and "\0" not in name
        and len(name.encode("utf-8", "replace")) <= 200
        and name.isprintable()
    )
