"""A child process for tests: a courier that works until it is killed. Argument: how far its clock is ahead, in seconds."""

import sys
import threading
from datetime import UTC, datetime, timedelta

from service.desk import Desk
from service.news.courier import Courier
from service.news.wire import Wire
from service.settings import Settings


def main(ahead: float) -> None:
    settings = Settings.from_environment()
    with Desk(settings, clock=lambda: datetime.now(UTC) + timedelta(seconds=ahead)) as desk:
        Courier(desk, Wire(settings.hook_networks, 5.0)).serve(threading.Event())


if __name__ == "__main__":
    main(float(sys.argv[1]))
