"""What was pushed, read from the body: JSON or lines of JSON -> columns of text, every value as it was written."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from datasets.contract import Contract
from service.api.problem import FieldError, Trespass
from service.words import say

MOST_ROWS = 10_000
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines")
TOLD = 100
"""So many mistakes are told one by one."""
_HALF = re.compile("[\ud800-\udfff]")
Row = dict[str, Any]


def rows_of(body: bytes, media: str, most: int = MOST_ROWS) -> list[Row]:
    """The rows of a JSON array, of `{"rows": […]}` or of lines of JSON, `most` at most. Numbers stay the text they were.

    Raises Trespass 413 with the limit for too many rows, 415 for another media type, 422 with the places of what is no row.
    """
    kind = media.partition(";")[0].strip().lower()
    if kind in LINES:
        rows = list(_lines(body))
    elif kind == "application/json":
        rows = _array(body)
    else:
        raise Trespass(415, "media", given=kind or "-", known=", ".join(("application/json", LINES[0])))
    if len(rows) > most:
        raise Trespass(413, "too_many_rows", rows=len(rows), most=most)
    wrong = [FieldError(where=where, code=code, detail=say(f"problem.row.{code}")) for where, code in _wrong(rows)]
    if wrong:
        raise Trespass(422, "rows", wrong[:TOLD], count=len(wrong))
    return rows


def table_of(rows: Sequence[Row], contract: Contract) -> tuple[pa.Table, list[str]]:
    """The columns of the contract as text (NULL: not given), and the names of fields that are none of its columns."""
    given = dict.fromkeys(name for row in rows for name in row)
    known = [name for name in contract.columns if name in given]
    # a table of no column would have no rows either: then every row misses what is required, and says so
    columns = {name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in known or contract.key[:1]}
    return pa.table(columns), sorted(set(given) - set(known))


def _loaded(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


def _array(body: bytes) -> list[Any]:
    try:
        tree = _loaded(body.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Trespass(422, "rows", [FieldError(where="", code="json", detail=_why(error))], count=1) from error
    rows = tree.get("rows") if isinstance(tree, dict) else tree
    if not isinstance(rows, list):
        raise Trespass(422, "rows", [FieldError(where="", code="array", detail=say("problem.row.array"))], count=1)
    return rows


def _lines(body: bytes) -> Iterator[Any]:
    faults = []
    for number, line in enumerate(body.splitlines()):
        if not line.strip():
            continue
        try:
            yield _loaded(line.decode("utf-8-sig"))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
            faults.append(FieldError(where=f"/{number}", code="json", detail=_why(error)))
    if faults:
        raise Trespass(422, "rows", faults[:TOLD], count=len(faults))


def _why(error: Exception) -> str:
    """Never a piece of the text: it may hold secrets."""
    place = f" ({error.lineno}:{error.colno})" if isinstance(error, json.JSONDecodeError) else ""
    return say("problem.row.json") + place


def _wrong(rows: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            yield f"/{number}", "object"
            continue
        for name, value in row.items():
            if isinstance(value, dict | list):
                yield f"/{number}/{_escaped(name)}", "nested"
            elif (isinstance(value, str) and _HALF.search(value)) or _HALF.search(name):
                yield f"/{number}/{_escaped(name)}", "half"


def _escaped(name: str) -> str:
    return _HALF.sub("?", name).replace("~", "~0").replace("/", "~1")


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return "true" if value else "false"
