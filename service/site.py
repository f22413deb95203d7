"""The whole site: what other platforms call and what people see, in one application."""

from datetime import UTC, datetime

from fastapi import FastAPI

from service.api.app import create_app
from service.console.doors import add_console
from service.desk import Desk
from service.settings import Settings


def create_site(desk: Desk) -> FastAPI:
    """The application at this desk, with API and console."""
    app = create_app(desk)
    add_console(app)
    return app


def from_environment() -> FastAPI:
    """The site of this office, for every worker process its own. Raises BadSetting."""
    return create_site(Desk(Settings.from_environment(), clock=lambda: datetime.now(UTC)))
