"""All pages of the console, put into the application."""

from fastapi import Depends, FastAPI

from service.console import (
    administration,
    administration_hooks,
    administration_keys,
    administration_people,
    alert,
    alert_acts,
    alert_by_hand,
    alert_records,
    assets,
    beside,
    casework,
    clearings,
    data_imports,
    deciding,
    dividing,
    glossary,
    guide,
    overview,
    paper,
    portrait,
    queue,
    rectifying,
    rectifying_after,
    rectifying_letters,
    rectifying_lists,
    rectifying_unit,
    rules_pages,
    runs_page,
    scorecard,
    signing,
    views,
    waiting,
)
from service.console.guard import Guard, tongue
from service.console.refusals import tell_people
from service.roll.kept import Rolls
from service.whole.ledger import Ledgers

PAGES = (
    signing.router, overview.router, portrait.router, scorecard.router, queue.router, views.router, deciding.router, beside.router, alert_acts.router, alert_by_hand.router, alert_records.router, clearings.router, waiting.router, dividing.router, alert.router, casework.router, rectifying.router, rectifying_after.router, rectifying_letters.router, rectifying_lists.router,
    rectifying_unit.router, paper.router,
    data_imports.router, runs_page.router, rules_pages.router, glossary.router, guide.router,
    administration.router, administration_people.router, administration_keys.router, administration_hooks.router,
)  # fmt: skip
"""Routers of pages; who adds a page adds its router."""


def add_console(app: FastAPI) -> None:
    """Add the pages, their guard and what they say when something goes wrong."""
    tell_people(app)
    app.include_router(assets.router)
    for router in PAGES:
        app.include_router(router, dependencies=[Depends(tongue)], include_in_schema=False)
    app.state.rolls, app.state.ledgers = Rolls(), Ledgers()
    app.add_middleware(Guard)
