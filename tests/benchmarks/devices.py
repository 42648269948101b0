"""How soon a device does what the till wants, or the till hears of it: each beside the same done by hand."""

import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from hardware.simulated.pty_pair import PtyPair
from tests.benchmarks.measure import Effort, Result, compare
from tests.device_chaos.peers import CableScanner, NetworkPrinter
from tests.device_chaos.rush import open_rush
from tests.services.counter import MILK
from till_app.devices.scanner_worker import ScannerWorker
from till_app.services.device_settings import DeviceSettings, DrawerSettings, PrinterSettings
from till_app.services.device_status import DeviceState
from till_app.ui.bridge import Bridge

WAIT_S = 20.0
STATUS_QUESTIONS = (b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04")
ASK_WHEN_DONE = b"\x1dr\x01"
PULSE = b"\x1bp\x00\x3c\x3c"
RECEIPT = b"\x1b@" + b"A line of a receipt, as long as one\n" * 25
CODE = MILK.barcodes[0]


def tender_to_printed_byte(effort: Effort) -> Result:
    """A sale that leaves the drawer shut is completed, until the printer has its receipt's first byte."""
    return _tender_until("byte", DrawerSettings(opens_for=(), opens_when_change_due=False), RECEIPT, effort)


def tender_to_drawer_pulse(effort: Effort) -> Result:
    """A cash sale is completed, until the drawer behind the printer gets its pulse."""
    return _tender_until("pulse", DrawerSettings(), PULSE, effort)


def _tender_until(what: str, drawer: DrawerSettings, by_hand: bytes, effort: Effort) -> Result:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        printer, other = _Watched(stack), _Watched(stack)
        settings = DeviceSettings(printer=PrinterSettings(printer.address), drawer=drawer)
        rush = stack.enter_context(open_rush(Path(name) / "till", settings))
        rush.settle()

        def ours() -> float:
            services = rush.till.services
            services.selling.pick(MILK)
            services.checkout.pay_cash(services.checkout.balance_minor)
            cost_ms = printer.ms_until(what, services.checkout.complete)
            rush.settle()
            return cost_ms

        return compare(
            ours,
            lambda: other.ms_until(what, lambda: _ask_and_send(other.address, by_hand)),
            rounds=effort.rounds,
            per_round=effort.pick(40, 15, 2),
            goal=GOALS[what],
            unit="ms",
            note=f"a sale's completion until the printer has the first {what};"
            " limit: connect, three status questions and the same sent by hand",
        )


GOALS = {"byte": 80.0, "pulse": 60.0}
"""Before a device hears anything the sale is committed to the disk, some thirty times the limit."""


class _Watched:
    """A printer that says when something of a kind has come."""

    def __init__(self, stack: ExitStack) -> None:
        self._printer = NetworkPrinter(resumes=True)
        stack.callback(self._printer.kill)
        self.address = self._printer.address
        self._came = threading.Event()
        self._came_at = 0.0
        process = self._printer.process
        assert process is not None
        process.on_receipt_byte = lambda: self._note("byte")
        process.on_pulse = lambda: self._note("pulse")
        self._awaited = ""

    def ms_until(self, what: str, act: Callable[[], object]) -> float:
        self._awaited = what
        self._came.clear()
        began = time.perf_counter()
        act()
        assert self._came.wait(WAIT_S), f"no {what} came"
        return (self._came_at - began) * 1_000

    def _note(self, what: str) -> None:
        if what == self._awaited and not self._came.is_set():
            self._came_at = time.perf_counter()
            self._came.set()


def _ask_and_send(address: str, data: bytes) -> None:
    host, port = address.removeprefix("tcp://").split(":")
    with socket.create_connection((host, int(port)), WAIT_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for question in STATUS_QUESTIONS:
            connection.sendall(question)
            assert connection.recv(1)
        connection.sendall(data + ASK_WHEN_DONE)
        assert connection.recv(1)


def scanner_frame_to_signal(effort: Effort) -> Result:
    """The last byte of a scan leaves the scanner, until the window's thread has the scan."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        scanner = stack.enter_context(CableScanner(Path(name) / "scanner"))
        bridge, heard = Bridge(), list[str]()
        bridge.scanned.connect(heard.append)
        is_ready = threading.Event()
        worker = ScannerWorker(
            "scanner:1",
            scanner.address,
            bridge.report_scan,
            lambda health: is_ready.set() if health.state is DeviceState.READY else None,
        )
        worker.start()
        stack.callback(worker.stop)
        assert is_ready.wait(WAIT_S)
        bare = stack.enter_context(_bare_reader())
        return compare(
            lambda: _ms_until_heard(heard, lambda: scanner.scan(CODE)),
            bare,
            rounds=effort.rounds,
            per_round=effort.pick(100, 40, 2),
            goal=12.0,
            unit="ms",
            note="a scan's bytes on a serial line until the window's thread has its text;"
            " limit: a thread that reads them and emits a bare signal",
        )


class _BareSignal(QObject):
    came = Signal(str)


@contextmanager
def _bare_reader() -> Iterator[Callable[[], float]]:
    with PtyPair() as cable:
        port = os.open(cable.port, os.O_RDWR | os.O_NOCTTY)
        signal, heard = _BareSignal(), list[str]()
        signal.came.connect(heard.append)

        def read() -> None:
            while (data := os.read(port, 4096)) != b"\x04":
                signal.came.emit(data.decode().strip())

        reader = threading.Thread(target=read, name="bare-reader", daemon=True)
        reader.start()
        try:
            yield lambda: _ms_until_heard(heard, lambda: cable.send(CODE.encode() + b"\r"))
        finally:
            cable.send(b"\x04")
            reader.join()
            os.close(port)


def _ms_until_heard(heard: list[str], scan: Callable[[], object]) -> float:
    heard.clear()
    began = time.perf_counter()
    scan()
    while not heard:
        QApplication.processEvents()
        assert time.perf_counter() - began < WAIT_S, "no scan came"
    cost_ms = (time.perf_counter() - began) * 1_000
    assert heard == [CODE]
    return cost_ms
