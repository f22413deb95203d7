"""Recusal (回避): which offices are too near to whom, because the person, near kin or an earlier colleague heads them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from ibis.backends.duckdb import Backend

from rules.offices import Office

TIES = {
    "sits_there": ("设在责任单位", "sits in the accountable unit"), "head": ("负责人即当事人", "is headed by the person concerned"),
    "spouse": ("负责人系当事人配偶", "is headed by the spouse of a person concerned"),
    "parent": ("负责人系当事人父母或子女", "is headed by a parent or child of a person concerned"),
    "child": ("负责人系当事人父母或子女", "is headed by a parent or child of a person concerned"),
    "sibling": ("负责人系当事人兄弟姐妹", "is headed by a sibling of a person concerned"),
    "in_law": ("负责人系当事人姻亲", "is headed by an in-law of a person concerned"),
    "colleague": ("负责人曾与当事人共事", "is headed by an earlier colleague of a person concerned"),
}  # fmt: skip
"""Tie -> its words; a relation is not told apart by side, because records name either."""


def ties_of_heads(
    offices: Mapping[str, Office], persons: Iterable[str], tables: Backend, as_of: date, years: int
) -> dict[str, list[tuple[str, str]]]:
    """Person -> (office, tie) of every office that the person, near kin or an earlier colleague heads.

    The tie is `head`, a relation, or `colleague`: both served in one unit at one time, and either left it, at most
    `years` ago. Colleagues are looked for of these `persons` only.
    """
    ties: dict[str, list[tuple[str, str]]] = defaultdict(list)
    heads: dict[str, list[str]] = defaultdict(list)
    for office in offices.values():
        if office.head_id:
            heads[office.head_id].append(office.office_id)
            ties[office.head_id].append((office.office_id, "head"))
    for head, relative, relation in tables.con.execute(_KIN, {"heads": sorted(heads)}).fetchall():
        ties[relative] += [(office, relation) for office in heads[head]]
    asked = {"heads": sorted(heads), "persons": sorted(set(persons)), "as_of": as_of, "since": _years_before(as_of, years)}
    for head, colleague in tables.con.execute(_COLLEAGUES, asked).fetchall():
        ties[colleague] += [(office, "colleague") for office in heads[head]]
    return {person: sorted(set(found)) for person, found in ties.items()}


def _years_before(day: date, years: int) -> date:
    """The same day so many years before; 28 February for the 29th."""
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)


_KIN = """
SELECT DISTINCT head, relative, relation FROM (
    SELECT person_id AS head, relative_id AS relative, relation FROM kinship WHERE person_id IN (SELECT unnest($heads))
    UNION ALL
    SELECT relative_id AS head, person_id AS relative, relation FROM kinship WHERE relative_id IN (SELECT unnest($heads))
)
ORDER BY head, relative, relation
"""
_COLLEAGUES = """
SELECT DISTINCT h.person_id, p.person_id
FROM public_employee h
JOIN public_employee p ON p.unit_id = h.unit_id AND p.person_id <> h.person_id
    AND p.starts_on <= coalesce(h.ends_on, $as_of) AND h.starts_on <= coalesce(p.ends_on, $as_of)
WHERE h.person_id IN (SELECT unnest($heads)) AND p.person_id IN (SELECT unnest($persons))
    AND least(coalesce(h.ends_on, $as_of), coalesce(p.ends_on, $as_of)) BETWEEN $since AND $as_of
    AND (h.ends_on < $as_of OR p.ends_on < $as_of)
ORDER BY 1, 2
"""
