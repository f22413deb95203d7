"""Mapping (映射): how the cells of a part become the columns of its table, as its source says."""

from collections.abc import Callable
from functools import partial

import pyarrow as pa

from datasets import reading
from datasets.check import Checked, Chunk, Read, check_column, complete, joined
from datasets.contract import Column, Contract, Seal
from datasets.forms import PLAIN
from datasets.header import Header
from datasets.key import Key
from datasets.lookup import Lookups
from datasets.sealing import TOKEN
from datasets.source import Rule, Source

FREE_TEXT: dict[str, tuple[str, ...]] = {
    "ticket": ("title", "body", "place", "reply"),
    "ticket_flow": ("reason",),
    "external_lead": ("matter",),
}
"""Columns of running text: punctuation stays, and names of persons in it are sealed."""

HOLDER = ("shareholding", "holder_id", "holder_kind")
"""The one column that holds a person's id or a firm's code; which of them is in the third."""

_SCALED: dict[str, Callable[[str, int], object]] = {
    "money": reading.read_money, "quantity": reading.read_quantity, "integer": reading.read_integer, "number": reading.read_number,
}  # fmt: skip
_READ: dict[str, Read] = {"date": reading.read_date, "timestamp": reading.read_timestamp, "boolean": reading.read_boolean}


def reader(contract: Contract, name: str, rule: Rule | None, times: int = 1) -> Read:
    """What turns one cell's text into a value of this column, under a source's rule (None: the clean form)."""
    column = contract.columns[name]
    clean = reading.plain_text if name in FREE_TEXT.get(contract.table, ()) else reading.plain
    spelled = {reading.plain(key) or key: _spelled(value) for key, value in rule.values.items()} if rule else {}
    otherwise = rule.otherwise or ("refuse" if spelled else "keep") if rule else "keep"
    default = _spelled(rule.default) if rule and rule.default is not None else None
    form = rule.form if rule else None

    def read(text: str) -> object:
        value = clean(text) or default
        if value is None:
            return None
        if spelled and value in spelled:
            value = spelled[value]
        elif spelled and otherwise != "keep":
            if otherwise == "empty":
                return None
            raise reading.Unreadable("not_allowed")
        return _typed(contract, name, column, value, times, form)

    return read


def verbatim(contract: Contract, name: str, rule: Rule | None) -> bool:
    """Whether a tidy text is its own value here: no spelling, name, code or period is made of it."""
    if rule and (rule.values or rule.lookup or rule.hash or rule.form or rule.default is not None):
        return False
    return not (name in ("period", "enterprise_id") or contract.columns[name].refers == "enterprise.enterprise_id")


def _spelled(value: str | float | bool) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _typed(contract: Contract, name: str, column: Column, value: str, times: int, form: str | None) -> object:
    if column.type in _SCALED:
        return _SCALED[column.type](value, times)
    if column.type != "text":
        forever = column.null_means == "none" and value in reading.FOREVER
        return None if forever else _READ[column.type](value)
    if reading.DIGITS_LOST.fullmatch(value):
        raise reading.Unreadable("digits_lost")
    if column.seal and (contract.table, name) != HOLDER[:2]:
        return _shaped(column.seal, value)
    if column.allowed and value not in column.allowed:
        raise reading.Unreadable("not_allowed")
    if form == "period" or (form is None and name == "period"):
        return reading.read_period(value)
    if form == "credit_code" or column.refers == "enterprise.enterprise_id" or name == "enterprise_id":
        return _credit_code(value, certain=form == "credit_code")
    return _shaped(form, value) if form in PLAIN else value


def _shaped(kind: Seal | str, value: str) -> str:
    if TOKEN.fullmatch(value):
        return value
    found = PLAIN[kind](value)  # type: ignore[index]
    if found is None:
        raise reading.Unreadable("bad_form")
    return found


def _credit_code(value: str, *, certain: bool) -> str:
    code = value.replace(" ", "").upper()
    # foreign registers have other shapes: only what plainly tries to be a Chinese code is held to its 18 characters
    tries = code[:1] == "9" and 15 < len(code) < 21 and code.isalnum()
    if (certain or tries) and not (len(code) == 18 and code.isalnum() and code.isascii()):
        raise reading.Unreadable("bad_form")
    return code if certain or tries else value


