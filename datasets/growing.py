"""Growing (批次增长): a batch with more rows, vault and rejects, written anew beside the old one and committed whole or not at all."""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datasets.batch import Batch, Draft, Step
from datasets.key import Key
from datasets.lake import Lake
from datasets.reject import SCHEMA, Reject, sealed_rejects
from datasets.sealing import VAULT

Piece = tuple[pa.Table, pa.Table, Sequence[Reject], int]
"""Sealed rows, their vault, their rejects, and how many rows of the batch come before."""


def grow(lake: Lake, key: Key, batch: Batch, before: Batch | None, pieces: Sequence[Piece], step: Step) -> Batch:
    """Commit `batch`: what `before` (the same batch until now) holds, and the pieces behind it. Row numbers of what is there stay.

    To be called under the import lock.
    """
    draft = Draft(lake.folder, lake.contracts[batch.table], batch.batch_id, before.version + 1 if before else 1)
    rows = [_numbered(table, first) for table, _, _, first in pieces if table.num_rows]
    if before and before.data:
        rows.insert(0, _earlier(lake, before))
    if rows:
        draft.add(pa.concat_tables(rows))
    draft.beside("vault", _vault(lake, before, [vault for _, vault, _, _ in pieces]))
    about = {"batch_id": batch.batch_id, "table": batch.table, "source": batch.source, "file": batch.file, "sheet": ""}
    moved = [replace(one, row_no=one.row_no and one.row_no + first) for _, _, rejects, first in pieces for one in rejects]
    earlier = [pq.read_table(lake.folder / before.rejects, schema=SCHEMA)] if before and before.rejects else []
    draft.beside("rejects", pa.concat_tables([*earlier, sealed_rejects(moved, key, **about)]))
    return lake.commit(draft, batch, before, step)


def _numbered(rows: pa.Table, first: int) -> pa.Table:
    place = rows.column_names.index("row_no")
    return rows.set_column(place, "row_no", pc.add(rows["row_no"], first)) if first else rows


def _earlier(lake: Lake, before: Batch) -> pa.Table:
    """The rows stored so far. The contract is the same: another one is another revision, and that batch does not grow."""
    return pq.read_table(lake.folder / str(before.data)).drop_columns(["batch_id"])


def _vault(lake: Lake, before: Batch | None, added: Sequence[pa.Table]) -> pa.Table:
    """token, kind, ciphertext, each token once: what is there stays, so that only new secrets are written."""
    whole = pq.read_table(lake.folder / before.vault, schema=VAULT) if before and before.vault else VAULT.empty_table()
    for vault in added:
        new = pc.invert(pc.is_in(vault["token"], whole["token"].combine_chunks()))
        whole = pa.concat_tables([whole, vault.filter(new)])
    return whole
