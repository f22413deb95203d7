"""Writing a page: one set of templates, with the words, icons and ways of writing that all of them use."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from service.console.assets import asset, icon
from service.console.shown import day, moment, money
from service.words import either, say, spoken

PAGES = Path(__file__).with_name("pages")


@cache
def templates() -> jinja2.Environment:
    """The templates: every value is escaped, a name that is not there is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"say": say, "asset": asset, "icon": icon}
    made.filters |= {"money": money, "day": day, "moment": moment, "either": either}
    return made


def written(
    request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """A template as the response, in the language spoken; it finds `request`, `lang` and `theme` beside the values."""
    theme = request.cookies.get("theme", "auto")
    known = {"request": request, "lang": spoken(), "theme": theme if theme in ("light", "dark") else "auto"}
    return HTMLResponse(templates().get_template(template).render(**known, **values), status, headers)
