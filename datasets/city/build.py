"""`guantong city`: makes a county from a seed and writes its files, with the truth beside them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from datasets.city import clean
from datasets.city.arrays import as_date
from datasets.city.city import City, live
from datasets.city.keys import give_out
from datasets.city.ledger_of_truth import sealed_values, truth_rows, write_csv, write_truth
from datasets.city.noise import disturb
from datasets.city.plant.all import plant_all

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
    Raises ValueError on other arguments, OSError when `out` cannot be written.
    """
    if form not in FORMS:
        raise ValueError(f"form is one of {', '.join(FORMS)}, not {form!r}")
    if people < 1000 or not 1 <= years <= 10:
        raise ValueError("a city has 1000 people or more and 1 to 10 years")
    tell = progress or (lambda step, share: None)
    tell("people the county", 0.0)
    city = live(seed, people, years)
    tell("plant the cases", 0.2)
    plant_all(city)
    disturb(city)
    tell("keep the books", 0.3)
    out.mkdir(parents=True, exist_ok=True)
    if form == "clean":
        _turn_away(city)
    keys = give_out(city)
    tables = clean.tables(city, keys)
    tell("write the files", 0.5)
    files, damage = clean.write(tables, out / "files"), 0
    known = truth_rows(city, keys)
    truth = write_truth(known, out / "truth.csv")
    write_csv(out / "sealed.csv", ("kind", "value"), sealed_values(city, tables))
    write_csv(out / "damage.csv", ("file", "sheet", "row_no", "column", "code"), [])
    write_csv(out / "files.csv", ("file", "rows"), sorted(files.items()))
    report = CityReport(str(out), form, seed, as_date(city.last).isoformat(), files, truth, damage)
    told = {"seed": seed, "people": people, "years": years, "form": form, "as_of": report.as_of, "truth": truth, "damage": damage}
    (out / "city.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    tell("done", 1.0)
    return report


def _turn_away(city: City) -> None:
    """The clean form is what is left after the door: accusations that may not be entered are not in it."""
    book = city.desk.tickets
    book["alive"][book["diverted"] == 1] = 0
