"""Blindness (无法判断): subjects a rule could not judge because a needed value was missing. Unknown is not clean."""

from dataclasses import dataclass, field
from datetime import date

from ibis.backends.duckdb import Backend

from datasets.contract import Contracts
from rules.bounds import Limits, bounded
from rules.indicator import CLOCK, Indicator
from rules.needs import Need, need
from rules.population import population_of, unknown


@dataclass(frozen=True)
class Blindness:
    """What one rule could not judge in one run; shown beside what it found."""

    rule: str
    population: int
    """Distinct subjects the rule is about: the rows its subject comes from, under the conditions on those rows alone."""
    blind: int
    """Subjects of the population with a row where a needed value is unknown or a needed join finds no row."""
    by_need: dict[str, int]
    """The same for each item of `needs`."""
    rows_without_subject: int
    no_records: tuple[str, ...] = ()
    """Needed tables of which there is no row at all: the rule was not run."""
    not_derived: tuple[str, ...] = ()
    """Needs that cannot be counted by subject, because nothing ties their table to the subject's."""
    rows_unknown: dict[str, int] = field(default_factory=dict)
    """For each of these: in how many rows of its table it is unknown."""

    @staticmethod
    def of_no_records(rule: Indicator, missing: tuple[str, ...]) -> "Blindness":
        """Nothing could be judged: there are no records."""
        return Blindness(rule.id, 0, 0, {}, 0, no_records=missing)


def empty_tables(rule: Indicator, tables: Backend) -> tuple[str, ...]:
    """Tables in `needs` of which the connection holds no row."""
    names = sorted({need(text).table for text in rule.needs})
    return tuple(name for name in names if not tables.con.table(name).limit(1).fetchall())


def measure_blindness(
    rule: Indicator, tables: Backend, as_of: date, contracts: Contracts, screened: bool, limits: Limits
) -> Blindness:
    """Count what a rule cannot judge; of the subjects put into the connection only, when `screened`."""
    needs = [one for one in map(need, rule.needs) if one.columns]
    baseline = _columns_of(rule, tables) if rule.baseline else {}
    population = population_of(rule, needs, {**rule.values, CLOCK: as_of}, contracts, baseline)
    if population is None:
        return Blindness(rule.id, 0, 0, {}, 0, not_derived=_left(needs, []), rows_unknown=_rows_unknown(needs, [], tables))
    select, derived, may_be_empty = population
    only = "WHERE subject_id IN (SELECT subject_id FROM screened_subject)" if screened else ""
    flags = [f"unknown_{index}" for index in range(len(derived))]
    grouped = "".join(f", bool_or({name}) AS {name}" for name in flags)
    counts = "".join(f", count(*) FILTER (WHERE {name} AND subject_id IS NOT NULL)" for name in flags)
    anyone = " OR ".join(flags) or "false"
    with bounded(rule.id, tables.con, limits):
        row = tables.con.execute(
            f"SELECT count(subject_id), count(*) FILTER (WHERE ({anyone}) AND subject_id IS NOT NULL), "  # noqa: S608 - the rule's own SELECT
            f"coalesce(sum(n) FILTER (WHERE subject_id IS NULL), 0){counts} "
            f"FROM (SELECT subject_id, count(*) AS n{grouped} FROM ({select}) AS row_of_subject {only} GROUP BY subject_id) AS subject"
        ).fetchall()
    numbers = [int(value) for value in row[0]]
    by_need = dict(zip(map(str, derived), numbers[3:], strict=True))
    without = 0 if may_be_empty else numbers[2]
    return Blindness(rule.id, numbers[0], numbers[1], by_need, without, not_derived=_left(needs, derived),
                     rows_unknown=_rows_unknown(needs, derived, tables))  # fmt: skip


def _columns_of(rule: Indicator, tables: Backend) -> dict[str, str]:
    return {row[0]: row[1] for row in tables.con.execute(f"DESCRIBE {rule.baseline_table}").fetchall()}


def _left(needs: list[Need], derived: list[Need]) -> tuple[str, ...]:
    return tuple(str(one) for one in needs if one not in derived)


def _rows_unknown(needs: list[Need], derived: list[Need], tables: Backend) -> dict[str, int]:
    left = [one for one in needs if one not in derived]
    return {
        str(one): int(tables.con.table(one.table).filter(unknown(f'"{one.table}"', one)).count("*").fetchall()[0][0])
        for one in left
    }
