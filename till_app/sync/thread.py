"""The one background thread that keeps till and hub together."""

import logging
import threading
import time
from collections.abc import Callable

from till_app.sync.backoff import Wait
from till_app.sync.cycle import SyncCycle

logger = logging.getLogger(__name__)

JOIN_S = 1.0


class _Run:
    """From one start to the next stop: its own cycle, hub connection and stop flag, so that a thread that
    could not be joined in time is harmless to the run that follows."""

    def __init__(self, build_cycle: Callable[[], SyncCycle]) -> None:
        self._build_cycle = build_cycle
        self._woken = threading.Condition()
        self._is_woken = False
        self._cycle: SyncCycle | None = None
        """None until the thread has made it. Guarded by `_woken`, as are the two flags for that time."""
        self._is_stopping = False
        self._is_removal_accepted = False
        self._thread = threading.Thread(target=self._loop, name="sync", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        with self._woken:
            self._is_woken = True
            self._woken.notify()

    def accept_removal(self) -> None:
        with self._woken:
            self._is_removal_accepted = True
            cycle = self._cycle
        if cycle is not None:
            cycle.accept_removal()
        self.wake()

    def stop(self) -> bool:
        """Whether the thread has ended."""
        with self._woken:
            self._is_stopping = True
            cycle = self._cycle
        if cycle is not None:
            cycle.stop()
        self.wake()
        self._thread.join(JOIN_S)
        return not self._thread.is_alive()

    def _loop(self) -> None:
        cycle = self._build_cycle()
        with self._woken:
            self._cycle = cycle
            is_stopping, is_removal_accepted = self._is_stopping, self._is_removal_accepted
        if is_stopping:
            cycle.stop()
        if is_removal_accepted:
            cycle.accept_removal()
        while not cycle.is_stopping:
            self._rest(cycle, self._round(cycle))

    def _round(self, cycle: SyncCycle) -> Wait:
        with self._woken:
            self._is_woken = False
        try:
            return cycle.run()
        except Exception:
            if cycle.is_stopping:
                return Wait(0.0, 0.0)
            logger.exception("an unforeseen failure while exchanging data with the hub")
            return cycle.report_bug()

    def _rest(self, cycle: SyncCycle, wait: Wait) -> None:
        began = time.monotonic()
        deadline = began + wait.full_s
        while not cycle.is_stopping:
            with self._woken:
                left_s = deadline - time.monotonic()
                if left_s > 0 and not self._is_woken:
                    self._woken.wait(left_s)
                woken, self._is_woken = self._is_woken, False
            if woken:
                deadline = min(deadline, began + wait.woken_s)
            if time.monotonic() >= deadline:
                return
            if woken:
                self._show_waiting(cycle)

    @staticmethod
    def _show_waiting(cycle: SyncCycle) -> None:
        try:
            cycle.report_waiting()
        except Exception:
            if not cycle.is_stopping:
                logger.exception("could not count what waits for the hub")


class SyncThread:
    """Runs cycles until stopped. All methods may be called from any thread and return at once, `stop` within
    a second: it breaks off the request under way. A new run begins with a cycle of its own."""

    def __init__(self, build_cycle: Callable[[], SyncCycle]) -> None:
        """`build_cycle` makes a fresh cycle with a hub client of its own; each run calls it on its thread."""
        self._build_cycle = build_cycle
        self._lock = threading.Lock()
        self._run: _Run | None = None

    def start(self) -> None:
        """Does nothing while it runs."""
        with self._lock:
            if self._run is None:
                self._run = _Run(self._build_cycle)
                self._run.start()

    def wake(self) -> None:
        """Implements SyncWaker: there is something new to send."""
        run = self._run
        if run is not None:
            run.wake()

    def accept_removal(self) -> None:
        """A person wants the removal that was refused as `mass_removal`."""
        run = self._run
        if run is not None:
            run.accept_removal()

    def stop(self) -> None:
        with self._lock:
            run, self._run = self._run, None
        if run is not None and not run.stop():
            logger.warning("the sync thread did not end in time; it is left to end by itself")
