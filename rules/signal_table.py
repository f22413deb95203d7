"""The signals of earlier strata as tables `signal` and `signal_party`, which cross rules read."""

from collections.abc import Iterable

import pyarrow as pa
from ibis.backends.duckdb import Backend

from rules.signal import Signal

SIGNAL = pa.schema(
    [("signal_id", pa.string()), ("rule", pa.string()), ("topic", pa.string()), ("severity", pa.string()), ("subject_kind", pa.string()),
     ("subject_id", pa.string()), ("unit_id", pa.string()), ("area_id", pa.string()), ("amount", pa.decimal128(18, 2)), ("first_on", pa.date32()),
     ("last_on", pa.date32())]
)  # fmt: skip
SIGNAL_PARTY = pa.schema([("signal_id", pa.string()), ("party_kind", pa.string()), ("party_id", pa.string())])
LINEAGE_COLUMNS = "CAST(NULL AS VARCHAR) AS batch_id, CAST(NULL AS VARCHAR) AS sheet, CAST(NULL AS BIGINT) AS row_no"


def put_signals(tables: Backend, signals: Iterable[Signal]) -> None:
    """Replace what cross rules see on this connection: the living, visible signals of this run and of earlier ones.

    The tables are temporary and stand before the lake's own of the same names.
    """
    seen = {signal.signal_id: signal for signal in signals}.values()
    facts = {name: [getattr(signal, name) for signal in seen] for name in SIGNAL.names}
    parties = [(signal.signal_id, kind, party) for signal in seen for kind, party in signal.parties]
    _put(tables, "signal", pa.table(facts, schema=SIGNAL))
    pairs = dict(zip(SIGNAL_PARTY.names, map(list, zip(*parties, strict=True)) if parties else ([], [], []), strict=True))
    _put(tables, "signal_party", pa.table(pairs, schema=SIGNAL_PARTY))


def _put(tables: Backend, name: str, content: pa.Table) -> None:
    connection = tables.con
    connection.register("incoming_signals", content)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT *, {LINEAGE_COLUMNS} FROM incoming_signals")  # noqa: S608
    connection.unregister("incoming_signals")
