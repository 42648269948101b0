"""A receipt printer on a loopback port: one client at a time, as network printers have it."""

import contextlib
import selectors
import socket
import struct
import threading
from types import TracebackType

from hardware.simulated.printer_engine import PrinterEngine, PrinterMode

_STALL_BUFFER_BYTES = 2048
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class SimulatedPrinter:
    """Runs on a thread of its own from `with` to its end. What it did may be read at any time."""

    def __init__(
        self,
        mode: PrinterMode = PrinterMode.OK,
        *,
        die_after: int | None = None,
        paper_lasts_bytes: int | None = None,
        port: int = 0,
    ) -> None:
        """`die_after`: it resets a connection that has brought so many bytes, status questions included."""
        self._engine = PrinterEngine(mode, paper_lasts_bytes)
        self._die_after = die_after
        self._changed = threading.Condition()
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if mode is PrinterMode.STALL:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _STALL_BUFFER_BYTES)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen()
        self.host = "127.0.0.1"
        self.port: int = self._listener.getsockname()[1]
        self._stop_reader, self._stop_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="simulated-printer", daemon=True)

    @property
    def address(self) -> str:
        return f"tcp://{self.host}:{self.port}"

    @property
    def mode(self) -> PrinterMode:
        with self._changed:
            return self._engine.mode

    @mode.setter
    def mode(self, mode: PrinterMode) -> None:
        """From the next byte on; into or out of STALL from the next connection on."""
        with self._changed:
            self._engine.mode = mode

    @property
    def jobs(self) -> list[bytes]:
        """Complete jobs in order, without status questions and drawer pulses."""
        with self._changed:
            return list(self._engine.jobs)

    @property
    def broken_jobs(self) -> list[bytes]:
        with self._changed:
            return list(self._engine.broken_jobs)

    @property
    def drawer_pins(self) -> list[int]:
        """2 or 5 for each time the drawer was opened."""
        with self._changed:
            return list(self._engine.drawer_pins)

    def wait_for_jobs(self, count: int, timeout_s: float = 5.0) -> list[bytes]:
        """As `jobs`, as soon as there are so many. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._engine.jobs) >= count, timeout_s):
                raise TimeoutError(f"{len(self._engine.jobs)} of {count} jobs came")
            return list(self._engine.jobs)

    def wait_for_drawer(self, count: int, timeout_s: float = 5.0) -> list[int]:
        """As `drawer_pins`, as soon as there are so many. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._engine.drawer_pins) >= count, timeout_s):
                raise TimeoutError(f"{len(self._engine.drawer_pins)} of {count} pulses came")
            return list(self._engine.drawer_pins)

    def __enter__(self) -> "SimulatedPrinter":
        self._thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._stop_writer.close()
        if self._thread.ident is not None:
            self._thread.join()
        self._stop_reader.close()
        self._listener.close()

    def _run(self) -> None:
        while self._is_ready(self._listener):
            client, _ = self._listener.accept()
            with client, contextlib.suppress(ConnectionError):
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        if self.mode is PrinterMode.STALL:
            self._is_ready(None)
            return
        received_bytes = 0
        try:
            while self._is_ready(client):
                data = client.recv(4096)
                if not data:
                    return
                if self._die_after is not None and received_bytes + len(data) >= self._die_after:
                    self._take(client, data[: self._die_after - received_bytes])
                    self._die(client)
                    return
                received_bytes += len(data)
                self._take(client, data)
        finally:
            with self._changed:
                self._engine.end_connection()
                self._changed.notify_all()

    def _take(self, client: socket.socket, data: bytes) -> None:
        with self._changed:
            answers = self._engine.feed(data)
            self._changed.notify_all()
        if answers:
            client.sendall(answers)

    def _die(self, client: socket.socket) -> None:
        with self._changed:
            self._engine.die()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)

    def _is_ready(self, source: socket.socket | None) -> bool:
        """Waits until there is something to read; False when the printer is closed. None: wait for that."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._stop_reader, selectors.EVENT_READ)
            if source is not None:
                selector.register(source, selectors.EVENT_READ)
            return all(key.fileobj is not self._stop_reader for key, _ in selector.select())
