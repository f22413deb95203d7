"""Keys seen (主键查重): of two rows of one part with the same key the later one is a duplicate."""

from collections.abc import Sequence
from types import TracebackType

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from datasets.check import Checked, joined


class Seen:
    """The keys of the part that is being read, as 128-bit hashes in memory (never spilled: keys may be secrets)."""

    def __init__(self) -> None:
        """`con` is a database in memory, which an import may use for other questions too."""
        self.con = duckdb.connect(config={"temp_directory": ""})

    def __enter__(self) -> "Seen":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.con.close()

    def forget(self) -> None:
        """Start over, for another part."""
        self.con.execute("CREATE OR REPLACE TABLE seen (hash UHUGEINT)")

    def again(self, checked: Checked, key: Sequence[str], good: pa.Array) -> pa.Array:
        """Which of the good rows have a key that an earlier good row has; the others' keys are remembered."""
        places = pa.array(range(checked.rows), pa.int64())
        keys = joined({name: checked.values[name] for name in key})
        self.con.register("fresh", pa.table({"place": places.filter(good), "key": keys.filter(good)}))
        self.con.execute("CREATE OR REPLACE TEMP TABLE hashed AS SELECT place, md5_number(key) AS hash FROM fresh")
        self.con.unregister("fresh")
        found = self.con.execute(
            "SELECT place FROM hashed QUALIFY row_number() OVER (PARTITION BY hash ORDER BY place) > 1"
            " UNION SELECT place FROM hashed SEMI JOIN seen USING (hash)"
        ).fetchall()
        self.con.execute("INSERT INTO seen SELECT DISTINCT hash FROM hashed ANTI JOIN seen USING (hash)")
        return pc.is_in(places, pa.array([place for (place,) in found], pa.int64()))
