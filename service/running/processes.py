"""Several server processes behind one socket; SIGHUP asks for the book of rules to be read anew, not for new processes."""

import os
import signal

from uvicorn import Config
from uvicorn.supervisors.multiprocess import Multiprocess


class Processes(Multiprocess):
    """uvicorn's supervisor, which starts a process again when it dies."""

    def handle_hup(self) -> None:
        """One process checks the book and publishes it; the others follow (service.running.book)."""
        alive = [process.pid for process in self.processes if process.exitcode is None and process.pid is not None]
        if alive:
            os.kill(alive[0], signal.SIGHUP)


def serve(settings: Config) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first."""
    Processes(settings, sockets=[settings.bind_socket()]).run()
