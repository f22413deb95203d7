"""A reject (退回行): a row that was not accepted, with its reason; what it holds is encrypted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from datasets.contract import Words
from datasets.key import Key
from datasets.reading import Code

WHY: dict[Code, Words] = {
    "missing": Words(zh="必填项为空", en="a required value is missing"),
    "not_a_date": Words(zh="不是可识别的日期", en="not a date that can be read"),
    "not_a_number": Words(zh="不是可识别的数字", en="not a number that can be read"),
    "not_allowed": Words(zh="不在允许的取值之内", en="not one of the allowed values"),
    "digits_lost": Words(zh="号码被表格软件改成科学计数，末尾数字已丢失", en="the spreadsheet turned it to 4.20111E+17: its last digits are gone"),
    "bad_form": Words(zh="号码位数或形式不对", en="an identifier of the wrong shape"),
    "duplicate_key": Words(zh="与本表前面一行的主键重复", en="the key of an earlier row of the same part"),
    "unknown_reference": Words(zh="对照表里没有这个名称", en="the name is not in the table it is looked up in"),
    "ambiguous_reference": Words(zh="对照表里有多个同名项", en="several entries of the looked-up table have this name"),
    "out_of_range": Words(zh="超出合理范围（日期须在1900至2100年，数字不可过大）", en="out of range (dates 1900 to 2100, numbers up to 16 digits)"),
    "diverted": Words(zh="依规不得录入平台，已另行转送", en="may not be entered here and was diverted"),
    "undecodable": Words(zh="文字编码或格式损坏，无法读取", en="broken encoding or form: cannot be read"),
}  # fmt: skip

SCHEMA = pa.schema([
    ("batch_id", pa.string()), ("table", pa.string()), ("source", pa.string()), ("file", pa.string()), ("sheet", pa.string()),
    ("row_no", pa.int64()), ("column", pa.string()), ("code", pa.string()), ("why_zh", pa.string()), ("why_en", pa.string()),
    ("value", pa.binary()), ("raw", pa.binary()), ("origin_batch", pa.string()), ("origin_row", pa.int64()),
])  # fmt: skip
"""`value` and `raw` (JSON list of [header, text]) are AES-GCM ciphertexts under the office's key. The origin is where a row that
was corrected in vain had been rejected before."""


@dataclass(frozen=True)
class Reject:
    """One faulty cell of a rejected row; a row with two faults has two. In clear only in memory."""

    row_no: int | None
    column: str | None
    code: Code
    value: str | None = None
    raw: tuple[tuple[str, str], ...] = ()
    origin: tuple[str, int] | None = None

    @classmethod
    def diverted(cls) -> "Reject":
        """A row that may not be entered: counted, and nothing of it kept."""
        return cls(None, None, "diverted")


def sealed_rejects(
    rejects: Sequence[Reject], key: Key, *, batch_id: str, table: str, source: str, file: str, sheet: str
) -> pa.Table:
    """The rejects of one batch as a table of SCHEMA, values and raw rows encrypted."""
    values = iter(key.encrypt(reject.value for reject in rejects if reject.value is not None))
    raws = iter(key.encrypt(json.dumps(reject.raw, ensure_ascii=False) for reject in rejects if reject.raw))
    number = len(rejects)
    columns = [
        [batch_id] * number,
        [table] * number,
        [source] * number,
        [file] * number,
        [sheet] * number,
        [reject.row_no for reject in rejects],
        [reject.column for reject in rejects],
        [reject.code for reject in rejects],
        [WHY[reject.code].zh for reject in rejects],
        [WHY[reject.code].en for reject in rejects],
        [None if reject.value is None else next(values) for reject in rejects],
        [next(raws) if reject.raw else None for reject in rejects],
        [reject.origin[0] if reject.origin else None for reject in rejects],
        [reject.origin[1] if reject.origin else None for reject in rejects],
    ]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)
