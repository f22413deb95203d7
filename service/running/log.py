"""Logs without personal data (日志): what was asked by its route, never by its address, query or body; errors by their kind and place.

An exception's message may hold a row or a password: it is never written, neither by us nor by the web server.
"""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

Format = Literal["text", "json"]
FORMATS: tuple[Format, ...] = ("text", "json")
FRAMES = 8
"""The innermost frames of an error: enough to find it."""


def log_config(form: Format) -> dict[str, Any]:
    """For logging.config.dictConfig and uvicorn: everything to stderr, in one form."""
    formatter = {"()": f"service.running.log.{'JsonLines' if form == 'json' else 'TextLines'}"}
    own = {name: {"handlers": ["stderr"], "level": "INFO", "propagate": False} for name in ("uvicorn", "guantong")}
    return {
        "version": 1, "disable_existing_loggers": False, "formatters": {"lines": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "loggers": own, "root": {"handlers": ["stderr"], "level": "WARNING"},
    }  # fmt: skip


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(told(record), ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """For people: time, level, what, and the rest as name=value."""

    def format(self, record: logging.LogRecord) -> str:
        parts = told(record)
        head = f"{parts.pop('at')} {parts.pop('level'):7} {parts.pop('logger')} {parts.pop('said')}"
        return " ".join([head, *(f"{name}={value}" for name, value in parts.items() if value is not None)])


def told(record: logging.LogRecord) -> dict[str, Any]:
    """A record as plain values; `extra={"told": {...}}` adds to them."""
    parts: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"), "level": record.levelname,
        "logger": record.name, "said": record.getMessage().strip(), **getattr(record, "told", {}),
    }  # fmt: skip
    if record.exc_info and record.exc_info[1] is not None:
        parts["error"] = _error(record.exc_info[1])
    return parts


def _error(error: BaseException) -> dict[str, Any]:
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return {"kind": f"{type(error).__module__}.{type(error).__name__}", "where": frames[-FRAMES:]}
