"""guantong serve: the service that other platforms call and people use."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from datasets.key import Key
from service.desk import Desk
from service.errors import Refusal
from service.later import later
from service.running.log import FORMATS, Format, log_config
from service.settings import counting_together
from service.store.database import Store, waiting
from service.terminal import Paper
from service.words import say
from service.work.beside import worker_beside

# a command line that only shows its help does not wait for a web server
_uvicorn, _processes = later("uvicorn"), later("service.running.processes")
APPLICATION = "service.site:from_environment"
PATIENCE = 25
"""Seconds in which requests may end after SIGTERM; systemd and Docker wait 30 by our files."""


@click.command(help=say("command.serve"))
@click.option("--host", default="127.0.0.1", show_default=True, help=say("option.host"))
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535), help=say("option.port"))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help=say("option.workers"))
@click.option("--worker/--no-worker", default=True, show_default=True, help=say("option.worker"))
@click.option("--migrate", is_flag=True, help=say("option.migrate"))
@click.option(
    "--log-format", "form", default="text", show_default=True, type=click.Choice(FORMATS), help=say("option.log_format")
)
@click.pass_obj
def serve_command(desk: Desk, host: str, port: int, workers: int, worker: bool, migrate: bool, form: Format) -> None:
    _prepare(desk, migrate, workers)
    Paper().text(say("serve.listening", url=f"http://{host}:{port}/api/v1"))
    settings = _uvicorn.Config(
        APPLICATION, factory=True, host=host, port=port, workers=workers, access_log=False, log_config=log_config(form),
        timeout_graceful_shutdown=PATIENCE,
    )  # fmt: skip
    with worker_beside() if worker else nullcontext():
        if workers == 1:
            _uvicorn.Server(settings).run()
            return
        with _counting():
            _processes.serve(settings)


def _prepare(desk: Desk, migrate: bool, workers: int) -> None:
    """The key and a database that can be worked with, before anything listens. Raises Refusal, Busy."""
    Key.from_file(desk.settings.key_file, create=True)  # before anything is written that it should prove
    behind = waiting(desk.settings.database_url)
    if behind is not None and not migrate:
        raise Refusal("serve.migrate_first", found=behind[0], newest=behind[1])
    store = Store.open(desk.settings.database_url)
    store.close()
    if workers > 1 and store.engine.dialect.name == "sqlite":
        raise Refusal("serve.one_worker")


@contextmanager
def _counting() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="guantong-metrics-") as folder, counting_together(Path(folder)):
        yield
