"""The device of a transcript on a loopback port or a pseudo terminal, for any driver to be run against."""

import contextlib
import os
import selectors
import socket
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Literal

from hardware.simulated.pty_pair import PtyPair
from hardware.transcripts.script import Difference, ReplayScript
from hardware.transcripts.transcript import Event, EventKind

_LONGEST_PAUSE_S = 5.0
"""A person's pause between two scans need not be waited for in full."""


class ReplayPeer:
    """Runs on a thread of its own from `with` to its end; one driver at a time.

    A pseudo terminal cannot tell when a driver opens it: what the device says without being asked is said
    when `begin` is called.
    """

    def __init__(
        self,
        events: Sequence[Event],
        over: Literal["tcp", "pty"] = "tcp",
        *,
        port: int = 0,
        in_time: bool = False,
    ) -> None:
        """`in_time`: its answers come as slowly as they did; else at once. Raises OSError for a port that is
        taken."""
        is_line = over == "pty"
        without_connections = [e for e in events if e.kind not in (EventKind.OPEN, EventKind.CLOSE)]
        self._script = ReplayScript(without_connections if is_line else events)
        self._in_time = in_time
        self._lock = threading.Lock()
        self._is_stopping = threading.Event()
        self._cable: PtyPair | None = None
        self._listener: socket.socket | None = None
        if is_line:
            self._cable = PtyPair()
            self.address = f"serial://{self._cable.port}"
        else:
            self._listener = socket.create_server(("127.0.0.1", port))
            self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._stop_reader, self._stop_writer = socket.socketpair()
        self._begin_reader, self._begin_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="replayed-device", daemon=True)

    @property
    def differences(self) -> tuple[Difference, ...]:
        with self._lock:
            return self._script.differences

    @property
    def is_over(self) -> bool:
        with self._lock:
            return self._script.is_over

    def begin(self) -> None:
        """On a pseudo terminal: the driver is there, the device may speak."""
        self._begin_writer.send(b"!")

    def __enter__(self) -> "ReplayPeer":
        self._thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Afterwards `differences` has what the driver never sent, too."""
        self._is_stopping.set()
        self._stop_writer.close()
        self._thread.join()
        for end in (self._stop_reader, self._begin_reader, self._begin_writer, self._listener):
            if end is not None:
                end.close()
        if self._cable is not None:
            self._cable.unplug()
        with self._lock:
            self._script.finished()

    def _run(self) -> None:
        if self._cable is not None:
            self._serve_line(self._cable)
        elif self._listener is not None:
            while self._ready(self._listener.fileno()) is not None:
                client, _ = self._listener.accept()
                with client, contextlib.suppress(ConnectionError):
                    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._serve(client)
                with self._lock:
                    self._script.closed()

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            due = self._script.opened()
        while self._deliver(due, client.sendall) and self._ready(client.fileno()) is not None:
            data = client.recv(4096)
            if not data:
                return
            with self._lock:
                due = self._script.heard(data)

    def _serve_line(self, cable: PtyPair) -> None:
        while (ready := self._ready(cable.device_end, self._begin_reader.fileno())) is not None:
            if ready == cable.device_end:
                data = os.read(cable.device_end, 4096)
                with self._lock:
                    due = self._script.heard(data)
            else:
                self._begin_reader.recv(64)
                with self._lock:
                    due = self._script.opened()
            if not self._deliver(due, cable.send):
                cable.unplug()
                return

    def _deliver(self, due: Sequence[Event], send: Callable[[bytes], None]) -> bool:
        """False when the device is to go away."""
        for event in due:
            if event.kind is EventKind.LOST:
                return False
            if self._in_time:
                self._is_stopping.wait(self._pause_s(event))
            send(event.data)
        return True

    def _pause_s(self, event: Event) -> float:
        with self._lock:
            return min(_LONGEST_PAUSE_S, self._script.pause_before_ms(event) / 1000)

    def _ready(self, *sources: int) -> int | None:
        """Waits until there is something to read, and says where. What came before the end is heard first;
        None: the end."""
        with selectors.DefaultSelector() as selector:
            for source in (*sources, self._stop_reader.fileno()):
                selector.register(source, selectors.EVENT_READ)
            ready = [key.fd for key, _ in selector.select()]
        return next((source for source in sources if source in ready), None)
