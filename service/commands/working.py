"""guantong worker: does what was asked for: runs, large screenings, deliveries."""

import signal
import sys
import threading

import click

from service.desk import Desk
from service.later import later
from service.terminal import Paper
from service.words import say

_worker, _book = later("service.work.worker"), later("service.running.book")


@click.command(help=say("command.worker"))
@click.option("--once", is_flag=True, help=say("option.once"))
@click.option("--until-closed", is_flag=True, hidden=True, help=say("option.until_closed"))
@click.pass_obj
def worker_command(desk: Desk, once: bool, until_closed: bool) -> None:
    worker = _worker.Worker(desk)
    if once:
        Paper().text(say("worker.done", count=worker.work_off()))
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.ending.set())
    if until_closed:
        threading.Thread(target=_wait_for_end, args=(worker.ending,), daemon=True).start()
    else:
        Paper().text(say("worker.working"))
    # beside: deliveries do not wait for the book. The end does: a thread cut off inside the database's engine takes the process down with it
    threading.Thread(target=_book.warm, args=(desk,), name="book").start()
    worker.serve()


def _wait_for_end(ending: threading.Event) -> None:
    sys.stdin.buffer.read()  # returns when the server that started this worker closes the pipe, or dies
    ending.set()
