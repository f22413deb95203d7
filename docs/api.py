"""The description of the API (OpenAPI 3.1), as it is committed: what callers build on does not change unseen."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.api.app import create_app
from service.desk import Desk
from service.settings import Settings

FILE = Path(__file__).with_name("openapi.json")


def described() -> dict[str, Any]:
    """The description, made without an office."""
    with tempfile.TemporaryDirectory() as folder:
        variables = {"GUANTONG_HOME": f"{folder}/home", "GUANTONG_KEY_FILE": f"{folder}/key"}
        with Desk(Settings.from_environment(variables), clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as desk:
            found: dict[str, Any] = create_app(desk).openapi()
    return found
