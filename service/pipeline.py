"""The path of data, as one function: start reading Guantong here.

| step | in -> out | where |
| --- | --- | --- |
| 1 read, 2 check | files -> rows and rejects | `take_in`: datasets.importing |
| 3 link, 4 score | tables -> tables | service.scoring: models, laws, holidays |
| 5 flag | tables -> signals | service.flagging: rules.flag |
| 6 correlate | signals -> alerts | service.concluding: rules.correlate |
| 7 route | alerts -> assignments | service.concluding: rules.routing |
| rank, gather | alerts -> priorities and matters | service.concluding: rules.priority; rules.matters |
| keep | all of it -> store | service.keeping |
| index | what alerts say -> words to find them by | service.search |
| reopen | new alerts -> closed rectification whose problem is back | service.rectifying.reappearance |

A run may be killed at any point: every step is committed with its result (service.steps), and the next
`run` goes on behind the last of them.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from datasets.import_report import ImportReport
from datasets.importing import import_paths
from datasets.key import Key
from rules.compiled import open_reasoner
from rules.matters import matters_of
from service.concluding import correlate_all, rank_all, route_all
from service.desk import Desk
from service.flagging import Flagging
from service.keeping.imports import put_on_record
from service.keeping.whole import Results, keep
from service.lock import alone
from service.outcome import Outcome, moved
from service.reading import Reading
from service.rectifying.reappearance import open_again
from service.rectifying.terms import read_rectifying_terms
from service.scoring import link_and_score
from service.sealed.accused import accused_by
from service.search.index import index_alerts
from service.steps import Question, Steps, Watch, silent


def take_in(desk: Desk, paths: Sequence[Path], watch: Watch = silent, *, actor: str = "import") -> ImportReport:
    """Import files and folders, on record as the actor's doing; the key is made on first use. Raises KeyProblem when the lake was sealed with another."""
    store, key = desk.store, Key.from_file(desk.settings.key_file, create=True)
    report = import_paths(desk.lake, desk.sources, paths, key, progress=watch, at=desk.clock())
    put_on_record(store, report, actor, desk.clock())
    return report


def run(desk: Desk, as_of: date | None = None, watch: Watch = silent) -> Outcome:
    """Run the book over the lake, as of a day (default: the last day the records reach), and keep what it concludes.

    Raises NothingFound when nothing was imported, Busy when another run is going on here, Mistakes when the book has any.
    """
    desk.must_hold_records()
    desk = desk.pinned()  # a reload while this goes on is the next run's
    with alone(desk.settings.home, "run"):
        day = as_of or desk.lake.horizon(desk.today)
        steps = Steps.take_up(desk.store, Question(day, desk.book_hash, desk.program), desk.clock, watch)
        link_and_score(desk.lake, steps, desk.settings.book)
        with desk.tables() as (tables, state), open_reasoner(desk.chains, desk.routes) as reasoner:
            drift = moved(tables)
            found = Flagging(desk.book, desk.contracts, tables, state, steps).flag_all()
            correlated = correlate_all(desk, found, tables, state, reasoner, steps)
            routed = route_all(desk, correlated, found, tables, state, reasoner, steps)
            accused = accused_by(tables, desk.contracts, correlated.alerts, found.signals)
        ranked, matters = rank_all(desk, correlated, found), matters_of(correlated.alerts, desk.terms.matters)

        def follow(session: Session) -> None:
            with desk.tables() as (tables, _):
                index_alerts(Reading(desk, session, tables), session)
            open_again(session, desk.book.indicators, read_rectifying_terms(desk.settings.book).periods, desk.clock())

        results = Results(found, correlated, routed, ranked, matters, accused)
        counts = keep(steps, results, desk.weights, desk.handover, state, follow)
        desk.store.count_up()
        return Outcome.of(steps, counts, found, correlated, drift)
