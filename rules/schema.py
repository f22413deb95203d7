"""JSON Schema of the three kinds of rule file, for editors that complete and check while an author types."""

from typing import Any

from datasets.contract import Contracts, Declared, subject_kinds
from rules.chain import Chain
from rules.indicator import Indicator
from rules.route import Route

KINDS: dict[str, type[Declared]] = {"indicator": Indicator, "chain": Chain, "route": Route}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(kind: str, contracts: Contracts) -> dict[str, Any]:
    """The schema of one kind of file; an indicator's knows subjects, tables and their columns. Raises KeyError for another kind."""
    made = KINDS[kind].model_json_schema(by_alias=True)
    if kind == "indicator":
        made["properties"]["subject"] = {**made["properties"]["subject"], "enum": sorted(subject_kinds(contracts))}
        made["properties"]["needs"]["items"] = {"anyOf": [{"enum": _needs(contracts)}, {"type": "string", "pattern": " or "}]}
        made["$defs"]["RuleTest"]["properties"]["given"] = _given(contracts)
    return {"$schema": DIALECT, "$id": f"guantong/{kind}", **made}


def _needs(contracts: Contracts) -> list[str]:
    return sorted([*contracts, *(f"{table}.{column}" for table, one in contracts.items() for column in one.columns)])


def _given(contracts: Contracts) -> dict[str, Any]:
    """Rows of contract tables; a cell's own type is left to the check, which knows dates."""
    tables = {
        name: {"type": "array", "items": {"type": "object", "additionalProperties": False, "properties": _columns(one.columns)}}
        for name, one in sorted(contracts.items())
    }
    baseline = {"^baseline_": {"type": "array", "items": {"type": "object"}}}
    return {"type": "object", "additionalProperties": False, "properties": tables, "patternProperties": baseline}


def _columns(columns: Any) -> dict[str, Any]:
    return {
        name: {"description": f"{column.zh} ({column.en})", **({"enum": [*column.allowed, None]} if column.allowed else {})}
        for name, column in columns.items()
    }
