"""Sells for cash with two printers and a drawer on copies of a prepared till, and dies by SIGKILL at another
moment each time.

    python -m tests.end_to_end.dying_counter

Each line of the input is a JSON object: the prepared folder, a seed, and a list of folders to make, each with
the addresses of its printers. The answer is how many died. The first till of a list is not killed: it counts
the moments. A moment is a statement of any SQLite connection, or before and after each call
of a device. The deaths are spread over them: one by chance in each of as many equal stretches.
"""

import json
import os
import random
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from hardware.document import ReceiptDocument, TextLine
from hardware.printers.escpos_encoder import PrinterProfile, encode
from hardware.transports.tcp import TcpTransport
from tests.device_chaos.rush import ENDS_OF_A_KICK, ImpatientTill, impatient_workers
from tests.services.counter import CASHIER_PIN, MILK
from till_app.bootstrap import Listeners, Till
from till_app.services.device_settings import DeviceSettings, PrinterSettings
from till_app.services.device_status import DeviceHealth, DeviceState, DrawerEvent
from till_app.services.ports import JobState
from till_app.till_files import TillFiles

MOMENTS = "moments.txt"
"""In the folder of a till that came to its end."""
_PATIENCE_S = 20.0
_UNSETTLED = (JobState.QUEUED, JobState.SENDING, JobState.WAITING)


class Tripwire:
    def __init__(self, deadly: int | None) -> None:
        self._deadly = deadly
        self.passed = 0
        self._is_armed = False
        self._lock = threading.Lock()
        event.listen(Pool, "connect", self._on_connect)
        for name in ("__init__", "write", "read", "close"):
            setattr(TcpTransport, name, self._around(getattr(TcpTransport, name)))

    def arm(self) -> None:
        self._is_armed = True

    def step(self) -> None:
        with self._lock:
            if self._is_armed:
                self.passed += 1
                if self.passed == self._deadly:
                    os.kill(os.getpid(), signal.SIGKILL)

    def _on_connect(self, connection: Any, _record: object) -> None:
        connection.set_trace_callback(lambda _statement: self.step())

    def _around(self, method: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object, **options: object) -> object:
            self.step()
            result = method(*arguments, **options)
            self.step()
            return result

        return call


def counter_settings(printer: str, fallback: str) -> DeviceSettings:
    return DeviceSettings(printer=PrinterSettings(printer), fallback_printer=PrinterSettings(fallback))


class WatchedCounter:
    """A till on these files, started, with what its devices report."""

    def __init__(self, folder: Path, settings: DeviceSettings) -> None:
        self._changed = threading.Condition()
        self.healths: dict[str, DeviceHealth] = {}
        self.drawer_ends: list[DrawerEvent] = []
        self.till: Till = ImpatientTill(
            TillFiles(folder), settings, Listeners(on_device=self._on_device, on_drawer=self._on_drawer)
        )
        self.till.start()
        self._wait(lambda: all(self._is_known(name) for name in ("receipt_printer", "fallback_printer")))

    def sign_on(self) -> None:
        services = self.till.services
        member = next(member for member in services.sign_on.staff() if member.name == "Aisha")
        services.sign_on.sign_on(member.staff_id, CASHIER_PIN)

    def sell(self) -> str:
        """The basket there is, or some milk, for cash with change."""
        services = self.till.services
        if not services.selling.is_open:
            services.selling.pick(MILK)
        if services.checkout.balance_minor:
            services.checkout.pay_cash(services.checkout.balance_minor + 100)
        return services.checkout.complete().sale.receipt_number

    def settle(self, kicks: int) -> None:
        """Until nothing is to be printed, and so many kicks have come to their end."""
        self._wait(lambda: len(self.drawer_ends) >= kicks and not self._unsettled())

    def _unsettled(self) -> bool:
        return any(job.state in _UNSETTLED and not job.is_held for job in self.till.ledger.open_jobs())

    def _is_known(self, device: str) -> bool:
        health = self.healths.get(device)
        return health is not None and health.state is not DeviceState.CONNECTING

    def _wait(self, happened: Callable[[], bool]) -> None:
        with self._changed:
            for _ in range(int(_PATIENCE_S / 0.01)):
                if happened():
                    return
                self._changed.wait(0.01)
        raise TimeoutError(f"{self.healths} {self.drawer_ends} {self.till.ledger.open_jobs()}")

    def _on_device(self, health: DeviceHealth) -> None:
        with self._changed:
            self.healths[health.device] = health
            self._changed.notify_all()

    def _on_drawer(self, news: DrawerEvent) -> None:
        with self._changed:
            if news.news in ENDS_OF_A_KICK:
                self.drawer_ends.append(news)
            self._changed.notify_all()


def sell_and_die(folder: Path, settings: DeviceSettings, deadly: int | None, *, drawer_answers: bool) -> None:
    tripwire = Tripwire(deadly)
    with impatient_workers():
        counter = WatchedCounter(folder, settings)
        counter.sign_on()
        tripwire.arm()
        counter.sell()
        counter.settle(kicks=int(drawer_answers))
        (folder / MOMENTS).write_text(str(tripwire.passed))
        counter.till.close()


def main() -> None:
    """Each death in a process of its own: forked, so that the libraries are imported once."""
    encode(ReceiptDocument((TextLine("once for all"),)), PrinterProfile())
    for line in sys.stdin:
        sys.stdout.write(f"{_die_by(json.loads(line))}\n")
        sys.stdout.flush()


def _die_by(plan: dict[str, Any]) -> int:
    """How many were killed."""
    moments = killed = 0
    kills = len(plan["deaths"]) - 1
    chance = random.Random(plan["seed"])
    for number, death in enumerate(plan["deaths"]):
        folder = Path(death["folder"])
        shutil.copytree(plan["prepared"], folder)
        settings = counter_settings(death["printer"], death["fallback"])
        deadly = 1 + int(moments * (number - chance.random()) / kills) if number else None
        child = os.fork()
        if child == 0:
            sell_and_die(folder, settings, deadly, drawer_answers=plan["drawer_answers"])
            os._exit(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code not in (0, -signal.SIGKILL):
            sys.exit(f"{folder.name} did not die as meant: {code}")
        killed += code != 0
        if code == 0:  # how often a printer is asked again is the machine's business
            passed = int((folder / MOMENTS).read_text())
            moments = min(moments or passed, passed)
    return killed


if __name__ == "__main__":
    main()
