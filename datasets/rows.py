"""Sealing rows: the typed values of a table's columns, in clear -> the same with every secret replaced."""

import pyarrow as pa
import pyarrow.compute as pc

from datasets.contract import Contract
from datasets.forms import RESIDENT_ID, id_problem, is_credit_code, plain_resident_id
from datasets.free_text import TextSealer, words
from datasets.key import Key
from datasets.lake import Lake
from datasets.lookup import current_rows
from datasets.mapping import FREE_TEXT, HOLDER
from datasets.sealing import TOKEN, Sealer
from datasets.vault import secrets

Values = dict[str, pa.Array]
_SUSPECT = r"[0-9][0-9 \-]{9,}"


class RowSealer:
    """Seals the rows of one batch and keeps what the batch's vault must hold."""

    def __init__(self, lake: Lake, key: Key, contract: Contract) -> None:
        self._lake, self._key, self._contract = lake, key, contract
        self._sealer = Sealer(key)
        self._names: set[str] | None = None
        self._kept: set[str] = set()

    def seal(self, values: Values) -> Values:
        """The rows with pseudonyms in place of secrets; columns that are made at import are filled."""
        sealed = dict(values)
        texts = self._texts(values)
        for name, column in self._contract.columns.items():
            if (self._contract.table, name) == HOLDER[:2]:
                sealed[name] = self._holders(values[name], values[HOLDER[2]])
            elif column.seal:
                sealed[name] = self._sealer.column(column.seal, values[name])
            elif column.type == "text" and not column.allowed:
                sealed[name] = self._text(texts, name, values[name])
        if self._contract.table == "person":
            sealed["id_problem"] = _problems(values["person_id"], values["id_problem"])
        return sealed

    def vault(self) -> pa.Table:
        """token, kind, ciphertext of every secret of the batch."""
        return self._sealer.vault()

    def _texts(self, values: Values) -> TextSealer:
        if self._contract.table not in FREE_TEXT:
            return TextSealer(self._sealer)
        if self._names is None:
            self._names = set(secrets(self._lake, self._key, "person_name").values())
            for table, kept in words().keep.items():
                if table in self._lake.contracts:
                    self._kept |= {row[kept] for row in current_rows(self._lake, table, [kept])}
        for name, column in self._contract.columns.items():
            if column.seal == "person_name":
                self._names |= set(pc.unique(values[name].drop_null()).to_pylist())
        return TextSealer(self._sealer, self._names, self._kept)

    def _text(self, texts: TextSealer, name: str, column: pa.Array) -> pa.Array:
        free = name in FREE_TEXT.get(self._contract.table, ())
        if not free and not pc.any(pc.match_substring_regex(column, _SUSPECT)).as_py():
            return column
        about = self._contract.columns[name]
        key = name in self._contract.key or about.refers is not None
        encoded = column.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        sealed = [texts.text(text) if free else texts.other(text, key=key) for text in distinct]
        return pc.take(pa.array(sealed, pa.string()), encoded.indices)

    def _holders(self, holders: pa.Array, kinds: pa.Array) -> pa.Array:
        """A person's id is sealed; a firm's code stays, unless it is plainly a resident id under the wrong kind."""

        def one(holder: str, kind: str) -> str:
            plain = plain_resident_id(holder)
            certain = plain is not None and id_problem(plain) is None and not is_credit_code(plain)
            if kind == "person" and not (is_credit_code(holder) and not RESIDENT_ID.fullmatch(holder)):
                return self._sealer.one("resident_id", plain or holder)
            return self._sealer.one("resident_id", plain) if plain and certain else holder

        pairs = zip(holders.to_pylist(), kinds.to_pylist(), strict=True)
        return pa.array([one(holder, kind) for holder, kind in pairs], pa.string())


def _problems(ids: pa.Array, given: pa.Array) -> pa.Array:
    """What is wrong with each person's id number; where it came sealed already, what the record says."""
    found = [
        said if TOKEN.fullmatch(value) else id_problem(value)
        for value, said in zip(ids.to_pylist(), given.to_pylist(), strict=True)
    ]
    return pa.array(found, pa.string())
