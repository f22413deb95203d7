"""Keys seen (主键查重): of two rows of one part with the same key the later one is a duplicate."""

from types import TracebackType

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from datasets.check import Checked, joined
from datasets.contract import Contract


class Seen:
    """The keys of one part so far, as 128-bit hashes in memory (never spilled: keys may be secrets)."""

    def __init__(self, contract: Contract) -> None:
        self._key = contract.key
        self._con = duckdb.connect(config={"temp_directory": ""})
        self._con.execute("CREATE TABLE seen (hash UHUGEINT)")

    def __enter__(self) -> "Seen":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._con.close()

    def again(self, checked: Checked, good: pa.Array) -> pa.Array:
        """Which of the good rows have a key that an earlier good row has; the others' keys are remembered."""
        keys = joined({name: checked.values[name] for name in self._key})
        rows = pa.table({"place": pa.array(range(checked.rows), pa.int64()).filter(good), "key": keys.filter(good)})
        self._con.register("fresh", rows)
        self._con.execute("CREATE OR REPLACE TEMP TABLE hashed AS SELECT place, md5_number(key) AS hash FROM fresh")
        self._con.unregister("fresh")
        found = self._con.execute(
            "SELECT place FROM hashed QUALIFY row_number() OVER (PARTITION BY hash ORDER BY place) > 1"
            " UNION SELECT place FROM hashed SEMI JOIN seen USING (hash)"
        ).fetchall()
        self._con.execute("INSERT INTO seen SELECT DISTINCT hash FROM hashed ANTI JOIN seen USING (hash)")
        again = pa.array([place for (place,) in found], pa.int64())
        return pc.is_in(pa.array(range(checked.rows), pa.int64()), again)
