"""Everything in a rule's file that the contracts decide: subject, needs, params, the SELECTs, the tests."""

from collections.abc import Iterator
from datetime import date

import duckdb
from sqlglot.errors import SqlglotError

from datasets.contract import Contracts, subject_kinds
from datasets.strict_yaml import Mistake, Places, did_you_mean, place_of
from rules.dialect import Fault
from rules.empty_tables import SIGNALS, create, known_tables
from rules.indicator import CLOCK, Indicator
from rules.needs import need
from rules.result_check import UNKNOWN, Said, result_faults
from rules.select import Value, output_place, outputs
from rules.signal_scope import wanted_signals
from rules.sql_check import check_select, param_places
from rules.trial_check import trial_faults
from rules.words_check import wrong_meanings

ANY_DAY = date(2024, 1, 1)
"""Stands for $as_of while a SELECT is bound: only its type matters."""


class IndicatorFile:
    """One rule's file being checked: its text, the places of its keys, and the mistakes found so far."""

    def __init__(self, name: str, text: str, places: Places, rule: Indicator) -> None:
        self.name = name
        self.lines = text.lstrip("\ufeff").splitlines()
        self.places = places
        self.rule = rule
        self.mistakes: list[Mistake] = []

    def say(self, said: Said) -> None:
        """Note a mistake at a key of the file; ("sql", name) is the place of an output column."""
        at, message, hint = said
        if at[0] == "sql" and len(at) == 2:
            self.say_in_block("sql", self.rule.sql, Fault(output_place(self.rule.sql, str(at[1])), message, hint))
            return
        line, column = place_of(self.places, at)
        self.mistakes.append(Mistake(self.name, line, column, message, hint))

    def say_in_block(self, key: str, text: str, fault: Fault) -> None:
        """Note a mistake at an offset of a text that stands in the file as a block."""
        line, column = place_of(self.places, (key,))
        if self._is_block(line):
            before = text[: fault.start]
            line, column = line + 1 + before.count("\n"), 1
        self.mistakes.append(Mistake(self.name, line, column, f"{key}: {fault.message}", fault.hint))

    def _is_block(self, line: int) -> bool:
        head = self.lines[line - 1].split(":", 1)[1].strip() if line <= len(self.lines) and ":" in self.lines[line - 1] else ""
        return head.startswith("|")


def check_indicator(file: IndicatorFile, contracts: Contracts, connection: duckdb.DuckDBPyConnection) -> None:
    """Note every mistake of one rule's file, its shape being right already. The connection holds the contract tables, empty."""
    rule = file.rule
    if rule.subject not in (kinds := subject_kinds(contracts)):
        file.say((("subject",), f"unknown kind of subject {rule.subject!r}", did_you_mean(rule.subject, kinds)))
    if rule.status == "live" and all(basis.known == "recalled" for basis in rule.basis):
        file.say(
            (
                ("basis",),
                "a live rule needs a basis that was checked: all of this are recalled",
                "look it up, or set status: shadow",
            )
        )
    types, baseline = _selects(file, contracts, connection)
    for said in _needs(rule, contracts, reads := _reads(rule)):
        file.say(said)
    if types and reads:
        for said in (*result_faults(rule, types, contracts), *trial_faults(rule, types, baseline, contracts)):
            file.say(said)


def _selects(
    file: IndicatorFile, contracts: Contracts, connection: duckdb.DuckDBPyConnection
) -> tuple[dict[str, str], dict[str, str]]:
    """Check both SELECTs; returns the output types of the rule's, and of its baseline's.

    Of a faulty SELECT that can be read, the names at least: what names them is checked in the same go.
    """
    rule = file.rule
    known = {
        table: columns for table, columns in known_tables(contracts).items() if table not in SIGNALS or rule.topic == "cross"
    }
    params: dict[str, Value] = {**rule.values, CLOCK: ANY_DAY}
    _params(file, params)
    baseline: dict[str, str] = {}
    if rule.baseline is not None:
        own = {table: columns for table, columns in known.items() if table not in SIGNALS}
        checked = check_select(rule.baseline, own, params, connection, contracts)
        for fault in checked.faults:
            file.say_in_block("baseline", rule.baseline, fault)
        if not (baseline := checked.types):
            return _names(rule), {}
        create(connection, rule.baseline_table, baseline)
        known = known | {rule.baseline_table: baseline}
    checked = check_select(rule.sql, known, params, connection, contracts)
    faults = checked.faults or (wanted_signals(rule.sql)[1] if rule.topic == "cross" else [])
    for fault in faults:
        file.say_in_block("sql", rule.sql, fault)
    if checked.types and checked.resolved is not None:
        for said in wrong_meanings(rule, checked.resolved, contracts, checked.types):
            file.say(said)
    return checked.types or _names(rule), baseline


def _names(rule: Indicator) -> dict[str, str]:
    try:
        names = outputs(rule.sql)
    except (SqlglotError, ValueError):
        return {}
    return {} if "*" in names else dict.fromkeys(names, UNKNOWN)


def _reads(rule: Indicator) -> frozenset[str]:
    try:
        return rule.reads
    except (SqlglotError, ValueError):  # said by the check of the SELECT
        return frozenset()


def _params(file: IndicatorFile, params: dict[str, Value]) -> None:
    used: set[str] = set()
    for key, text in (("baseline", file.rule.baseline), ("sql", file.rule.sql)):
        try:
            places = param_places(text) if text else []
        except ValueError:  # no SQL at all: said by the check of the SELECT
            return
        for start, _, name in places:
            used.add(name)
            if name not in params and text:
                file.say_in_block(key, text, Fault(start, f"unknown param ${name}", did_you_mean(name, params)))
    for name in file.rule.params:
        if name not in used:
            file.say((("params", name), f"param {name!r} is used by no SELECT", ""))


def _needs(rule: Indicator, contracts: Contracts, reads: frozenset[str]) -> Iterator[Said]:
    for index, text in enumerate(rule.needs):
        at = ("needs", index)
        try:
            one = need(text)
        except ValueError as error:
            yield at, f"needs: {error}", ""
            continue
        if one.table not in contracts:
            yield at, f"needs: unknown table {one.table!r}", did_you_mean(one.table, contracts)
            continue
        if reads and one.table not in reads:
            yield at, f"needs: the rule does not read {one.table}", did_you_mean(one.table, reads)
        for column in one.columns:
            if column not in (known := contracts[one.table].columns):
                yield at, f"needs: unknown column {column!r} of {one.table}", did_you_mean(column, known)
