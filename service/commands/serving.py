"""guantong serve: the service that other platforms call."""

from contextlib import nullcontext

import click

from datasets.key import Key
from service.desk import Desk
from service.errors import Refusal
from service.later import later
from service.store.database import Store
from service.terminal import Paper
from service.words import say
from service.work.beside import worker_beside

# a command line that only shows its help does not wait for a web server
_uvicorn = later("uvicorn")


@click.command(help=say("command.serve"))
@click.option("--host", default="127.0.0.1", show_default=True, help=say("option.host"))
@click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535), help=say("option.port"))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help=say("option.workers"))
@click.option("--worker/--no-worker", default=True, show_default=True, help=say("option.worker"))
@click.pass_obj
def serve_command(desk: Desk, host: str, port: int, workers: int, worker: bool) -> None:
    Key.from_file(desk.settings.key_file, create=True)  # before anything is written that it should prove
    store = Store.open(desk.settings.database_url)  # so that what is wrong with it is told before anything listens
    store.close()
    if workers > 1 and store.engine.dialect.name == "sqlite":
        raise Refusal("serve.one_worker")
    Paper().text(say("serve.listening", url=f"http://{host}:{port}/api/v1"))
    with worker_beside() if worker else nullcontext():
        _uvicorn.run("service.site:from_environment", factory=True, host=host, port=port, workers=workers, access_log=False)
