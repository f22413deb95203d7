"""Standing rows (已在湖中): which of some sealed rows are current in the lake already, with the same content."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from datasets.batch import Batch, arrow_schema
from datasets.contract import Contract
from datasets.current import quoted
from datasets.lake import Lake


def standing(lake: Lake, contract: Contract, batches: Sequence[Batch], pending: Sequence[pa.Table], rows: pa.Table) -> list[int]:
    """Places (0-based, in order) of the rows that say what the lake says of their key.

    `batches` are the table's living batches, `pending` rows that are about to be stored and are newer than all of them. `rows` are sealed
    and have the contract's columns. Reads the key columns of the whole table, and the other columns where a key is met.
    """
    stored = {str(lake.folder / str(batch.data)): batch.seq for batch in batches if batch.data}
    with duckdb.connect(config={"temp_directory": ""}) as con:
        # names with _ before them are no contract's
        con.register("fresh", rows.append_column("_place", pa.array(range(rows.num_rows), pa.int64())))
        con.register("shape", arrow_schema(contract).empty_table())
        con.register(
            "seqs", pa.table({"_file": pa.array(list(stored), pa.string()), "_seq": pa.array(stored.values(), pa.int64())})
        )
        last = max(stored.values(), default=0)
        parts = ["SELECT *, 0::BIGINT AS _seq FROM shape"]
        if stored:
            met = f"SEMI JOIN fresh USING ({_listed(contract.key)})"
            files = "read_parquet($files, union_by_name = true, filename = '_file')"
            parts.append(f"SELECT * EXCLUDE (_file) FROM (SELECT * FROM {files} {met}) JOIN seqs USING (_file)")  # noqa: S608
        for number, table in enumerate(pending):
            con.register(f"pending{number}", table)
            parts.append(f"SELECT *, {last + 1 + number}::BIGINT AS _seq FROM pending{number}")  # noqa: S608
        others = [name for name in contract.columns if name not in contract.key]
        same = " AND ".join(f"n.{quoted(name)} IS NOT DISTINCT FROM f.{quoted(name)}" for name in others) or "true"
        found = con.execute(
            f"WITH versions AS ({' UNION ALL BY NAME '.join(parts)}), newest AS (SELECT * FROM versions"  # noqa: S608 contracts' names
            f" QUALIFY row_number() OVER (PARTITION BY {_listed(contract.key)} ORDER BY _seq DESC, row_no DESC) = 1)"
            f" SELECT _place FROM fresh f JOIN newest n USING ({_listed(contract.key)}) WHERE {same} ORDER BY _place",
            {"files": [*stored]} if stored else {},
        ).fetchall()
    return [place for (place,) in found]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(quoted, names))
