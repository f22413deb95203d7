"""Reading a truth file: what is known to be wrong, innocent or undecidable in a lake, in clear keys, by whoever planted it."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from datasets.city.truth import EXPLAINED, HEADER, PROBLEM, UNDECIDABLE
from datasets.contract import Contracts, Seal, subject_kinds
from datasets.forms import PLAIN
from datasets.key import Key
from datasets.strict_yaml import Mistake, Mistakes, did_you_mean

KINDS = (PROBLEM, EXPLAINED, UNDECIDABLE)
NEEDED = ("case_id", "kind", "rule", "subject_kind", "subject")
Evidence = frozenset[tuple[str, str]]
"""(table, key) of rows; the parts of a key of several columns are joined by |."""


@dataclass(frozen=True)
class Known:
    """One case of a truth file, its secrets already turned into the lake's pseudonyms."""

    case_id: str
    kind: str
    rule: str
    subject_kind: str
    subject: str
    unit: str
    stream: str
    office: str
    evidence: Evidence


def read_truth(path: Path, contracts: Contracts, key: Key) -> list[Known]:
    """Read `truth.csv` (columns of datasets.city.truth.HEADER; evidence as `table:key|key;table:key`).

    Returns the cases in the file's order. Raises Mistakes, with every faulty line, when the file is missing, lacks
    a needed column, repeats a case, or names an unknown kind, subject kind or table.
    """
    seals = _Seals(contracts, key)
    faults: list[Mistake] = []
    cases: list[Known] = []
    met: set[str] = set()
    for line, row in _rows(path):
        problem = _fault(row, seals, met)
        if problem:
            faults.append(Mistake(str(path), line, 1, *problem))
            continue
        met.add(row["case_id"])
        cases.append(_known(row, seals))
    if faults:
        raise Mistakes(faults)
    return cases


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            header = reader.fieldnames or []
            if missing := [name for name in NEEDED if name not in header]:
                raise Mistakes([Mistake(str(path), 1, 1, f"lacks column {name}", did_you_mean(name, header)) for name in missing])
            for row in reader:
                yield reader.line_num, {name: row.get(name) or "" for name in HEADER}
    except OSError as error:
        raise Mistakes([Mistake(str(path), 1, 1, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise Mistakes([Mistake(str(path), 1, 1, "is not UTF-8 text")]) from error


def _fault(row: Mapping[str, str], seals: "_Seals", met: set[str]) -> tuple[str, str] | None:
    if row["kind"] not in KINDS:
        return f"kind {row['kind']!r} is none of {', '.join(KINDS)}", did_you_mean(row["kind"], KINDS)
    if row["subject_kind"] not in seals.kinds:
        return f"unknown kind of subject {row['subject_kind']!r}", did_you_mean(row["subject_kind"], seals.kinds)
    if row["case_id"] in met or not row["case_id"]:
        return f"case_id {row['case_id']!r} is empty or stands above already", ""
    for table, _ in _parts(row["evidence"]):
        if table not in seals.contracts:
            return f"evidence names unknown table {table!r}", did_you_mean(table, seals.contracts)
    return None


def _known(row: Mapping[str, str], seals: "_Seals") -> Known:
    return Known(
        case_id=row["case_id"], kind=row["kind"], rule=row["rule"], subject_kind=row["subject_kind"],
        subject=seals.subject(row["subject_kind"], row["subject"]), unit=row["unit"], stream=row["stream"], office=row["office"],
        evidence=frozenset((table, seals.key_of(table, key)) for table, key in _parts(row["evidence"])),
    )  # fmt: skip


def _parts(text: str) -> list[tuple[str, str]]:
    """(table, key) of an evidence text; keys of several columns write their parts with `+`."""
    found = []
    for group in filter(None, text.split(";")):
        table, _, keys = group.partition(":")
        found += [(table.strip(), key.strip()) for key in keys.split("|") if key.strip()]
    return found


class _Seals:
    """Turns clear keys into what the lake holds."""

    def __init__(self, contracts: Contracts, key: Key) -> None:
        self.contracts = contracts
        self.kinds = subject_kinds(contracts)
        self._key = key

    def subject(self, kind: str, value: str) -> str:
        table, column = self.kinds[kind]
        return self._sealed(self.contracts[table].columns[column].seal, value)

    def key_of(self, table: str, key: str) -> str:
        columns = self.contracts[table].key
        values = key.split("+") if len(columns) > 1 else [key]
        seals = [self.contracts[table].columns[name].seal for name in columns]
        return "|".join(self._sealed(seal, value) for seal, value in zip(seals, values, strict=False))

    def _sealed(self, seal: Seal | None, value: str) -> str:
        return value if seal is None else self._key.token(seal, PLAIN[seal](value) or value)
