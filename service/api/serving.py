"""Serving: the application from the environment, so that every worker process makes its own."""

from datetime import UTC, datetime

from fastapi import FastAPI

from service.api.app import create_app
from service.desk import Desk
from service.settings import Settings


def from_environment() -> FastAPI:
    """The application of this office. Raises BadSetting."""
    return create_app(Desk(Settings.from_environment(), clock=lambda: datetime.now(UTC)))
