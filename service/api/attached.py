"""A supporting file of a unit's report as an answer: to be saved, never shown in the browser's window."""

from typing import Any
from urllib.parse import quote

from fastapi import Response

from service.rectifying.attached import Opened
from service.rectifying.file_kind import KINDS

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
}
"""Whatever a file holds, nothing of it runs in our name, and nobody keeps it on the way."""
BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file's bytes, to be saved under its name (Content-Disposition)",
        "content": {one.media: {"schema": {"type": "string", "format": "binary"}} for one in KINDS.values()},
    }
}
"""What the API's document says of it."""


def download(found: Opened) -> Response:
    """The file with its name and its kind."""
    named = f"attachment; filename=\"file-{found.file_id}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    return Response(found.content, media_type=found.media, headers={**HEADERS, "Content-Disposition": named})
