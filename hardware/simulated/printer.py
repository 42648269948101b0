"""A receipt printer on a loopback port: one client at a time, as network printers have it."""

import contextlib
import selectors
import socket
import struct
import threading
from types import TracebackType

from hardware.simulated.printer_engine import PrinterEngine, PrinterMode
from hardware.simulated.printer_peer import PrinterPeer

_STALL_BUFFER_BYTES = 2048
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class SimulatedPrinter(PrinterPeer):
    """Runs on a thread of its own from `with` to its end. What it did may be read at any time."""

    def __init__(
        self,
        mode: PrinterMode = PrinterMode.OK,
        *,
        die_after: int | None = None,
        paper_lasts_bytes: int | None = None,
        port: int = 0,
        engine: PrinterEngine | None = None,
    ) -> None:
        """`die_after`: it resets a connection that has brought so many bytes, status questions included.

        An `engine` brings its own mode and paper.
        """
        super().__init__(engine or PrinterEngine(mode, paper_lasts_bytes), die_after)
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if mode is PrinterMode.STALL:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _STALL_BUFFER_BYTES)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind(("127.0.0.1", port))
        except OSError:
            self._listener.close()
            raise
        self._listener.listen()
        self.host = "127.0.0.1"
        self.port: int = self._listener.getsockname()[1]
        self._stop_reader, self._stop_writer = socket.socketpair()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_writer.setblocking(False)
        self._thread = threading.Thread(target=self._run, name="simulated-printer", daemon=True)

    @property
    def address(self) -> str:
        return f"tcp://{self.host}:{self.port}"

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
        for end in (self._stop_reader, self._wake_reader, self._wake_writer, self._listener):
            end.close()

    def _run(self) -> None:
        while self._ready(self._listener) is self._listener:
            client, _ = self._listener.accept()
            with client, contextlib.suppress(ConnectionError):
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        self.begin_connection(self._wake_up)
        try:
            while True:
                ready = self._ready(None if self.mode is PrinterMode.STALL else client, self._wake_reader)
                if ready is self._wake_reader:
                    self._wake_reader.recv(4096)
                    client.sendall(self.unsent())
                elif ready is client:
                    data = client.recv(4096)
                    if not data:
                        return
                    reaction = self.receive(data)
                    client.sendall(reaction.answers)
                    if reaction.dies:
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                        return
                else:
                    return
        finally:
            self.end_connection()

    def _wake_up(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._wake_writer.send(b"\0")

    def _ready(self, *sources: socket.socket | None) -> socket.socket | None:
        """Waits until there is something to read, and says where; None when the printer is closed."""
        with selectors.DefaultSelector() as selector:
            for source in (self._stop_reader, *sources):
                if source is not None:
                    selector.register(source, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select()]
        if self._stop_reader in ready:
            return None
        return next(source for source in sources if source is not None and source in ready)
