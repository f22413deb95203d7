"""Rows of a rule's result made into signals; tens of thousands at once, so columns are looked up once and not row by row."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

import pyarrow as pa

from rules.failure import BadResult, NotUnique
from rules.indicator import UNDERSTOOD, Indicator, Severity
from rules.sentence import Called, shown, writer
from rules.signal import Measure, Signal, content_hash, signal_id

SEVERITIES = frozenset(get_args(Severity))


def make_signals(rule: Indicator, rows: pa.Table, params: dict[str, str | int | float | bool], baseline: str | None,
                 words: Mapping[str, Called] | None = None) -> list[Signal]:  # fmt: skip
    """One signal for each row of the result, sorted by signal_id; rows without a subject are left out.

    `words`: what the codes of a column are called in the sentence (rules.spoken.words_of). Raises NotUnique, BadResult.
    """
    names = [name.lower() for name in rows.column_names]
    columns = [column.to_pylist() for column in rows.columns]
    say = {language: writer(template, language, words) for language, template in (("zh", rule.says.zh), ("en", rule.says.en))}
    shape = _Shape(rule, names)
    found: dict[str, Signal] = {}
    for values in zip(*columns, strict=True):
        row = dict(zip(names, values, strict=True))
        if row["subject_id"] is None:
            continue
        signal = _signal(rule, shape, row, {**params, **row}, say, params, baseline)
        if signal.signal_id in found:
            where = ", ".join(f"{name} {shown(row[name], 'en')}" for name in ("subject_id", "unit_id", *rule.per) if name in row)
            raise NotUnique(rule.id, f"two findings for {where}: group by no more than subject, unit and per, or add to per")
        found[signal.signal_id] = signal
    return [found[name] for name in sorted(found)]


class _Shape:
    """Which output columns are evidence, parties and measures."""

    def __init__(self, rule: Indicator, names: list[str]) -> None:
        self.evidence = [(name.removeprefix("evidence_"), name) for name in sorted(names) if name.startswith("evidence_")]
        self.parties = [(name.removeprefix("parties_"), name) for name in sorted(names) if name.startswith("parties_")]
        apart = {name for _, name in (*self.evidence, *self.parties)} | set(UNDERSTOOD) | set(rule.per)
        self.measures = [name for name in names if name not in apart]


def _signal(rule: Indicator, shape: _Shape, row: dict[str, Any], sayable: dict[str, Any], say: dict[str, Any],
            params: dict[str, Any], baseline: str | None) -> Signal:  # fmt: skip
    severity = row.get("severity") or rule.severity
    if severity not in SEVERITIES:
        raise BadResult(rule.id, f"severity {severity!r} is none of {', '.join(sorted(SEVERITIES))}")
    unit, per = row.get("unit_id"), {name: shown(row[name], "en") for name in rule.per}
    amount = row.get("amount")
    facts: dict[str, Any] = {
        "measures": {name: measure(row[name]) for name in shape.measures},
        "amount": None if amount is None else round(Decimal(str(amount)), 2),
        "first_on": row.get("first_on"),
        "last_on": row.get("last_on"),
        "officials": _keys(row.get("officials")),
        "parties": tuple((kind, key) for kind, name in shape.parties for key in _keys(row[name])),
        "evidence": {table: _keys(row[name]) for table, name in shape.evidence},
        "severity": severity,
    }
    return Signal.model_construct(
        signal_id=signal_id(rule.id, rule.subject, row["subject_id"], unit, per), content_hash=content_hash(facts),
        rule=rule.id, rule_hash=rule.hash, topic=rule.topic, subject_kind=rule.subject, subject_id=row["subject_id"],
        unit_id=unit, area_id=row.get("area_id"), per=per, params=params, baseline=baseline,
        says={language: write(sayable) for language, write in say.items()},
        material={name: float(f"{float(row[name] or 0):.12g}") for name in rule.material}, **facts,
    )  # fmt: skip


def _keys(values: list[str | None] | None) -> tuple[str, ...]:
    """Sorted, each once, NULLs left out: engines differ in whether a list keeps them."""
    return tuple(sorted({value for value in values or () if value is not None}))


def measure(value: object) -> Measure:
    """A value of the result as JSON can hold it."""
    if isinstance(value, float):
        # the last digits change with the order of adding, which is the engine's: the same facts must stay the same
        return float(f"{value:.12g}")
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else ", ".join(_items(value))


def _items(value: object) -> Iterator[str]:
    return (shown(item, "en") for item in value if item is not None) if isinstance(value, list) else iter((str(value),))
