"""The instant that an RFC 3339 text names, in whole seconds and nanoseconds, as exactly as it is written."""

import re
from datetime import date
from typing import Any

_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([-+\u2212])(\d\d):(\d\d))", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()
CYCLE_YEARS, CYCLE_DAYS = 400, 146_097
"""The Gregorian calendar repeats itself; `datetime` knows no year 0, RFC 3339 does."""
NANO = 1_000_000_000


def instant(value: Any) -> tuple[int, int] | None:
    """Seconds since 1970-01-01T00:00:00Z and nanoseconds; None for what is no RFC 3339 date-time.

    As in section 5.6 of RFC 3339: a date alone or a time without a zone names no instant; a space may stand for the T.
    Digits beyond nanoseconds are cut. Second 60 is the leap second, one second after 59.
    """
    found = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.group(1, 2, 3, 4, 5, 6))
    fraction, sign, zone_hour, zone_minute = found.group(7), found.group(8), int(found.group(9) or 0), int(found.group(10) or 0)
    if hour > 23 or minute > 59 or second > 60 or zone_hour > 23 or zone_minute > 59:
        return None
    try:
        days = date(year or CYCLE_YEARS, month, day).toordinal() - _EPOCH - (0 if year else CYCLE_DAYS)
    except ValueError:
        return None
    offset = (zone_hour * 60 + zone_minute) * 60 * (-1 if sign in ("-", "\u2212") else 1)
    return days * 86_400 + hour * 3_600 + minute * 60 + second - offset, int((fraction or "").ljust(9, "0")[:9] or 0)
