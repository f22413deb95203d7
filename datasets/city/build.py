"""`guantong city`: makes a county from a seed and writes its files, with the truth beside them."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from datasets.city import clean
from datasets.city.arrays import as_date
from datasets.city.city import live
from datasets.city.keys import give_out

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
    tell("keep the books", 0.4)
    keys = give_out(city)
    tables = clean.tables(city, keys)
    tell("write the files", 0.7)
    files = clean.write(tables, out / "files")
    report = CityReport(str(out), form, seed, as_date(city.last).isoformat(), files, {}, 0)
    (out / "city.json").write_text(
        json.dumps(asdict(report) | {"people": people, "years": years, "out": None}, ensure_ascii=False, indent=1) + "\n",
        encoding="utf-8",
    )
    tell("done", 1.0)
    return report