class Mapping:
    """One source laid over one sheet's header: `check(chunk)` gives the typed values of the table's columns."""

    def __init__(self, contract: Contract, source: Source, header: Header, lookups: Lookups, key: Key) -> None:
        self.contract, self._source, self._header = contract, source, header
        self._lookups, self._key = lookups, key

    def check(self, chunk: Chunk) -> Checked:
        """Read every column of the table from a chunk of raw cells."""
        checked = Checked(chunk.rows)
        # a key hashed from other cells is made last, of their values: the same row spelled otherwise has the same key
        for name, rule in sorted(self._source.columns.items(), key=lambda item: bool(item[1].hash)):
            column = self.contract.columns[name]
            cells, read = self._hash_parts(chunk, checked, rule) if rule.hash else self._cells(chunk, name, rule)
            if cells is not None:
                check_column(checked, name, column, cells, read, verbatim=verbatim(self.contract, name, rule))
        complete(checked, self.contract)
        return checked

    def _cells(self, chunk: Chunk, name: str, rule: Rule) -> tuple[pa.Array | None, Read]:
        plain_reader = reader(self.contract, name, rule)
        if rule.const is not None:
            return pa.repeat(pa.scalar(_spelled(rule.const)), chunk.rows), plain_reader
        index = self._header.index(rule.headers)
        if index is None:
            return (
                pa.nulls(chunk.rows, pa.string()) if rule.default is None else pa.repeat(pa.scalar(""), chunk.rows)
            ), plain_reader
        if rule.lookup:
            return self._looked_up(chunk, rule, chunk.columns[index])
        return chunk.columns[index], reader(self.contract, name, rule, self._header.times(index, rule))

    def _hash_parts(self, chunk: Chunk, checked: Checked, rule: Rule) -> tuple[pa.Array | None, Read]:
        cells = {}
        for header in rule.hash:
            read_as = next((name for name, other in self._source.columns.items() if header in other.headers), None)
            found = checked.values.get(read_as) if read_as else self._column(chunk, (header,))
            if found is not None:
                cells[header] = found
        return (joined(cells) if cells else None), self._hashed

    def _column(self, chunk: Chunk, spellings: tuple[str, ...]) -> pa.Array | None:
        """The cells under a header, also under another spelling that one of the columns lists."""
        index = self._header.index(spellings)
        if index is None:
            others = next((rule.headers for rule in self._source.columns.values() if spellings[0] in rule.headers), ())
            index = self._header.index(others)
        return None if index is None else chunk.columns[index]

    def _hashed(self, text: str) -> str | None:
        parts = [reading.plain(part) or "" for part in text.split("\x1f")]
        return "h_" + self._key.digest("row", "\x1f".join(parts))[:16] if any(parts) else None

    def _looked_up(self, chunk: Chunk, rule: Rule, cells: pa.Array) -> tuple[pa.Array, Read]:
        """A lookup depends on the name and on the cells that narrow it: they are joined to one text."""
        inner = {column: item for column, item in rule.within.items() if isinstance(item, Rule)}
        parts = {"": cells}
        for column, item in inner.items():
            found = self._column(chunk, item.headers)
            parts[column] = pa.nulls(chunk.rows, pa.string()) if found is None else found
        return joined(parts), partial(self._find, rule, inner)

    def _find(self, rule: Rule, inner: dict[str, Rule], text: str) -> str | None:
        name, *others = text.split("\x1f")
        value = reading.plain(name)
        if value is None:
            return None if rule.default is None else _spelled(rule.default)
        if value in rule.values:
            return _spelled(rule.values[value])
        within: dict[str, str | None] = {column: item for column, item in rule.within.items() if isinstance(item, str)}
        for (column, item), other in zip(inner.items(), others, strict=True):
            within[column] = self._find_inner(item, other)
        assert rule.lookup is not None
        return self._lookups.of(rule.lookup).find(value, within)

    def _find_inner(self, rule: Rule, text: str) -> str | None:
        value = reading.plain(text)
        if value is None:
            return None
        value = _spelled(rule.values.get(value, value))
        return self._lookups.of(rule.lookup).find(value, {}) if rule.lookup else value


class Clean:
    """The clean form: columns have the table's own names, types are native or text."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract

    def check(self, chunk: Chunk) -> Checked:
        """Read every column of the table from a chunk of the clean form."""
        checked = Checked(chunk.rows)
        for name, cells in zip(chunk.headers, chunk.columns, strict=True):
            if name in self.contract.columns:
                read, tidy = reader(self.contract, name, None), verbatim(self.contract, name, None)
                check_column(checked, name, self.contract.columns[name], cells, read, verbatim=tidy)
        complete(checked, self.contract)
        return checked
