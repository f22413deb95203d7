"""What every write takes and every call may be told, added to the OpenAPI document: it is done before the doors, so no door declares it."""

from typing import Any

from fastapi import FastAPI

from service.api.problem import MEDIA

KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "The same write with the same key within 48 hours is not done again: its first answer is told once more, "
    "with `Idempotent-Replay: true`. Another write with the key: 422; while the first is being done: 409.",
}  # fmt: skip
WRITE = {"409": "It is being done, or stands against what is", "413": "The body is larger than it may be"}
ANY = {
    "429": "Too many requests; `Retry-After` says when to come again",
    "503": "Something the service needs is away for the moment: the database, a lock, a book without mistakes",
}

CURSOR = "The cursor is not ours, or belongs to another question or caller"


def complete(app: FastAPI) -> None:
    """Have the application's document say it. To be called when every door is in."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if not path.startswith("/api/"):
                continue
            write = method in ("post", "put", "patch", "delete")
            if write:
                operation.setdefault("parameters", []).append(KEY)
            for status, why in ((ANY | WRITE) if write else ANY).items():
                operation["responses"].setdefault(status, _problem(why))
            if any(one["name"] in ("cursor", "after") for one in operation.get("parameters", [])):
                operation["responses"].setdefault("400", _problem(CURSOR))
    for operation in (one for methods in document["paths"].values() for one in methods.values()):
        refusals = {status: told for status, told in operation["responses"].items() if status >= "400"}
        operation["responses"].update({status: _problem(told["description"]) for status, told in refusals.items()})
    return document


def _problem(why: str) -> dict[str, Any]:
    return {"description": why, "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
