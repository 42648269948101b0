"""Every device of a busy counter, simulated behind real sockets and pseudo terminals, and all that can happen
to each; nothing of the till is in here."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from hardware.simulated.displays import DisplayEngine, SimulatedDisplay
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterEngine, PrinterMode
from hardware.simulated.printer_peer import PrinterPeer, Reaction
from hardware.simulated.pty_pair import PtyPair
from hardware.simulated.scales import Pan, SimulatedScale
from hardware.simulated.serial_printer import SimulatedSerialPrinter
from hardware.simulated.zvt_terminal import SimulatedZvtTerminal


class PulseTimes:
    """When a drawer was opened, by the monotonic clock, through whichever printer process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moments: list[float] = []

    def count_from(self, peer: PrinterPeer, before: int, at: float) -> None:
        with self._lock:
            self._moments += [at] * (len(peer.drawer_pins) - before)

    @property
    def all(self) -> list[float]:
        with self._lock:
            return list(self._moments)


class ClockedPrinter(SimulatedPrinter):
    """Notes when each byte count and each drawer pulse came."""

    def __init__(self, pulses: PulseTimes, engine: PrinterEngine, port: int = 0) -> None:
        super().__init__(engine.mode, port=port, engine=engine)
        self._pulses = pulses
        self._one_at_a_time = threading.RLock()
        """A pulse belongs to what brought it, and is counted once, whichever threads come together."""
        self.on_receipt_byte: Callable[[], None] = lambda: None
        """Called when the first byte of a document has come."""
        self.on_pulse: Callable[[], None] = lambda: None

    def receive(self, data: bytes) -> Reaction:
        with self._one_at_a_time:
            at, before = time.monotonic(), len(self.drawer_pins)
            if b"\x1b@" in data:
                self.on_receipt_byte()
            reaction = super().receive(data)
            if len(self.drawer_pins) > before:
                self.on_pulse()
            self._pulses.count_from(self, before, at)
            return reaction

    def change(self, act: Callable[[PrinterEngine], bytes | None]) -> None:
        with self._one_at_a_time:
            at, before = time.monotonic(), len(self.drawer_pins)
            super().change(act)
            self._pulses.count_from(self, before, at)


class NetworkPrinter:
    """A printer with its drawer that can be switched off and on: its paper and its memory of a job stay."""

    def __init__(self, *, resumes: bool) -> None:
        self.engine = PrinterEngine(resumes=resumes)
        self._pulses = PulseTimes()
        self._process: ClockedPrinter | None = ClockedPrinter(self._pulses, self.engine)
        self._process.__enter__()
        self.address = self._process.address
        self._port = self._process.port

    @property
    def pulses_at(self) -> list[float]:
        return self._pulses.all

    @property
    def process(self) -> ClockedPrinter | None:
        """None: it is switched off."""
        return self._process

    @property
    def papers(self) -> list[str]:
        """What came out of it, torn ones too."""
        return [to_text(job) for job in (*self.engine.jobs, *self.engine.broken_jobs)]

    def switch(self, mode: PrinterMode) -> None:
        if self._process is not None:
            self._process.mode = mode

    def die_after(self, byte_count: int | None) -> None:
        if self._process is not None:
            self._process.die_after = byte_count

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.change(PrinterEngine.die)
            process.close()

    def revive(self) -> None:
        if self._process is None:
            self._process = ClockedPrinter(self._pulses, self.engine, self._port)
            self._process.__enter__()

    def close_drawer(self) -> None:
        """As the cashier does."""
        if self._process is not None:
            self._process.close_drawer()


class CableScanner:
    """A scanner on a pseudo terminal behind a name that stays; it can be unplugged in the midst of a code."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._lock = threading.Lock()
        self._cable: PtyPair | None = None
        self.scanned: list[str] = []
        """Codes whose last byte left while it was plugged in."""
        self.plug_in()

    @property
    def address(self) -> str:
        return f"serial://{self._link}"

    def scan(self, code: str) -> None:
        with self._lock:
            if self._cable is not None and self._send(code.encode() + b"\r"):
                self.scanned.append(code)

    def scan_half(self, code: str) -> None:
        """And then the plug is pulled."""
        with self._lock:
            if self._cable is not None:
                self._send(code[: len(code) // 2].encode())
        self.unplug()

    def _send(self, data: bytes) -> bool:
        assert self._cable is not None
        try:
            os.write(self._cable.device_end, data)
        except OSError:
            return False
        return True

    def unplug(self) -> None:
        with self._lock:
            if self._cable is not None:
                self._link.unlink()
                self._cable.unplug()
                self._cable = None

    def plug_in(self) -> None:
        with self._lock:
            if self._cable is None:
                self._cable = PtyPair()
                os.set_blocking(self._cable.device_end, False)
                self._link.symlink_to(self._cable.port)

    def __enter__(self) -> "CableScanner":
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.unplug()


@dataclass(frozen=True)
class CounterPeers:
    receipts: NetworkPrinter
    fallback: SimulatedSerialPrinter
    scanners: tuple[CableScanner, CableScanner]
    scale: SimulatedScale
    pole: SimulatedDisplay
    terminal: SimulatedZvtTerminal

    @property
    def pan(self) -> Pan:
        return self.scale.pan

    @property
    def papers(self) -> list[str]:
        """Of both printers."""
        serial = (*self.fallback.jobs, *self.fallback.broken_jobs)
        return [*self.receipts.papers, *(to_text(job) for job in serial)]

    @property
    def lines_behind_printer(self) -> tuple[str, str]:
        """What a display that is connected to the receipt printer shows, of all that was passed on to it."""
        display = DisplayEngine("dm_d")
        display.feed(bytes(self.receipts.engine.display_bytes))
        upper, lower = display.glass.lines
        return upper.rstrip(), lower.rstrip()

    @property
    def card_minor(self) -> int:
        """What moved by card since the till was put together."""
        return sum(entry.moved_minor for entry in self.terminal.transactions[1:])


@contextmanager
def counter_peers(folder: Path, *, resumes: bool = True) -> Iterator[CounterPeers]:
    """`resumes`: a printer prints what it held as soon as it can; else it has forgotten that."""
    with ExitStack() as stack:
        receipts = NetworkPrinter(resumes=resumes)
        stack.callback(receipts.kill)
        terminal = stack.enter_context(SimulatedZvtTerminal())
        terminal.key_by_hand(500)  # it has been used before
        yield CounterPeers(
            receipts,
            stack.enter_context(SimulatedSerialPrinter(PrinterEngine(resumes=resumes))),
            (
                stack.enter_context(CableScanner(folder / "scanner-1")),
                stack.enter_context(CableScanner(folder / "scanner-2")),
            ),
            stack.enter_context(SimulatedScale("nci", "tcp", pan=Pan(412))),
            stack.enter_context(SimulatedDisplay("cd5220", "tcp")),
            terminal,
        )
