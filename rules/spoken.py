"""What the codes in a rule's output columns are called: as the rule's labels say, else as the contract of their column does."""

from collections.abc import Mapping
from datetime import date

from sqlglot import exp
from sqlglot.errors import SqlglotError

from datasets.contract import Contracts, Words
from rules.comparisons import typed
from rules.empty_tables import known_tables
from rules.indicator import CLOCK, Indicator
from rules.select import outputs, parsed
from rules.trace import origins

DAY = date(2024, 1, 1)
"""Stands for $as_of while columns are resolved: no code depends on it."""


def words_of(rule: Indicator, contracts: Contracts) -> dict[str, Mapping[str, Words]]:
    """Output column -> code -> its words; columns that hold no codes are left out."""
    found: dict[str, Mapping[str, Words]] = {name: label.words for name, label in rule.labels.items() if label.words}
    try:
        tree = typed(parsed(rule.sql), known_tables(contracts), {**rule.values, CLOCK: DAY})
    except (SqlglotError, ValueError):
        return found
    if tree is None:
        return found
    for column in outputs(rule.sql):
        if column not in found and (words := _of_contract(tree, column, contracts)):
            found[column] = words
    return found


def _of_contract(tree: exp.Expr, column: str, contracts: Contracts) -> dict[str, Words]:
    words: dict[str, Words] = {}
    for origin in origins(tree, column):
        contract = contracts.get(origin.table)
        if contract is not None and origin.column in contract.columns:
            words |= contract.columns[origin.column].words
    return words
