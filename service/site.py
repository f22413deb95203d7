"""The whole site: what other platforms call and what people see, in one application."""

import signal
import threading
from datetime import UTC, datetime

from fastapi import FastAPI

from service.api.app import create_app
from service.console.doors import add_console
from service.console.ready import keep_ready
from service.desk import Desk
from service.errors import Refusal
from service.running.book import warm
from service.settings import Settings
from service.store.database import waiting


def create_site(desk: Desk) -> FastAPI:
    """The application at this desk, with API and console."""
    app = create_app(desk)
    add_console(app)
    return app


def from_environment() -> FastAPI:
    """The site of this office, for every worker process its own; SIGHUP reads the book anew. Raises BadSetting, and Refusal for an older database."""
    settings = Settings.from_environment()
    behind = waiting(settings.database_url)
    if behind is not None:
        raise Refusal("serve.migrate_first", found=behind[0], newest=behind[1])
    site = create_site(Desk(settings, clock=lambda: datetime.now(UTC)))
    warm(site.state.living.desk)
    keep_ready(site)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGHUP, lambda *_: site.state.living.edition.asked_by_signal())
    return site
