"""The vault (保险库): the way back from a pseudonym to the secret, for those who hold the key."""

from collections.abc import Iterable

import duckdb

from datasets.contract import Seal
from datasets.key import Key
from datasets.lake import Lake


def reveal(lake: Lake, key: Key, tokens: Iterable[str]) -> dict[str, str]:
    """Pseudonym -> the secret, for those of the pseudonyms that a living batch brought. Raises KeyProblem for a wrong key."""
    wanted = sorted(set(tokens))
    return _open(lake, key, "token IN (SELECT unnest($tokens))", {"tokens": wanted}) if wanted else {}


def secrets(lake: Lake, key: Key, kind: Seal) -> dict[str, str]:
    """Every secret of one kind by its pseudonym. Raises KeyProblem for a wrong key."""
    return _open(lake, key, "kind = $kind", {"kind": kind})


def _open(lake: Lake, key: Key, condition: str, bound: dict[str, object]) -> dict[str, str]:
    with lake.lock("commit", shared=True), duckdb.connect() as con:  # a batch that grows replaces its files
        files = [str(lake.folder / batch.vault) for batch in lake.living() if batch.vault]
        if not files:
            return {}
        sql = f"SELECT token, any_value(ciphertext) FROM read_parquet($files) WHERE {condition} GROUP BY token"  # noqa: S608 ours
        con.execute(sql, {"files": files, **bound})
        found = con.fetchall()
    key = key.at(lake.folder)
    return {token: key.decrypt(sealed) for token, sealed in found}
