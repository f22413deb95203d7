"""Sealing (封存): secrets become keyed pseudonyms before anything is written, and go encrypted into the vault."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from datasets.contract import Seal
from datasets.forms import PLAIN
from datasets.key import PREFIX, Key

TOKEN = re.compile(r"(rid|acc|tel|nam|dev)_[0-9a-f]{20}")
VAULT = pa.schema([("token", pa.string()), ("kind", pa.string()), ("ciphertext", pa.binary())])
_KIND_OF_PREFIX: dict[str, Seal] = {prefix: kind for kind, prefix in PREFIX.items()}


def kind_of(token: str) -> Seal | None:
    """The kind of secret a pseudonym stands for, by its prefix; None when this is no pseudonym."""
    return _KIND_OF_PREFIX[token[:4]] if TOKEN.fullmatch(token) else None


class Sealer:
    """Seals the columns of one batch, remembering every new secret for the vault.

    Values that are pseudonyms already stay as they are.
    """

    def __init__(self, key: Key) -> None:
        self.key = key
        self._tokens: dict[Seal, dict[str, str]] = {kind: {} for kind in PREFIX}
        self._secrets: dict[str, tuple[Seal, str]] = {}

    def one(self, kind: Seal, value: str) -> str:
        """The pseudonym of one value of this kind, which is made plain first where it has the shape."""
        known = self._tokens[kind]
        if value not in known:
            self._learn(kind, [value])
        return known[value]

    def column(self, kind: Seal, values: pa.Array) -> pa.Array:
        """A string array with every value replaced by its pseudonym; the work is done on the distinct values."""
        encoded = values.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        known = self._tokens[kind]
        self._learn(kind, [value for value in distinct if value not in known])
        sealed = pa.array([known[value] for value in distinct], pa.string())
        return pc.take(sealed, encoded.indices)

    def _learn(self, kind: Seal, values: list[str]) -> None:
        known, plain = self._tokens[kind], PLAIN[kind]
        fresh = []
        for value in values:
            if TOKEN.fullmatch(value):
                known[value] = value
            else:
                fresh.append((value, plain(value) or value))
        for (value, text), token in zip(fresh, self.key.tokens(kind, [text for _, text in fresh]), strict=True):
            known[value] = token
            self._secrets[token] = (kind, text)

    def vault(self) -> pa.Table:
        """token, kind, ciphertext of every secret met, in the order of their tokens."""
        ordered = sorted(self._secrets)
        return pa.table(
            [
                pa.array(ordered, pa.string()),
                pa.array([self._secrets[token][0] for token in ordered], pa.string()),
                pa.array(self.key.encrypt(self._secrets[token][1] for token in ordered), pa.binary()),
            ],
            schema=VAULT,
        )
