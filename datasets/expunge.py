"""Expunging (清除): rows that turn out later to be accusations which may not be entered are taken out of stored batches too.

It happens when the records that say who is managed higher up come after the tickets, or a ticket's other rows before it.
"""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from datasets.batch import Batch, Draft, Step, write_manifest
from datasets.check import Checked
from datasets.diversion import Diversion
from datasets.key import Key
from datasets.lake import Lake
from datasets.reject import SCHEMA, Reject, sealed_rejects
from datasets.sealing import TOKEN, VAULT


def expunge(lake: Lake, key: Key, diversion: Diversion, step: Step) -> int:
    """Judge anew every stored batch that was judged under other knowledge; returns how many rows were taken out.

    To be called under the import lock. A kill leaves batches unjudged, and the next import judges them.
    """
    tables = [table for table in lake.contracts if diversion.concerns(table)]
    taken, again = 0, True
    while again:  # a ticket found now may have rows in batches that were looked at before
        again = False
        for batch in lake.living(*tables):
            if batch.judged == diversion.knowledge:
                continue
            taken += _judge(lake, key, diversion, batch, step)
            again = True
    return taken


def _judge(lake: Lake, key: Key, diversion: Diversion, batch: Batch, step: Step) -> int:
    stored = pq.read_table(lake.folder / batch.data) if batch.data else None
    names = list(lake.contracts[batch.table].columns)
    number, changed = 0, False
    if stored is not None:
        checked = Checked(stored.num_rows, {name: _column(stored, name) for name in names})
        before = dict(checked.values)
        mask = diversion.diverted(batch.table, checked)
        diversion.remember()
        number = 0 if mask is None else pc.sum(mask).as_py() or 0
        changed = number > 0 or any(not checked.values[name].equals(before[name]) for name in names)
    judged = batch.model_copy(update={"judged": diversion.knowledge})
    if stored is None or not changed:
        write_manifest(lake.folder, judged)
        return 0
    kept = pc.invert(mask) if mask is not None else pa.repeat(pa.scalar(True), stored.num_rows)
    rows = pa.table({**checked.values, "sheet": stored["sheet"], "row_no": stored["row_no"]}).filter(kept)
    _rewrite(lake, key, judged, rows, number, step)
    return number


def _column(stored: pa.Table, name: str) -> pa.Array:
    """One stored column; one that the contract gained since is empty."""
    return stored[name].combine_chunks() if name in stored.column_names else pa.nulls(stored.num_rows, pa.string())


def _rewrite(lake: Lake, key: Key, batch: Batch, rows: pa.Table, number: int, step: Step) -> None:
    """The batch without its diverted rows, and without what only they had brought into the vault."""
    draft = Draft(lake.folder, lake.contracts[batch.table], batch.batch_id, batch.version + 1)
    if rows.num_rows:
        draft.add(rows)
    if batch.vault:
        vault = pq.read_table(lake.folder / batch.vault, schema=VAULT)
        draft.beside("vault", vault.filter(pc.is_in(vault["token"], pa.array(sorted(tokens_in_rows(rows)), pa.string()))))
    about = {"batch_id": batch.batch_id, "table": batch.table, "source": batch.source, "file": batch.file, "sheet": batch.sheet}
    rejects = sealed_rejects([Reject.diverted()] * number, key, **about)
    earlier = pq.read_table(lake.folder / batch.rejects, schema=SCHEMA) if batch.rejects else SCHEMA.empty_table()
    draft.beside("rejects", pa.concat_tables([earlier, rejects]))
    counts = {
        "accepted": batch.accepted - number, "rejected": batch.rejected + number, "diverted": batch.diverted + number,
        "codes": {**batch.codes, "diverted": batch.diverted + number} if batch.diverted + number else batch.codes,
        "data": None, "vault": None, "rejects": None,
    }  # fmt: skip
    lake.commit(draft, batch.model_copy(update=counts), batch, step)


def tokens_in_rows(rows: pa.Table) -> set[str]:
    """Every pseudonym in the columns of some rows, in running text too."""
    found: set[str] = set()
    for column in rows.columns:
        if pa.types.is_string(column.type):
            for text in pc.unique(column.drop_null()).to_pylist():
                found.update(match[0] for match in TOKEN.finditer(text))
    return found
