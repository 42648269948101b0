"""The thread of a drawer with a connection of its own; a drawer behind a printer is on the printer's."""

import logging
import threading
import time
from collections.abc import Callable

from hardware.drawers.drawer import Drawer
from till_app.devices.drawer_desk import DrawerDesk

log = logging.getLogger(__name__)

_IDLE_S = 3600.0


class DrawerWorker:
    def __init__(
        self, drawer: Drawer, desk: DrawerDesk, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._drawer = drawer
        self._desk = desk
        self._monotonic = monotonic
        self._wakeup = threading.Condition()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="drawer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._wakeup:
            self._is_stopping = True
            self._wakeup.notify()
        if self._thread.ident is not None:
            self._thread.join()
        self._desk.give_up()

    def wake(self) -> None:
        """A kick was asked for."""
        with self._wakeup:
            self._wakeup.notify()

    def _run(self) -> None:
        while self._wait():
            try:
                self._desk.kick(self._drawer.open)
            except Exception:
                log.exception("the drawer's worker failed and goes on")

    def _wait(self) -> bool:
        with self._wakeup:
            while not self._is_stopping:
                due_in_s = self._desk.kick_at - self._monotonic()
                if due_in_s <= 0:
                    return True
                self._wakeup.wait(min(due_in_s, _IDLE_S))
            return False
