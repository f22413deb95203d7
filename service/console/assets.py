"""Files that pages need (style, scripts, icons), each under a name that holds its content's hash, so that browsers keep them for good."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from service.api.problem import Trespass

FOLDER = Path(__file__).with_name("assets")
KINDS = {".js", ".css", ".svg"}
FOR_GOOD = "public, max-age=31536000, immutable"
router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    path: str
    kind: str
    plain: bytes
    packed: bytes


@cache
def assets() -> dict[str, Asset]:
    """`queue.css` -> the asset; icons are set into the pages and are not among them."""
    found = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in KINDS and path.parent.name != "icons":
            content = path.read_bytes()
            name = path.relative_to(FOLDER).as_posix()
            stem, _, suffix = name.rpartition(".")
            hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            found[name] = Asset(f"/assets/{hashed}", kind, content, gzip.compress(content, mtime=0))
    return found


def asset(name: str) -> str:
    """The address of an asset. Raises KeyError for one that is not there."""
    return assets()[name].path


@cache
def icon(name: str) -> Markup:
    """An icon set into the page; it says nothing to a screen reader, so a word stands beside it. Raises FileNotFoundError."""
    drawn = (FOLDER / "vendor" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    shapes = drawn.partition(">\n")[2].partition(">\n")[2].rpartition("</svg>")[0]
    shapes = " ".join(shapes.split())
    return Markup(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{shapes}</svg>')


@router.get("/assets/{name:path}")
def send(name: str, request: Request) -> Response:
    """An asset by its hashed name."""
    wanted = f"/assets/{name}"
    found = next((one for one in assets().values() if one.path == wanted), None)
    if found is None:
        raise Trespass(404, "no_such_page")
    headers = {"Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return Response(found.packed, media_type=found.kind, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.plain, media_type=found.kind, headers=headers)
