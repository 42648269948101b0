"""A till and a hub, each in a process of its own that is killed just before its n-th database statement."""

import os
import signal
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from tests.end_to_end.killed_till import Tripwire
from tests.end_to_end.shop import IMPATIENT, MILK, MINTS, begin_day, sell
from till_app.bootstrap import Listeners, Till
from till_app.hub.server import RunningHub
from till_app.services.device_settings import DeviceSettings
from till_app.till_files import TillFiles

MOST_SALES = 40


def sell_and_be_killed(folder: Path, step: int) -> None:
    """Sells with the exchange running beside it; statements of both threads count."""
    tripwire = Tripwire(step)
    till = Till(TillFiles(folder), DeviceSettings(), Listeners(), sync_settings=IMPATIENT)
    begin_day(till)
    till.start()
    tripwire.arm()
    for number in range(MOST_SALES):
        sell(till, *[MILK, MINTS][: 1 + number % 2])
    threading.Event().wait()  # the exchange goes on until it is killed


class EngineTripwire:
    """Counts statements and commits of every engine, whatever its database, once it is armed."""

    def __init__(self, step: int) -> None:
        self._left = step
        self._is_armed = False
        self._lock = threading.Lock()
        event.listen(Engine, "before_cursor_execute", self._on_step)
        event.listen(Engine, "commit", self._on_step)

    def arm(self) -> None:
        self._is_armed = True

    def _on_step(self, *_arguments: Any) -> None:
        with self._lock:
            if self._is_armed:
                self._left -= 1
                if self._left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)


def serve_and_be_killed(
    place: Path | str, data: Path | None, port: int, step: int, is_ready: Connection
) -> None:
    tripwire = EngineTripwire(step)
    with RunningHub(place, data=data, port=port):
        tripwire.arm()
        is_ready.send(True)
        threading.Event().wait()
