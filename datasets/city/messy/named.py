"""Names in place of keys (以名称代编号): what a column shows when an office writes names, and the town beside a village's."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from datasets.city.columns import Column as Values
from datasets.contract import Contracts


@dataclass(frozen=True)
class Named:
    """Key -> the name written for it, and key -> the name of its parent, where the name alone does not say which is meant."""

    name: dict[str, str]
    parent: dict[str, str]


def named(tables: dict[str, pa.Table], contracts: Contracts, table: str) -> Named:
    """The names of one reference table. A key whose name is not its own alone (within its parent) stays a key."""
    key = contracts[table].key[0]
    rows: list[dict[str, Any]] = tables[table].to_pylist()
    within = "parent_id" if table == "area" else None
    spelled = Counter((form, row[within] if within else "") for row in rows for form in _spellings(row))
    alone = Counter(_same(row["name"]) for row in rows)
    names = {row[key]: row["name"] for row in rows}
    own = {row[key]: spelled[_same(row["name"]), row[within] if within else ""] == 1 for row in rows}
    # the parent is looked up by its name alone
    told = {row[key]: not within or alone[_same(names.get(row[within], ""))] <= 1 for row in rows}
    fit = {one: name for one, name in names.items() if own[one] and told[one]}
    parents = {row[key]: names.get(row[within] or "", "") for row in rows} if within else {}
    return Named({one: fit.get(one, one) for one in names}, parents)


def shown(values: Values, names: dict[str, str]) -> Values:
    """A column of keys with the names in their place; a key without a name stays."""
    encoded = values.dictionary_encode()
    found = pa.array([names.get(key, key) for key in encoded.dictionary.to_pylist()], pa.string())
    return found.take(encoded.indices)


def _spellings(row: dict[str, Any]) -> set[str]:
    """As the importer compares names: former names count too."""
    former = (row.get("name_former") or "").split(";")
    return {_same(form) for form in (row["name"], *former) if form}


def _same(name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).lower()
