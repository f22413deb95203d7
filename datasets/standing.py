"""Standing rows (已在湖中): which of some sealed rows are current in the lake already, with the same content."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from datasets.batch import Batch, arrow_schema
from datasets.contract import Contract
from datasets.current import quoted
from datasets.lake import Lake


def standing(
    con: duckdb.DuckDBPyConnection,
    lake: Lake,
    contract: Contract,
    batches: Sequence[Batch],
    pending: Sequence[pa.Table],
    rows: pa.Table,
) -> list[int]:
    """Places (0-based, in order) of the rows that say what the lake says of their key.

    `batches` are the table's living batches, `pending` rows that are about to be stored and are newer than all of them. `rows` are sealed
    and have the contract's columns. Reads the key columns of the whole table, and the other columns where a key is met.
    """
    stored = {str(lake.folder / str(batch.data)): batch.seq for batch in batches if batch.data}
    # names with _ before them are no contract's
    given = {
        "_given": rows.append_column("_place", pa.array(range(rows.num_rows), pa.int64())),
        "_shape": arrow_schema(contract).empty_table(),
        "_seqs": pa.table({"_file": pa.array(list(stored), pa.string()), "_seq": pa.array(stored.values(), pa.int64())}),
        **{f"_pending{number}": table for number, table in enumerate(pending)},
    }
    for name, table in given.items():
        con.register(name, table)
    found = con.execute(_sql(contract, stored, len(pending)), {"files": [*stored]} if stored else {}).fetchall()
    for name in given:
        con.unregister(name)
    return [place for (place,) in found]


def _sql(contract: Contract, stored: Mapping[str, int], pending: int) -> str:
    key, last = _listed(contract.key), max(stored.values(), default=0)
    parts = ["SELECT *, 0::BIGINT AS _seq FROM _shape"]
    if stored:
        files = "read_parquet($files, union_by_name = true, filename = '_file')"
        parts.append(
            f"SELECT * EXCLUDE (_file) FROM (SELECT * FROM {files} SEMI JOIN _given USING ({key})) JOIN _seqs USING (_file)"  # noqa: S608
        )
    parts += [f"SELECT *, {last + 1 + number}::BIGINT AS _seq FROM _pending{number}" for number in range(pending)]  # noqa: S608
    others = [name for name in contract.columns if name not in contract.key]
    same = " AND ".join(f"n.{quoted(name)} IS NOT DISTINCT FROM g.{quoted(name)}" for name in others) or "true"
    return (
        f"WITH versions AS ({' UNION ALL BY NAME '.join(parts)}), newest AS (SELECT * FROM versions"  # noqa: S608 contracts' names
        f" QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _seq DESC, row_no DESC) = 1)"
        f" SELECT _place FROM _given g JOIN newest n USING ({key}) WHERE {same} ORDER BY _place"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(quoted, names))
