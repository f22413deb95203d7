"""What the service refused (RFC 9457), as an exception."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

ABOUT = "urn:guantong:problem:"


@dataclass
class Refused(Exception):
    """A request the service refused. `code` never changes its meaning; `errors` lists what is wrong, field by field."""

    status: int
    code: str
    detail: str
    request_id: str
    errors: list[dict[str, Any]] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{self.status} {self.code}: {self.detail} ({self.request_id})"]
        return "\n".join([*lines, *(f"  {one['where']}: {one['detail']}" for one in self.errors)])

    @classmethod
    def of(cls, answer: httpx2.Response) -> "Refused":
        """From an answer of 400 and above; one that is no problem document keeps its status only."""
        try:
            told = answer.json()
        except ValueError:
            told = {}
        told = told if isinstance(told, dict) else {}
        code = str(told.get("type", "")).removeprefix(ABOUT) or "unknown"
        return cls(
            answer.status_code, code, str(told.get("detail", "")), answer.headers.get("X-Request-Id", "-"), told.get("errors", [])
        )
