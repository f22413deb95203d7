"""The site on a port of this machine, for whoever looks at it through a real browser."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from service.desk import Desk
from service.site import create_site


@contextmanager
def listening(desk: Desk) -> Iterator[str]:
    """The site at this desk on a free port; its address. Raises RuntimeError when it ends before it serves."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_site(desk), log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise RuntimeError("the site ended before it served; what is wrong was told above")
                time.sleep(0.02)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
