"""What the bodies and paths of the closed loop are made of: text that no NUL is in, codes, numbers of things; nothing unknown is taken."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""Of something, in an address."""
Other = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Of something else, in a body."""
Words = Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"^[^\x00]*$")]
Reason = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]


class Body(BaseModel):
    """What a write says, or what is told."""

    model_config = ConfigDict(extra="forbid")


class Decision(Body):
    """Approved, or refused with a reason."""

    agree: bool
    reason: Reason = ""


class Listed(Body):
    """How much of a list is asked for."""

    limit: Annotated[int, Query(ge=1, le=500)] = 200
