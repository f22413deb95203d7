"""Retiring an address (停用预告): the answer says since when it is out of date, until when it works, and what replaces it.

RFC 9745 (Deprecation), RFC 8594 (Sunset) and RFC 8288 (Link).
"""

from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any

from fastapi import Depends, Response

NOTICE = timedelta(days=365)
"""An address works for a year after it was called out of date: budgets of other platforms are yearly."""


def retiring(since: date, instead: str, until: date | None = None) -> Any:
    """A dependency for an address that is replaced by `instead`; it works until `until` (default: a year).

    Raises ValueError when that is less than the notice we promise.
    """
    ends = until or since + NOTICE
    if ends < since + NOTICE:
        raise ValueError("an address works for a year after it was called out of date")
    headers = {
        "Deprecation": f"@{int(_midnight(since).timestamp())}",
        "Sunset": format_datetime(_midnight(ends), usegmt=True),
        "Link": f'<{instead}>; rel="successor-version"',
    }

    def tell(response: Response) -> None:
        response.headers.update(headers)

    return Depends(tell)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
