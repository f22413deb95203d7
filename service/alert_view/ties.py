"""Who is tied to whom (关系图): the subject, the parties and the officials of an alert, one step around them, each tie by its kind and source row.

Only what is at most two steps from the alert can be asked for: the page is no directory of people.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pydantic import BaseModel

from service.alert_view.records import place, source_of
from service.reading import Reading
from service.store.alert import Alert
from service.words import either, say

SEEDS = 8
FEW = 14
"""Nodes that are shown at first."""
MOST = 60
"""Ties that one question returns at most."""
LINEAGE = "{0}.batch_id, {0}.sheet, {0}.row_no"
_LINE = LINEAGE.format("x")
PERSON, FIRM, BODY = "person", "enterprise", "unit"
Node = tuple[str, str]


class _Ask(NamedTuple):
    """A question for ties: columns are from, to, kind of tie, detail, lineage; both `?` are the ids asked for."""

    ends: tuple[str, str]
    by: tuple[str, ...]
    """Kinds of node that are asked for."""
    source: str
    sql: str


def _ask(ends: tuple[str, str], by: tuple[str, ...], table: str, one: str, other: str, kind: str, where: str) -> _Ask:
    sql = f"SELECT {one}, {other}, {kind}, {_LINE} FROM {table} x WHERE {where} LIMIT {MOST}"  # noqa: S608 - written here; ids are bound
    return _Ask(ends, by, table, sql)


IN = "IN (SELECT unnest($ids))"
ASKS = (
    _ask((PERSON, PERSON), (PERSON,), "kinship", "x.person_id", "x.relative_id", "x.relation", f"x.person_id {IN} OR x.relative_id {IN}"),
    _ask((PERSON, FIRM), (PERSON, FIRM), "shareholding", "x.holder_id", "x.enterprise_id", "x.holder_kind", f"x.holder_id {IN} OR x.enterprise_id {IN}"),
    _ask((PERSON, FIRM), (PERSON, FIRM), "enterprise_role", "x.person_id", "x.enterprise_id", "x.role", f"x.person_id {IN} OR x.enterprise_id {IN}"),
    _ask((PERSON, FIRM), (PERSON, FIRM), "enterprise", "x.legal_rep_id", "x.enterprise_id", "'legal_rep'", f"x.legal_rep_id IS NOT NULL AND (x.legal_rep_id {IN} OR x.enterprise_id {IN})"),
    _ask((PERSON, BODY), (PERSON,), "public_employee", "x.person_id", "x.unit_id", "x.post", f"x.person_id {IN}"),
    _ask((PERSON, FIRM), (PERSON,), "employment", "x.person_id", "x.employer_id", "'employed'", f"x.person_id {IN}"),
    _Ask((PERSON, PERSON), (PERSON,), "subsidy_payment", f"""
        WITH mine AS (SELECT DISTINCT account_id, person_id FROM subsidy_payment WHERE person_id {IN} AND account_id IS NOT NULL)
        SELECT m.person_id, x.person_id, 'shared_account', {', '.join(f'min({one})' for one in _LINE.split(', '))} FROM mine m
        JOIN subsidy_payment x ON x.account_id = m.account_id AND x.person_id <> m.person_id GROUP BY 1, 2 LIMIT {MOST}"""),  # noqa: S608
    _Ask(("", ""), (PERSON, FIRM, BODY), "link", f"""
        SELECT x.from_kind || ':' || x.from_id, x.to_kind || ':' || x.to_id, x.kind, x.because, x.from_row, x.certainty FROM link x
        WHERE x.from_id {IN} OR x.to_id {IN} ORDER BY x.certainty DESC LIMIT {MOST}"""),  # noqa: S608
)  # fmt: skip

BEHIND = {
    "tender": """SELECT 'enterprise', bidder_id FROM bid WHERE tender_id = $id AND bidder_id IS NOT NULL GROUP BY bidder_id
        ORDER BY min(rank) NULLS LAST, bidder_id LIMIT 7""",
    "contract": "SELECT 'enterprise', supplier_id FROM contract WHERE contract_id = $id AND supplier_id IS NOT NULL",
    "account": """SELECT 'person', person_id FROM subsidy_payment WHERE account_id = $id AND person_id IS NOT NULL
        GROUP BY person_id ORDER BY person_id LIMIT 7""",
    "merchant": "SELECT 'enterprise', enterprise_id FROM merchant WHERE merchant_id = $id AND enterprise_id IS NOT NULL",
}
"""Who stands behind what is no person and no body."""


class Entity(BaseModel):
    """A node: its number on the page, its kind, its name; `opens`: whether more may be asked for around it."""

    number: int
    kind: str
    name: str
    seed: bool
    opens: bool


class Tie(BaseModel):
    """A tie by its two nodes' numbers, in words, with the row that says so."""

    one: int
    other: int
    what: str
    source: str
    link: str


class Ties(BaseModel):
    """The graph."""

    nodes: list[Entity]
    ties: list[Tie]
    says: str
    more: int
    """Nodes one step away that are not shown."""


class _Edge(NamedTuple):
    one: Node
    other: Node
    what: str
    source: str
    link: str


