"""A till in a process of its own that is killed just before its n-th step from tender to print."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from tests.services.counter import open_counter
from till_app.devices.printing import TillPrinting
from till_app.services.device_settings import DeviceSettings, DrawerSettings, PrinterSettings
from till_app.services.ports import JobState
from till_app.services.status import PrinterState, PrinterStatus

MILK = "5000128104517"


class Tripwire:
    """Counts SQLite statements of every connection once it is armed."""

    def __init__(self, step: int) -> None:
        self._left = step
        self._is_armed = False
        self._lock = threading.Lock()
        event.listen(Pool, "connect", self._on_connect)

    def arm(self) -> None:
        self._is_armed = True

    def _on_connect(self, connection: Any, _record: object) -> None:
        connection.set_trace_callback(self._on_statement)

    def _on_statement(self, _statement: str) -> None:
        with self._lock:
            if not self._is_armed:
                return
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def prepare(folder: Path) -> None:
    """An open day with one sale behind it, whose receipt is printed, and the next basket filled."""
    with open_counter(folder) as counter:
        counter.begin_day()
        counter.sell(MILK)
        (job,) = counter.ledger.open_jobs()
        counter.ledger.mark(job.job_id, JobState.SENDING)
        counter.ledger.mark(job.job_id, JobState.PRINTED)
        counter.services.selling.scan(MILK, 2000)


def pay_and_be_killed(folder: Path, printer_address: str, step: int) -> None:
    """Settle the prepared basket and print. Ends by itself when there are fewer steps."""
    tripwire = Tripwire(step)
    with open_counter(folder) as counter:
        counter.sign_on()
        idle = threading.Event()

        def on_status(status: PrinterStatus) -> None:
            if status.state is PrinterState.READY:
                idle.set()

        worker = TillPrinting(
            DeviceSettings(printer=PrinterSettings(printer_address), drawer=DrawerSettings("none")),
            counter.ledger,
            on_status=on_status,
            on_health=lambda _health: None,
            on_drawer=lambda _event: None,
        )
        worker.start()
        idle.wait(30)
        idle.clear()
        tripwire.arm()
        counter.services.checkout.pay_cash(400)
        counter.services.checkout.complete()
        worker.wake()
        idle.wait(30)
        worker.stop()
