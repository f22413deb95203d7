"""Screening rows before they take effect (事前筛查): asked of the rules, told by row. Nothing is stored."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa

from datasets.contract import Contract, Contracts
from datasets.reject import WHY
from rules.indicator import Indicator
from rules.screen_question import NotAsked
from rules.screened import Blind, Screened
from rules.sentence import called
from rules.signal import Signal
from service.desk import Desk
from service.scoring import MAKERS
from service.screening_office import Ready, office_of
from service.screening_rows import Fault, Taken
from service.screening_told import (
    Finding,
    RowBlind,
    RowFault,
    RowTold,
    RuleBound,
    RuleLaw,
    RuleTold,
    RuleUnasked,
    ScreenedMeasure,
    Stale,
    Whole,
)
from service.store.clearing import cleared
from service.words import either, say, spoken

MADE = frozenset(table for maker in MAKERS for table in maker.tables)


def screen(
    desk: Desk, contract: Contract, taken: Taken, as_of: date | None = None, ignored: Sequence[str] = (), most: int | None = None
) -> Whole:
    """What the live rules say of checked and sealed rows, with the lake and these rows together; what stands as cleared apart.

    `as_of`: default the last day that records reach. `most`: records that one rule may look at, else it is named as not asked. Raises NothingFound when nothing was imported yet.
    """
    with office_of(desk).lend(desk, contract.table, as_of) as (ready, behind):
        day = as_of or ready.horizon
        found = ready.screener.screen(contract.table, taken.rows, day, most) if taken.rows.num_rows else Screened()
        left = _uncleared(desk, found.signals, day)
        kept = {one.signal_id for one in left}
        covered = [one for one in found.signals if one.signal_id not in kept]
        return _Telling(desk, contract, taken, replace(found, signals=left), covered, ready).told(day, behind, list(ignored))


def _uncleared(desk: Desk, signals: list[Signal], as_of: date) -> list[Signal]:
    """The findings that a run as of the day would raise, asked today."""
    if not signals:
        return signals
    with desk.store.look() as session:
        return cleared(session, as_of, desk.today, {(one.subject_kind, one.subject_id) for one in signals}).lets_through(signals)


@dataclass
class _Telling:
    """Tells what one screening found."""

    desk: Desk
    contract: Contract
    taken: Taken
    found: Screened
    """Without what stands as cleared."""
    covered: list[Signal]
    ready: Ready

    def told(self, day: date, behind: bool, ignored: list[str]) -> Whole:
        rows: defaultdict[int, RowTold] = defaultdict(lambda: RowTold(row=-1))
        naming, keys = _Naming(self.contract, self.desk.contracts, self.taken), _keys(self.contract, self.taken)
        beside = [one.signal_id for one in self.found.signals if not self._placed(one, rows, keys, naming)]
        blind = [told for one in self.found.blind if not self._blind(told := _blind_of(one), rows, naming)]
        for fault in self.taken.faults:
            rows[fault.row].errors.append(_fault(fault))
        rules = self.desk.book.indicators
        return Whole(
            notice=say("notice.reason"), table=self.contract.table, as_of=day, run=self.ready.run, records_behind=behind,
            rows=self.taken.sent, judged=len(self.taken.places),
            findings=[self._finding(one, rules[one.rule]) for one in self.found.signals],
            results=[one.model_copy(update={"row": row}) for row, one in sorted(rows.items())],
            covered=[self._finding(one, rules[one.rule]) for one in self.covered], beside=beside, blind=blind,
            rules={name: _rule(rules[name]) for name in sorted({one.rule for one in self.found.signals})},
            asked=sorted(set(self.found.asked) - self.found.failed.keys()), not_asked=self._not_asked(),
            as_left=self._as_left(), ignored=ignored,
        )  # fmt: skip

    def _placed(self, signal: Signal, rows: defaultdict[int, RowTold], keys: Mapping[str, int], naming: "_Naming") -> bool:
        """Put a finding to the rows it rests on, else to those that name its subject; says whether there are any."""
        resting = [keys[key] for key in signal.evidence.get(self.contract.table, ()) if key in keys]
        for row in resting:
            rows[row].rests.append(signal.signal_id)
        named = [] if resting else naming.rows(signal.subject_kind, signal.subject_id)
        for row in named:
            rows[row].beside.append(signal.signal_id)
        return bool(resting or named)

    def _blind(self, told: RowBlind, rows: defaultdict[int, RowTold], naming: "_Naming") -> bool:
        named = naming.rows(told.subject_kind, told.subject_id)
        for row in named:
            rows[row].blind.append(told)
        return bool(named)

    def _finding(self, signal: Signal, rule: Indicator) -> Finding:
        words = self.ready.screener.words(rule)
        values: dict[str, Any] = {**signal.per, **signal.measures}
        return Finding(
            **{name: getattr(signal, name) for name in (
                "rule", "severity", "subject_kind", "subject_id", "unit_id", "area_id", "amount", "first_on", "last_on",
            )},
            signal=signal.signal_id, sentence=signal.says[spoken()],
            measures=[
                ScreenedMeasure(name=name, label=either(rule.labels[name]) if name in rule.labels else name,
                                value=called(value, spoken(), words[name]) if name in words and value is not None else value)
                for name, value in values.items()
            ],
            officials=list(signal.officials), parties=list(signal.parties),
            evidence={table: list(evidence) for table, evidence in signal.evidence.items()},
            known=signal.signal_id in self.ready.signals,
        )  # fmt: skip

    def _not_asked(self) -> list[RuleUnasked]:
        failed = [NotAsked(rule, "failed") for rule in self.found.failed]
        return [
            RuleUnasked(rule=one.rule, code=one.why, why=say(f"screening.unasked.{one.why}"), tables=list(one.tables))
            for one in sorted([*self.found.not_asked, *failed], key=lambda one: one.rule)
        ]

    def _as_left(self) -> list[Stale]:
        """Made tables that asked rules read, and `signal`: they stand as the last run left them."""
        asked = [self.desk.book.indicators[name] for name in self.found.asked]
        made = sorted({table for rule in asked for table in rule.reads if table in MADE or table in ("signal", "signal_party")})
        return [Stale(table=table, rules=sorted(rule.id for rule in asked if table in rule.reads)) for table in made]


class _Naming:
    """Which rows name somebody or something: in a column that refers to it, or as what they are about themselves."""

    def __init__(self, contract: Contract, contracts: Contracts, taken: Taken) -> None:
        homes = {kind: (table, column) for table, one in contracts.items() for kind, column in one.entity.items()}
        self._columns: dict[str, list[str]] = {}
        for kind, (table, key) in homes.items():
            fits = [name for name, column in contract.columns.items() if column.refers == f"{table}.{key}"]
            fits += [contract.entity[kind]] if kind in contract.entity and contract.entity[kind] not in fits else []
            self._columns[kind] = fits
        self._taken = taken
        self._found: dict[str, dict[str, list[int]]] = {}

    def rows(self, kind: str, entity: str) -> list[int]:
        """The places of the rows that name it, sorted."""
        if kind not in self._found:
            found: dict[str, set[int]] = defaultdict(set)
            for column in self._columns.get(kind, []):
                for place, value in zip(self._taken.places, self._taken.rows[column].to_pylist(), strict=True):
                    if value is not None:
                        found[value].add(place)
            self._found[kind] = {name: sorted(places) for name, places in found.items()}
        return self._found[kind].get(entity, [])


def _keys(contract: Contract, taken: Taken) -> dict[str, int]:
    """Key as evidence writes it -> the row's place."""
    columns = [taken.rows[name].cast(pa.string()).to_pylist() for name in contract.key]
    return dict(zip(("|".join(map(str, key)) for key in zip(*columns, strict=True)), taken.places, strict=True))


def _blind_of(one: Blind) -> RowBlind:
    return RowBlind(rule=one.rule, subject_kind=one.subject_kind, subject_id=one.subject_id, needs=list(one.needs))


def _fault(fault: Fault) -> RowFault:
    return RowFault(field=fault.field, code=fault.code, message=either(WHY[fault.code]))


def _rule(rule: Indicator) -> RuleTold:
    bounds = [
        RuleBound(name=name, label=either(one.title) if one.title else name, value=one.value, unit=one.unit, why=either(one.why))
        for name, one in rule.params.items()
    ]
    return RuleTold(
        title=either(rule.title), hash=rule.hash, why=either(rule.why), innocent=either(rule.innocent),
        verify=[either(step) for step in rule.verify], thresholds=bounds,
        basis=[RuleLaw(name=law.name, article=law.article, known=law.known) for law in rule.basis],
    )  # fmt: skip
