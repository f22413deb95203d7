"""Archives that skops writes, made independent of the moment: it names parts by memory address and stamps them with the time."""

import json
import zipfile
from io import BytesIO
from typing import Any

SCHEMA = "schema.json"
MOMENT = (1980, 1, 1, 0, 0, 0)


def same_bytes(packed: bytes) -> bytes:
    """The same archive with parts numbered in the order of the schema, and no time: equal objects, equal bytes."""
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    numbers: dict[int, int] = {}
    schema = _numbered(json.loads(parts.pop(SCHEMA)), numbers)
    files: dict[str, str] = {}
    schema = _named(schema, files)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for old, new in sorted(files.items(), key=lambda one: one[1]):
            archive.writestr(zipfile.ZipInfo(new, MOMENT), parts[old], zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo(SCHEMA, MOMENT), json.dumps(schema, indent=1), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _numbered(node: Any, numbers: dict[int, int]) -> Any:
    """The schema with `__id__` by first appearance."""
    if isinstance(node, list):
        return [_numbered(one, numbers) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: numbers.setdefault(value, len(numbers) + 1) if key == "__id__" else _numbered(value, numbers)
        for key, value in node.items()
    }


def _named(node: Any, files: dict[str, str]) -> Any:
    """The schema with its files named by first appearance."""
    if isinstance(node, list):
        return [_named(one, files) for one in node]
    if not isinstance(node, dict):
        return node
    named = {key: _named(value, files) for key, value in node.items()}
    if isinstance(file := node.get("file"), str):
        named["file"] = files.setdefault(file, f"{len(files) + 1:04d}.{file.rpartition('.')[2]}")
    return named
