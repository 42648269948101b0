"""The background threads that keep till and hub together: one exchanges, a small one watches."""

import logging
import threading
import time
from collections.abc import Callable

from till_app.services.errors import HubError, HubRefused
from till_app.services.status import LinkState, SyncStatus
from till_app.sync.backoff import Wait
from till_app.sync.codes import SyncCode
from till_app.sync.cycle import SyncCycle
from till_app.sync.live import LiveHub, LiveWatch

logger = logging.getLogger(__name__)

JOIN_S = 0.9
"""For both threads together."""
BEGIN_AGAIN_S = 10.0


class _Run:
    """From one start to the next stop: its own cycle, hub connections and stop flag, so that a thread that
    could not be joined in time is harmless to the run that follows."""

    def __init__(
        self,
        build_cycle: Callable[[], SyncCycle],
        connect_live: Callable[[], LiveHub] | None,
        on_status: Callable[[SyncStatus], None] | None,
    ) -> None:
        self._build_cycle = build_cycle
        self._connect_live = connect_live
        self._on_status = on_status
        self._woken = threading.Condition()
        self._is_woken = False
        self._is_hurried = False
        """A person wants it now: no wait holds."""
        self._is_stopping = False
        self._cycle: SyncCycle | None = None
        """None until the thread has made it, as `_watch`. Guarded by `_woken`, as what was asked before."""
        self._watch: LiveWatch | None = None
        self._asked_before: list[Callable[[SyncCycle], None]] = []
        self._thread = threading.Thread(target=self._loop, name="sync", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        with self._woken:
            self._is_woken = True
            self._woken.notify()

    def hurry(self) -> None:
        with self._woken:
            self._is_hurried = True
        self.wake()

    def ask(self, request: Callable[[SyncCycle], None]) -> None:
        """Put it to the cycle, which may still have to be made, and see to it now."""
        with self._woken:
            cycle = self._cycle
            if cycle is None:
                self._asked_before.append(request)
        if cycle is not None:
            request(cycle)
        self.hurry()

    def stop(self) -> bool:
        """Whether both threads have ended."""
        deadline = time.monotonic() + JOIN_S
        with self._woken:
            self._is_stopping = True
            cycle, watch = self._cycle, self._watch
        if cycle is not None:
            cycle.stop()
        if watch is not None:
            watch.begin_stop()
        self.wake()
        self._thread.join(max(deadline - time.monotonic(), 0.0))
        watch_ended = watch is None or watch.join(max(deadline - time.monotonic(), 0.0))
        return watch_ended and not self._thread.is_alive()

    def _loop(self) -> None:
        cycle = self._made()
        if cycle is None:
            return
        try:
            while not cycle.is_stopping:
                self._rest(cycle, self._round(cycle))
        finally:
            cycle.end()

    def _made(self) -> SyncCycle | None:
        """The cycle and the watch, unless what this till knows of its hub cannot be used. A hub or a keyring
        that does not answer yet is asked again."""
        while True:
            cycle: SyncCycle | None = None
            try:
                cycle = self._build_cycle()
                watch = LiveWatch(self._connect_live(), self.wake) if self._connect_live is not None else None
                break
            except Exception as error:
                if cycle is not None:
                    cycle.stop()
                if not (isinstance(error, HubError) and self._may_try_again(error)):
                    if not self._is_stopping:
                        logger.exception("the exchange with the hub cannot begin")
                        self._tell(SyncStatus(state=LinkState.REFUSED, error_code=SyncCode.CANNOT_START))
                    return None
        with self._woken:
            self._cycle, self._watch = cycle, watch
            is_stopping, asked_before = self._is_stopping, self._asked_before
            if watch is not None:
                watch.start()  # before anybody could join it
        if is_stopping:
            cycle.stop()
            if watch is not None:
                watch.begin_stop()
        for request in asked_before:
            request(cycle)
        return cycle

    def _may_try_again(self, error: HubError) -> bool:
        """After a pause, unless it is to stop."""
        logger.info("the exchange with the hub cannot begin yet: %s (%s)", error.code, error)
        state = LinkState.REFUSED if isinstance(error, HubRefused) else LinkState.OFFLINE
        self._tell(SyncStatus(state=state, error_code=error.code))
        with self._woken:
            self._woken.wait_for(lambda: self._is_stopping or self._is_hurried, BEGIN_AGAIN_S)
            self._is_hurried = False
            return not self._is_stopping

    def _tell(self, status: SyncStatus) -> None:
        if self._on_status is not None and not self._is_stopping:
            self._on_status(status)

    def _round(self, cycle: SyncCycle) -> Wait:
        watch = self._watch
        with self._woken:
            self._is_woken = self._is_hurried = False
        if watch is not None:
            cycle.watched(watch.is_live)
        try:
            wait = cycle.run()
            if watch is not None and not cycle.is_stopping:
                watch.follow(cycle.live_cursor)
        except Exception:
            if cycle.is_stopping:
                return Wait(0.0, 0.0)
            logger.exception("an unforeseen failure while exchanging data with the hub")
            return cycle.report_bug()
        return wait

    def _rest(self, cycle: SyncCycle, wait: Wait) -> None:
        began = time.monotonic()
        deadline = began + wait.full_s
        while not cycle.is_stopping:
            with self._woken:
                left_s = deadline - time.monotonic()
                if left_s > 0 and not self._is_woken:
                    self._woken.wait(left_s)
                woken, self._is_woken = self._is_woken, False
                hurried, self._is_hurried = self._is_hurried, False
            if woken:
                deadline = min(deadline, began + wait.woken_s)
            if hurried or time.monotonic() >= deadline:
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
    a second: it breaks off the requests under way. A new run begins with a cycle of its own."""

    def __init__(
        self,
        build_cycle: Callable[[], SyncCycle],
        connect_live: Callable[[], LiveHub] | None = None,
        on_status: Callable[[SyncStatus], None] | None = None,
    ) -> None:
        """`build_cycle` makes a fresh cycle with a hub client of its own, `connect_live` one more client for
        watching the hub; each run calls them on its thread. `on_status` is told when they cannot."""
        self._build_cycle = build_cycle
        self._connect_live = connect_live
        self._on_status = on_status
        self._lock = threading.Lock()
        self._run: _Run | None = None

    def start(self) -> None:
        """Does nothing while it runs."""
        with self._lock:
            if self._run is None:
                self._run = _Run(self._build_cycle, self._connect_live, self._on_status)
                self._run.start()

    def wake(self) -> None:
        """Implements SyncWaker: there is something new to send."""
        run = self._run
        if run is not None:
            run.wake()

    def send_now(self) -> None:
        """A person does not want to wait: try the hub at once, however it answered last."""
        run = self._run
        if run is not None:
            run.hurry()

    def accept_removal(self) -> None:
        """A person wants the removal that was refused as `mass_removal`."""
        run = self._run
        if run is not None:
            run.ask(SyncCycle.accept_removal)

    def check_everything(self) -> None:
        """A person wants the whole catalogue compared with the hub's; the status tells what came of it."""
        run = self._run
        if run is not None:
            run.ask(SyncCycle.check_everything)

    def stop(self) -> None:
        with self._lock:
            run, self._run = self._run, None
        if run is not None and not run.stop():
            logger.warning("the sync thread did not end in time; it is left to end by itself")
