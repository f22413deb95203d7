"""Which version of the facts a signal carries."""

import hashlib
import json
from typing import Any

from rules.signal import Signal


def version_of(signal: Signal) -> str:
    """16 hex digits of everything the signal says: another threshold or wording is another version too."""
    said = _steady(signal.model_dump(mode="json", exclude={"content_hash"}))
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _steady(value: Any) -> Any:
    """The last digits of a fraction change with the order in which an engine adds: they are no other facts."""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, dict):
        return {name: _steady(one) for name, one in value.items()}
    return [_steady(one) for one in value] if isinstance(value, list) else value
