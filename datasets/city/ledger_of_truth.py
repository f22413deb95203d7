"""Writes truth.csv and the other lists beside the city's files."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from datasets.city.arrays import NONE, Ints
from datasets.city.city import City
from datasets.city.columns import Column, numbered, words_at
from datasets.city.keys import PAPERS, Keys
from datasets.city.register_keys import REGISTER_KEYS
from datasets.city.truth import EXPLAINED, HEADER, PROBLEM, UNDECIDABLE, Case


def _column(city: City, keys: Keys, table: str, rows: Ints) -> Column:
    """Keys of rows of a table as they stand in the files."""
    if table == "subsidy_payment":
        return keys.payments(rows)
    if table == "land_claim":
        return keys.claims(rows)
    if table == "tender":
        return keys.tenders(rows)
    if table == "bid":
        return keys.bids(rows)
    if table in ("ticket", "matter"):
        return keys.tickets(rows)
    if table in PAPERS:
        return keys.papers(table, rows)
    if table == "cluster":
        return numbered("RING", rows + 1, 4)
    if table == "debarment":
        return numbered("DB", rows + 1, 5)
    if table in REGISTER_KEYS:
        return REGISTER_KEYS[table](city, rows)
    texts = {
        "person": city.folk.ident,
        "account": city.folk.account,
        "enterprise": city.firms.code,
        "unit": city.bodies.code,
        "village": city.places.code,
    }
    return words_at(texts[table], rows)


def truth_rows(city: City, keys: Keys) -> list[dict[str, str]]:
    """The truth as rows of texts, in the order of rules and keys."""
    cases = city.truth.cases
    wanted: dict[str, set[int]] = {}
    for case in cases:
        wanted.setdefault(case.subject_kind, set()).add(case.subject)
        for table, rows in case.evidence:
            wanted.setdefault(table, set()).update(rows)
    named = {}
    for table, numbers in wanted.items():
        order = sorted(numbers)
        named[table] = dict(zip(order, _column(city, keys, table, np.array(order)).to_pylist(), strict=True))
    out = [_row(city, case, named) for case in cases]
    out.sort(key=lambda row: (row["rule"], row["kind"] != "problem", row["kind"], row["subject"], row["unit"], row["evidence"]))
    count: dict[str, int] = {}
    for row in out:
        count[row["rule"]] = count.get(row["rule"], 0) + 1
        row["case_id"] = f"{row['rule']}-{count[row['rule']]:05d}"
    return out


def _row(city: City, case: Case, named: dict[str, dict[int, str]]) -> dict[str, str]:
    # what was taken back after the case was written has no key
    proof = [
        (table, sorted({str(key) for row in rows if (key := named[table][row]) is not None})) for table, rows in case.evidence
    ]
    evidence = ";".join(f"{table}:{'|'.join(keys)}" for table, keys in proof if keys)
    return {
        "case_id": "", "kind": case.kind, "rule": case.rule, "subject_kind": case.subject_kind, "subject": str(named[case.subject_kind][case.subject]),
        "unit": "" if case.unit == NONE else str(city.bodies.code[case.unit]), "area": "" if case.area == NONE else str(city.places.code[case.area]),
        "stream": case.stream, "office": case.office, "evidence": evidence, "amount": "" if case.cents == NONE else f"{case.cents / 100:.2f}",
        "near": str(case.near).lower(), "note": case.note,
    }  # fmt: skip


def write_truth(rows: Sequence[Mapping[str, str]], path: Path) -> dict[str, int]:
    """Write truth.csv; returns rows by kind."""
    write_csv(path, HEADER, ([row[name] for name in HEADER] for row in rows))
    return {kind: sum(row["kind"] == kind for row in rows) for kind in (PROBLEM, EXPLAINED, UNDECIDABLE)}


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write UTF-8 CSV; returns the number of rows."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            written += 1
    return written
