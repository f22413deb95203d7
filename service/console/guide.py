"""The guide (使用指南) inside the console: the page of docs/guide in the language spoken, for whoever has no copy of the repository."""

import re
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, HTMLResponse
from markdown_it import MarkdownIt
from markupsafe import Markup

from service.api.problem import Trespass
from service.console.visitor import Visitor, visiting
from service.words import spoken

router = APIRouter()
Reader = Annotated[Visitor, Depends(visiting)]
INSTALLED = Path(__file__).with_name("guide_pages")
"""Where the pages and pictures lie in an installed package (pyproject.toml); in the repository they are in docs."""
DOCS = Path(__file__).parents[2] / "docs"
PAGES, PICTURES = (INSTALLED, INSTALLED) if INSTALLED.is_dir() else (DOCS / "guide", DOCS / "pictures")
TEXTS = {"zh": PAGES / "console.zh-CN.md", "en": PAGES / "console.md"}


@router.get("/guide")
def read(me: Reader) -> HTMLResponse:
    """The guide; for everybody who signs in."""
    return me.show("guide.html", text=Markup(written(TEXTS[spoken()])))


@router.get("/guide/{name}.png")
def picture(me: Reader, name: str) -> FileResponse:
    """One of its pictures."""
    found = {one.stem: one for one in PICTURES.glob("*.png")}
    if name not in found:
        raise Trespass(404, "no_such_page")
    return FileResponse(found[name])


@cache
def written(path: Path) -> str:
    """The page as HTML. Pictures are the console's own; lines that lead to other pages of docs are left out."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\(\.\./pictures/(\w[\w-]*)\.png\)", r"(/guide/\1.png)", text)
    text = re.sub(r"(?m)^.*\]\((?!#|/guide/).*\n", "", text)
    marked = MarkdownIt("commonmark").enable("table")
    tokens = marked.parse(text)
    for opening, inline in zip(tokens, tokens[1:], strict=False):
        if opening.type == "heading_open":
            opening.attrSet("id", _anchor(inline.content))
    return str(marked.renderer.render(tokens, marked.options, {}))


def _anchor(heading: str) -> str:
    """As GitHub makes it: small letters, no marks, hyphens for blanks."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
