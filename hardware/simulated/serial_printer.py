"""The same receipt printer behind a serial cable: a pseudo terminal, on POSIX systems only."""

import os
import selectors
import socket
import threading
from contextlib import suppress
from types import TracebackType

from hardware.simulated.printer_engine import PrinterEngine, PrinterMode
from hardware.simulated.printer_peer import PrinterPeer
from hardware.simulated.pty_pair import PtyPair


class SimulatedSerialPrinter(PrinterPeer):
    """Runs on a thread of its own from `with` to its end; `port` is what the driver opens.

    A serial line has no connections: a job ends at `GS r` only. When it dies, the port hangs up.
    """

    def __init__(self, engine: PrinterEngine | None = None, *, die_after: int | None = None) -> None:
        super().__init__(engine or PrinterEngine(), die_after)
        self._cable = PtyPair()
        self.port = self._cable.port
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulated-serial-printer", daemon=True)

    @property
    def address(self) -> str:
        return f"serial://{self.port}"

    def __enter__(self) -> "SimulatedSerialPrinter":
        self.begin_connection(self._wake_up)
        self._thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._wake_up()
        self._thread.join()
        self.end_connection()
        self._cable.unplug()
        self._wake_reader.close()
        self._wake_writer.close()

    def _wake_up(self) -> None:
        self._wake_writer.send(b"\0")

    def _run(self) -> None:
        device_end = self._cable.device_end
        while not self._is_over.is_set():
            with selectors.DefaultSelector() as selector:
                selector.register(self._wake_reader, selectors.EVENT_READ)
                if self.mode is not PrinterMode.STALL:
                    selector.register(device_end, selectors.EVENT_READ)
                ready = [key.fileobj for key, _ in selector.select()]
            if self._wake_reader in ready:
                self._wake_reader.recv(4096)
                self._cable.send(self.unsent())
            if device_end in ready:
                with suppress(OSError):
                    reaction = self.receive(os.read(device_end, 4096))
                    if reaction.dies:
                        self._cable.unplug()
                        return
                    self._cable.send(reaction.answers)
