"""Keeps ready what pages count from: read before a process serves its first page, and after every run before somebody asks for it.

A page that is asked for while it is read waits for it, a second or two with 100,000 alerts: it never shows what was before the run.
"""

import logging
import threading

from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from service.desk import Desk
from service.roll.kept import Rolls
from service.store.run import DONE, Run
from service.whole.ledger import Ledgers

PAUSE = 2.0
"""Seconds between two looks at whether a run was finished."""
log = logging.getLogger("guantong.ready")


class Ready(threading.Thread):
    """Looks after one process of the site; ends with it."""

    def __init__(self, site: FastAPI, pause: float = PAUSE) -> None:
        super().__init__(name="ready", daemon=True)
        self.desk: Desk = site.state.living.desk
        self.rolls: Rolls = site.state.rolls
        self.ledgers: Ledgers = site.state.ledgers
        self.pause, self.over = pause, threading.Event()
        self._run: int | None = None

    def look(self) -> bool:
        """Read what a run changed since the last look; says whether there was one."""
        with self.desk.store.look() as session:
            newest = session.scalar(select(func.max(Run.run_id)).where(Run.status == DONE))
            if newest == self._run:
                return False
            self.ledgers.of(session, self.rolls.now(session))
        self._run = newest
        return True

    def run(self) -> None:
        """Until the process ends, or `over` is set."""
        while not self.over.wait(self.pause):
            try:
                self.look()
            except SQLAlchemyError as error:  # the database is away for a moment: pages say so themselves
                log.warning("what pages count from could not be read: %s", type(error).__name__)


def keep_ready(site: FastAPI) -> Ready:
    """Read now, and from now on after every run."""
    ready = Ready(site)
    ready.look()
    ready.start()
    return ready
