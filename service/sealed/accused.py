"""Whom the complaints are about that an alert rests on (被反映人、被反映单位): by their columns, their texts, and where those people work.

Names stand in texts as pseudonyms, so whoever bears a name that is told counts as named: rather one alert too few for a namesake
than one too many for the accused.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ibis.backends.duckdb import Backend
from sqlalchemy import delete
from sqlalchemy.orm import Session

from datasets.contract import Contracts
from rules.alert import Alert
from rules.signal import Signal
from service.access.sight import BELOW, COMPLAINTS
from service.store.bulk import upsert
from service.store.sealed import Accused

Whom = frozenset[tuple[str, str]]
"""Pairs of kind (unit, person) and id."""
_TOLD = """
WITH told AS (
  SELECT ticket_id, accused_unit_id, unnest(list_distinct(list_concat(
    regexp_extract_all(concat_ws(' ', accused_name, title, body, place, reply), 'nam_[0-9a-f]{20}'),
    regexp_extract_all(concat_ws(' ', title, body, place, reply), 'rid_[0-9a-f]{20}'), ['-']))) AS token
  FROM ticket WHERE ticket_id IN (SELECT unnest($tickets))
), named AS (
  SELECT t.ticket_id, p.person_id FROM told t JOIN person p ON p.name = t.token
  UNION SELECT ticket_id, token FROM told WHERE starts_with(token, 'rid_')
)
SELECT ticket_id, 'unit', accused_unit_id FROM told WHERE accused_unit_id IS NOT NULL
UNION SELECT ticket_id, 'person', person_id FROM named
UNION SELECT n.ticket_id, 'unit', e.unit_id FROM named n JOIN public_employee e USING (person_id) WHERE e.unit_id IS NOT NULL
UNION SELECT ticket_id, 'unit', entity_id FROM mention WHERE entity_kind = 'unit' AND ticket_id IN (SELECT unnest($tickets))
"""


def accused_by(tables: Backend, contracts: Contracts, alerts: Iterable[Alert], signals: Iterable[Signal]) -> dict[str, Whom]:
    """Fingerprint -> whom the complaints are about; alerts that rest on none are left out."""
    known = {one.signal_id: one for one in signals}
    tickets = {one.fingerprint: _tickets(contracts, known, one.signals) for one in alerts}
    wanted = sorted(set().union(*tickets.values())) if tickets else []
    if not wanted:
        return {}
    whom: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for ticket, kind, entity in tables.con.execute(_TOLD, {"tickets": wanted}).fetchall():
        whom[ticket].add((kind, entity))
    found = {alert: frozenset().union(*(whom[one] for one in those if one in whom)) for alert, those in tickets.items()}
    return {alert: those for alert, those in found.items() if those}


def _tickets(contracts: Contracts, known: Mapping[str, Signal], ids: Sequence[str]) -> set[str]:
    """The tickets these signals rest on, also by way of other signals."""
    found: set[str] = set()
    open_, done = list(ids), set(ids)
    while open_:
        signal = known.get(open_.pop())
        if signal is None:
            continue
        below = [one for one in signal.evidence.get(BELOW, ()) if one not in done]
        done.update(below)
        open_ += below
        for table in COMPLAINTS:
            at = contracts[table].key.index("ticket_id") if table in contracts else 0
            found.update(key.split("|")[at] for key in signal.evidence.get(table, ()))
    return found


def keep_accused(session: Session, alerts: Iterable[str], found: Mapping[str, Whom]) -> None:
    """Replace what is known of these alerts' complaints; of alerts that no longer fire it stays."""
    living = list(alerts)
    for start in range(0, len(living), 500):
        session.execute(delete(Accused).where(Accused.fingerprint.in_(living[start : start + 500])))
    rows = [
        {"fingerprint": alert, "kind": kind, "entity_id": entity}
        for alert, those in found.items()
        for kind, entity in sorted(those)
    ]
    upsert(session, Accused, rows, update=[])
