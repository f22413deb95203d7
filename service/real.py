"""Public real records through the ordinary path: import, run, and the figures of what came of it.

Each set has a home of its own below `<home>/real/` and runs in a process of its own, so that its
peak of memory is its own too. Nothing special is done for them: sources, book and pipeline are the usual ones.
"""

import resource
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from pydantic import BaseModel

from service.desk import Desk
from service.errors import Trouble
from service.outcome import Outcome
from service.pipeline import run, take_in
from service.real_sets import FOLDER, RealSets, real_sets
from service.settings import Settings
from service.steps import Watch, silent
from service.words import either, speak, spoken

Value = str | int | float | None


class Told(BaseModel):
    """A figure: its values and the sentence they fill."""

    values: dict[str, Value]
    says: str


class RealResult(BaseModel):
    """What came of one set. rows = accepted + rejected; `current` counts the newest version of each key."""

    name: str
    title: str
    missing: list[str] = []
    failed: str | None = None
    already_here: bool = False
    """Whether all files had been imported by an earlier call: the seconds are those of finding that out."""
    files: int = 0
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    codes: dict[str, int] = {}
    current: dict[str, int] = {}
    figures: dict[str, Told] = {}
    outcome: Outcome | None = None
    import_seconds: float = 0
    run_seconds: float = 0
    peak_mb: int = 0
    """Most memory of the process and, added, of its largest child (the reasoner)."""


def run_sets(
    settings: Settings, data: Path, now: datetime, names: Sequence[str] = (), *, fresh: bool = False, watch: Watch = silent
) -> list[RealResult]:
    """Run the named sets (default: all) that have files below `data`; a set without any is left out.

    `fresh` removes what earlier calls made of a set first. A set whose process dies is reported as failed.
    """
    sets = real_sets()
    wanted = [name for name in names or sets.sets if sets.paths(name, data)]
    results = []
    for done, name in enumerate(wanted):
        watch(either(sets.sets[name].title), done, len(wanted))
        results.append(_apart(settings, data, name, now, fresh))
    return results


def own(settings: Settings, name: str) -> Settings:
    """The settings of a set: a home and a database of its own, and the sources for it."""
    home = settings.home / "real" / name
    return replace(settings, home=home, database_url=f"sqlite:///{home / 'guantong.db'}", book=(*settings.book, FOLDER))


def _apart(settings: Settings, data: Path, name: str, now: datetime, fresh: bool) -> RealResult:
    home = own(settings, name).home
    if fresh and home.is_dir():
        shutil.rmtree(home)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        try:
            return process.submit(_run_or_tell, settings, data, name, now, spoken()).result()
        except BrokenProcessPool as broken:
            return RealResult(name=name, title=either(real_sets().sets[name].title), failed=str(broken))


def _run_or_tell(settings: Settings, data: Path, name: str, now: datetime, lang: str) -> RealResult:
    try:
        return run_set(settings, data, name, now, lang)
    except Trouble as trouble:  # carries words of its own, which do not travel between processes
        return RealResult(name=name, title=either(real_sets().sets[name].title), failed=str(trouble))


def run_set(settings: Settings, data: Path, name: str, now: datetime, lang: str) -> RealResult:
    """Import and run one set in this process, in its own home below that of the settings."""
    speak(lang)
    sets, settings = real_sets(), own(settings, name)
    settings.home.mkdir(parents=True, exist_ok=True)
    with Desk(settings, clock=lambda: now) as desk:
        begun = perf_counter()
        report = take_in(desk, sets.paths(name, data))
        imported = perf_counter()
        outcome = run(desk)
        ran = perf_counter()
        current, figures = _read(desk, sets, name, outcome.as_of)
    return RealResult(
        name=name, title=either(sets.sets[name].title), missing=sets.missing(name, data), already_here=not report.changed,
        files=len(report.files), rows=report.total("rows"), accepted=report.total("accepted"), rejected=report.total("rejected"),
        codes=report.codes(), current=current, figures=figures, outcome=outcome,
        import_seconds=round(imported - begun, 2), run_seconds=round(ran - imported, 2), peak_mb=_peak_mb(),
    )  # fmt: skip


def _read(desk: Desk, sets: RealSets, name: str, as_of: date) -> tuple[dict[str, int], dict[str, Told]]:
    filled = sorted({batch.table for batch in desk.lake.living()})
    figures = {}
    with desk.tables() as (tables, _):
        current = {table: int(tables.table(table).count().to_pyarrow().as_py()) for table in filled}
        for figure in sets.sets[name].figures:
            asked = tables.con.execute(sets.figures[figure].sql)
            row = asked.fetchone() or ()
            values = {column[0]: _plain(value) for column, value in zip(asked.description or (), row, strict=True)}
            shown = {column: f"{value:,}" if isinstance(value, int | float) else value for column, value in values.items()}
            figures[figure] = Told(values=values, says=either(sets.figures[figure].says).format(**shown))
    return current, figures


def _plain(value: object) -> Value:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, str | int | float) else None if value is None else str(value)


def _peak_mb() -> int:
    own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (own + child) // 1024
