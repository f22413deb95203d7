"""How alike two records are (相似度): Fellegi and Sunter's match weights, computed by Splink on DuckDB, each with its reasons.

A trait is what two records are compared by; its levels go from the most to the least telling. m is the share of true pairs
at a level, u that of chance pairs; a level adds log2(m/u) bits. The weights are declared, not fitted to one lake, so that the
same two records are as alike tomorrow as today; how rare a name or village is comes from the lake (term frequency).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2

from duckdb import DuckDBPyConnection
from splink import DuckDBAPI, Linker, SettingsCreator

LEAST = 0.5
"""Probability below which two records are not even perhaps the same."""


@dataclass(frozen=True)
class Level:
    """One grade of agreement: what people call it, when it holds (SQL over `<column>_l`, `<column>_r`), and m and u."""

    words: str
    holds: str
    m: float
    u: float
    rarity: str | None = None
    """Column whose value tells how rare the agreement is."""


@dataclass(frozen=True)
class Trait:
    """What records are compared by. Where `unknown` holds nothing is said; else the first level that holds, else `apart`."""

    name: str
    unknown: str
    levels: tuple[Level, ...]
    apart: str
    m_apart: float
    proves: bool = True
    """Whether agreement is evidence of its own; a name never is."""
    needed: bool = False
    """Whether without agreement nothing else counts: firms of one hand share an address and a phone, and are two all the same."""

    def settings(self) -> dict[str, object]:
        """This trait as a comparison of Splink's."""
        u_apart = 1 - sum(level.u for level in self.levels)
        return {
            "output_column_name": self.name,
            "comparison_levels": [
                {"sql_condition": self.unknown, "label_for_charts": "unknown", "is_null_level": True},
                *(_level(level) for level in self.levels),
                {
                    "sql_condition": "ELSE",
                    "label_for_charts": self.apart,
                    "m_probability": self.m_apart,
                    "u_probability": u_apart,
                },
            ],
        }

    @property
    def _bits(self) -> str:
        rare = f" + coalesce(mw_tf_adj_{self.name}, 0)" if any(level.rarity for level in self.levels) else ""
        return f"(mw_{self.name}{rare})"

    def told(self) -> str:
        """SQL for this trait's reason, `姓名相同+12.3`; NULL where nothing is known."""
        top = len(self.levels)
        whens = " ".join(f"WHEN {top - place} THEN '{level.words}'" for place, level in enumerate(self.levels))
        return f"CASE gamma_{self.name} {whens} WHEN 0 THEN '{self.apart}' END || printf('%+.1f', {self._bits})"

    def agrees(self) -> str:
        """SQL: whether this trait speaks for one and the same."""
        return f"(gamma_{self.name} > 0 AND {self._bits} > 0)"


def _level(level: Level) -> dict[str, object]:
    made: dict[str, object] = {
        "sql_condition": level.holds, "label_for_charts": level.words, "m_probability": level.m, "u_probability": level.u,
    }  # fmt: skip
    return made | ({"tf_adjustment_column": level.rarity} if level.rarity else {})


def compare(
    con: DuckDBPyConnection, records: str, traits: Sequence[Trait], blocks: Sequence[object], size: int, name: str
) -> None:
    """Write table `name`: one_id, other_id, weight, probability, proven, because, of every pair worth a look.

    `records`: table with record_id and the traits' columns; `blocks`: Splink's blocking rules; `size`: how many things the records
    are of, so that a chance pair is one and the same in one of `size` cases. `proven`: more than the name agrees.
    """
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[trait.settings() for trait in traits],
        blocking_rules_to_generate_predictions=list(blocks),  # type: ignore[arg-type]
        probability_two_random_records_match=1 / max(size, 2),
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register(records), settings, log_level=None)  # else it tells the time of every query
    found = linker.inference.predict(threshold_match_probability=LEAST)
    proven = " OR ".join(trait.agrees() for trait in traits if trait.proves)
    needed = " AND ".join(f"gamma_{trait.name} > 0" for trait in traits if trait.needed) or "true"
    reasons = ", ".join(trait.told() for trait in traits)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {name} AS
        SELECT least(record_id_l, record_id_r) AS one_id, greatest(record_id_l, record_id_r) AS other_id,
               match_weight AS weight, match_probability AS probability, coalesce({proven}, false) AS proven,
               concat_ws('，', {reasons}) || printf('；合计%+.1f（起点{-log2(max(size, 2)):.1f}）', match_weight) AS because
        FROM {found.physical_name} WHERE {needed}
        """  # noqa: S608 names and declared conditions, no values of records
    )
    api.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]


def rules(*conditions: str) -> Iterator[dict[str, str]]:
    """Blocking rules from SQL conditions over `l` and `r`."""
    for condition in conditions:
        yield {"blocking_rule": condition, "sql_dialect": "duckdb"}
