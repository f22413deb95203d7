"""Arrow columns from the ledgers' whole numbers: texts by number, money, areas, days, seconds, yes and no."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datasets.city.arrays import NONE, Bools, Ints, Texts

Column = Any
"""A pyarrow array (pyarrow brings no types)."""


def blank(values: Ints) -> Bools:
    return np.asarray(values == NONE)


def words_at(words: Texts | Sequence[str], at: Ints) -> Column:
    """The word at each number; NONE and the empty word become null."""
    pool = pa.array([str(word) or None for word in words] if not isinstance(words, np.ndarray) else words.tolist(), pa.string())
    return pool.take(pa.array(np.maximum(at, 0), mask=blank(at)))


def texts_of(values: Texts) -> Column:
    """Texts as they are; the empty one becomes null."""
    column = pa.array(values.tolist(), pa.string())
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _decimal(values: Ints, scale: int) -> Column:
    halves = np.empty((len(values), 2), dtype=np.int64)
    halves[:, 0] = np.where(blank(values), 0, values)
    halves[:, 1] = halves[:, 0] >> 63
    null = pa.array(np.zeros(len(values), dtype=np.int8), mask=blank(values))
    return pa.Array.from_buffers(pa.decimal128(18, scale), len(values), [null.buffers()[0], pa.py_buffer(halves)])


def money(cents: Ints) -> Column:
    return _decimal(cents, 2)


def quantity(parts: Ints) -> Column:
    """Ten-thousandths as a decimal."""
    return _decimal(parts, 4)


def days(values: Ints) -> Column:
    return pa.array(np.where(blank(values), 0, values).astype(np.int32), pa.int32(), mask=blank(values)).cast(pa.date32())


def seconds(values: Ints) -> Column:
    return (
        pa.array(np.where(blank(values), 0, values), pa.int64(), mask=blank(values))
        .cast(pa.timestamp("s"))
        .cast(pa.timestamp("us"))
    )


def flags(values: Ints | Bools) -> Column:
    """Yes for 1, no for 0, null for NONE."""
    return pa.array(np.asarray(values == 1), mask=np.asarray(values == NONE))


def whole(values: Ints) -> Column:
    return pa.array(np.where(blank(values), 0, values), pa.int64(), mask=blank(values))


def numbered(prefix: str, numbers: Ints, width: int) -> Column:
    """Keys such as PAY00000012 from whole numbers; NONE becomes null."""
    digits = pc.utf8_lpad(whole(numbers).cast(pa.string()), width, "0")
    return joined(prefix, digits)


def joined(*parts: Column | str) -> Column:
    """Texts put together row by row; null where any part is null."""
    scalars = [pa.scalar(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*scalars, "")


def constant(value: str | int | None, count: int, kind: pa.DataType | None = None) -> Column:
    return pa.array(np.zeros(0), kind or pa.string()) if not count else pa.repeat(pa.scalar(value, kind), count)


def chosen(mask: Bools, yes: Column | str, no: Column | str | None) -> Column:
    other = pa.scalar(None, pa.string()) if no is None else no
    return pc.if_else(pa.array(mask), yes, other)


def as_numpy(column: Column) -> Texts:
    """A text column as a numpy array, nulls as empty texts."""
    return np.array([value or "" for value in column.to_pylist()], dtype=np.str_)


def as_column(values: Texts) -> Column:
    """Texts as an Arrow column, as they are."""
    return pa.array(values.tolist(), pa.string())
