"""`guantong city`: makes a county from a seed and writes its files, with the truth beside them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datasets.city import clean
from datasets.city.arrays import as_date
from datasets.city.city import City, live
from datasets.city.keys import Keys, give_out
from datasets.city.ledger_of_truth import truth_rows, write_csv, write_truth
from datasets.city.messy import write as messy
from datasets.city.messy.write import Written
from datasets.city.noise import disturb
from datasets.city.plant.all import plant_all
from datasets.city.sealed import sealed_values
from datasets.contract import read_contracts

FORMS = ("messy", "clean")
Progress = Callable[[str, float], None]
"""Told of each step: its name and the share of the whole that is done."""


@dataclass(frozen=True)
class CityReport:
    """What was written: rows of every file, truth rows of every kind, damaged cells."""

    out: str
    form: str
    seed: int
    as_of: str
    files: dict[str, int]
    truth: dict[str, int]
    damage: int


def build(seed: int, people: int, years: int, out: Path, form: str, progress: Progress | None = None) -> CityReport:
    """Make the city of a seed and write it below `out`; the same arguments write the same bytes.

    `people` >= 1000 and `years` >= 1; `form` is `messy` (the files offices send) or `clean` (one Parquet file a table).
    Raises ValueError on other arguments and when `out` holds another city, OSError when it cannot be written.
    """
    if form not in FORMS:
        raise ValueError(f"form is one of {', '.join(FORMS)}, not {form!r}")
    if people < 1000 or not 1 <= years <= 10:
        raise ValueError("a city has 1000 people or more and 1 to 10 years")
    _empty(out, {"seed": seed, "people": people, "years": years, "form": form})
    tell = progress or (lambda step, share: None)
    tell("people the county", 0.0)
    city = live(seed, people, years)
    tell("plant the cases", 0.2)
    plant_all(city)
    disturb(city)
    tell("keep the books", 0.3)
    out.mkdir(parents=True, exist_ok=True)
    keys, diverted = _keys(city, form)
    tables = clean.tables(city, keys)
    tell("write the files", 0.5)
    if form == "clean":
        sent = Written(
            [(name, "", name.removesuffix(".parquet"), rows) for name, rows in sorted(clean.write(tables, out / "files").items())]
        )
    else:
        sent = messy.write(tables, out / "files", seed, diverted, lambda share: tell("write the files", 0.5 + share * 0.45))
    known = truth_rows(city, keys)
    truth = write_truth(known, out / "truth.csv")
    write_csv(out / "sealed.csv", ("kind", "value"), sealed_values(tables, read_contracts()))
    damage = write_csv(out / "damage.csv", ("file", "sheet", "row_no", "column", "code"), sent.damage)
    write_csv(out / "files.csv", ("file", "sheet", "table", "rows"), sent.files)
    report = CityReport(str(out), form, seed, as_date(city.last).isoformat(), sent.by_file, truth, damage)
    told = {"seed": seed, "people": people, "years": years, "form": form, "as_of": report.as_of, "truth": truth, "damage": damage}
    (out / "city.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    tell("done", 1.0)
    return report


def _empty(out: Path, wanted: dict[str, object]) -> None:
    """Two cities in one folder would be imported as one."""
    told = out / "city.json"
    if told.exists() and any(json.loads(told.read_text(encoding="utf-8")).get(name) != value for name, value in wanted.items()):
        raise ValueError(f"{out} holds another city")


def _keys(city: City, form: str) -> tuple[Keys, frozenset[str]]:
    """The keys of all records, and the tickets that may not be entered.

    The clean form is what is left after the door: those tickets have had their numbers, but are not in it.
    """
    keys, book = give_out(city), city.desk.tickets
    turned_away = (book["diverted"] == 1) & (book["alive"] == 1)
    diverted = frozenset(keys.tickets(np.flatnonzero(turned_away)).to_pylist())
    if form == "clean":
        book["alive"][turned_away] = 0
    return keys, diverted