def ties_of(seen: Reading, alert: Alert, around: int | None = None) -> Ties:
    """The ties one step around the alert's own entities; `around`: those of one of the nodes shown besides.

    Numbers of nodes are the same in every answer for the same records. Texts hold pseudonyms, which the caller masks.
    """
    seeds = _seeds(seen, alert)
    edges = _edges(seen, seeds)
    order = list(dict.fromkeys([*seeds, *(node for edge in edges for node in (edge.one, edge.other))]))
    first, rest = order[:FEW], order[FEW:]
    shown, more = list(first), len(rest)
    if around is not None and 0 <= around < len(first):
        further = _edges(seen, [first[around]])
        shown = list(dict.fromkeys([*first, *(node for edge in further for node in (edge.one, edge.other))]))
        edges, more = list(dict.fromkeys([*edges, *further])), 0
    numbers = {node: number for number, node in enumerate(shown)}
    _learn(seen, shown)
    nodes = [
        Entity(number=number, kind=kind, name=_called(seen, kind, key), seed=(kind, key) in seeds, opens=number < len(first))
        for number, (kind, key) in enumerate(shown)
    ]
    kept = [one for one in edges if one.one in numbers and one.other in numbers]
    ties = [Tie(one=numbers[e.one], other=numbers[e.other], what=e.what, source=e.source, link=e.link) for e in kept]
    says = say("alert.ties.says", nodes=len(nodes), ties=len(ties)) if ties else say("alert.ties.none")
    return Ties(nodes=nodes, ties=ties, says=says, more=more)


def _seeds(seen: Reading, alert: Alert) -> list[Node]:
    """The alert's own entities: its subject (of a purchase who bids and buys, of an account who is paid on it), officials, parties, unit."""
    plain = {"official": PERSON}
    found = [(alert.subject_kind, alert.subject_id), *((PERSON, str(one)) for one in alert.officials)]
    found += [(str(kind), str(key)) for kind, key in alert.parties]
    if (sql := BEHIND.get(alert.subject_kind)) is not None:
        found += [(str(kind), str(key)) for kind, key in seen.tables.con.execute(sql, {"id": alert.subject_id}).fetchall()]
    found += [(BODY, alert.unit_id)] if alert.unit_id else []
    nodes = [(plain.get(kind, kind), key) for kind, key in found]
    return [one for one in dict.fromkeys(nodes) if one[0] in (PERSON, FIRM, BODY)][:SEEDS]


def _edges(seen: Reading, nodes: Sequence[Node]) -> list[_Edge]:
    found: dict[tuple[frozenset[Node], str], _Edge] = {}
    for ask in ASKS:
        ids = sorted({key for kind, key in nodes if kind in ask.by})
        if not ids:
            continue
        for row in seen.tables.con.execute(ask.sql, {"ids": ids}).fetchall():
            edge = _of_link(seen, row) if ask.source == "link" else _of_table(seen, ask, row)
            if edge is not None and edge.one != edge.other:
                found.setdefault((frozenset((edge.one, edge.other)), edge.what), edge)
    return list(found.values())


def _of_table(seen: Reading, ask: _Ask, row: Sequence[object]) -> _Edge:
    one, other, kind, batch, sheet, number = row
    ends = list(ask.ends)
    if ask.source == "shareholding":
        ends[0] = str(kind)
    if ask.source == "employment":
        ends[1] = FIRM if len(str(other)) == 18 else BODY  # a credit code; else the code of a unit
    what = _kind(seen, ask.source, str(kind))
    return _Edge(
        (ends[0], str(one)),
        (ends[1], str(other)),
        what,
        source_of(seen, str(batch), str(sheet or ""), number),
        place(batch, sheet, number),
    )


def _of_link(seen: Reading, row: Sequence[object]) -> _Edge | None:
    one, other, kind, because, from_row, certainty = row
    ends: list[Node] = []
    for end in (str(one), str(other)):
        what, _, key = end.partition(":")
        ends.append((PERSON if what == "official" else what, key))
    if any(what not in (PERSON, FIRM, BODY) for what, _ in ends):
        return None
    words = seen.desk.contracts["link"].columns["kind"].words
    told = either(words[str(kind)]) if str(kind) in words else str(kind)
    sure = float(str(certainty))
    said = told if sure >= 1 else say("alert.ties.sure", what=told, sure=f"{sure * 100:.0f}")
    parts = str(from_row or "").split("/")
    at_row = len(parts) == 4 and parts[3].isdecimal()
    return _Edge(ends[0], ends[1], said, str(because), place(parts[1], parts[2], parts[3]) if at_row else "")


def _kind(seen: Reading, table: str, kind: str) -> str:
    if table in ("enterprise", "employment", "shareholding", "subsidy_payment"):
        return say(f"alert.tie.{table}")
    if table == "public_employee":
        return say("alert.tie.public_employee", post=kind)
    words = seen.desk.contracts[table].columns["relation" if table == "kinship" else "role"].words
    return either(words[kind]) if kind in words else kind


def _learn(seen: Reading, nodes: Iterable[Node]) -> None:
    for kind in (PERSON, FIRM, BODY):
        seen.names.learn(kind, [key for what, key in nodes if what == kind])


def _called(seen: Reading, kind: str, key: str) -> str:
    return seen.names.short(kind, key)
