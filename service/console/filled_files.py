"""A form to which files may be attached: its words as in any other form, its files in memory only."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from service.api.files import Sent, files_in, in_clear
from service.console.casework_filled import Filled, filled, looked_into

MOST_TOLD = 100
"""Files of one form that are looked at, to say what is wrong with each."""


@dataclass(frozen=True)
class WithFiles:
    """What somebody filled in, and the files with it."""

    filled: Filled
    files: list[Sent]


async def _with_files(request: Request) -> WithFiles:
    """Raises Trespass 413 and 422. A form without files may come plain."""
    if not request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
        return WithFiles(await filled(request), [])
    form = await in_clear(request, MOST_TOLD)
    files = await files_in(form)
    await form.close()
    return WithFiles(looked_into(request, form), files)


FormWithFiles = Annotated[WithFiles, Depends(_with_files)]
