"""The secrets of a city (敏感值): every value of a sealed column in clear, for searching whether one is left anywhere."""

import pyarrow as pa
import pyarrow.compute as pc

from datasets.contract import Contracts
from datasets.forms import RESIDENT_ID

_PUBLIC = {
    "area": ("name",), "unit": ("name",), "programme": ("name",), "merchant": ("name",), "warehouse": ("name",), "project_subsidy": ("project_name",), "enterprise": ("name", "address"), "household": ("address",),
}  # fmt: skip
"""Texts that stay in clear and may hold the characters of somebody's name."""


def sealed_values(tables: dict[str, pa.Table], contracts: Contracts) -> list[tuple[str, str]]:
    """(kind, value) of every secret in the tables, sorted.

    Names of two characters, and those that also occur inside a public name, are left out: their bytes say nothing. So
    are firms among the holders of shares.
    """
    found: dict[str, set[str]] = {}
    for table, rows in tables.items():
        for name, column in contracts[table].columns.items():
            if column.seal:
                found.setdefault(column.seal, set()).update(pc.unique(rows[name].drop_null()).to_pylist())
    names = {name for name in found["person_name"] if len(name) > 2}
    found["person_name"] = names - _pieces(tables, {len(name) for name in names})
    found["resident_id"] = {value for value in found["resident_id"] if RESIDENT_ID.fullmatch(value)}
    return [(kind, value) for kind in sorted(found) for value in sorted(found[kind])]


def _pieces(tables: dict[str, pa.Table], lengths: set[int]) -> set[str]:
    """Every piece of the public texts that is as long as one of `lengths`: looked up, where searching would take minutes."""
    texts = {
        text
        for table, names in _PUBLIC.items()
        for name in names
        for text in pc.unique(tables[table][name].drop_null()).to_pylist()
    }
    return {text[start : start + length] for text in texts for length in lengths for start in range(len(text) - length + 1)}
