"""A device on a pseudo terminal or a loopback port, driven by an engine; it can be unplugged."""

import contextlib
import os
import queue
import select
import selectors
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol

_SMALL_BUFFER_BYTES = 2048
"""So that a stall is felt soon."""


class LineEngine(Protocol):
    """What the device does with what it hears; called on the peer's thread."""

    @property
    def is_stalled(self) -> bool:
        """It reads nothing now."""
        ...

    @property
    def answer_delay_s(self) -> float: ...

    def feed(self, data: bytes) -> bytes:
        """Its answer to these bytes."""
        ...


class Plug(Protocol):
    """The device's end of its cable."""

    @property
    def name(self) -> str:
        """Of the other end: a port of this machine, or a port number."""
        ...

    def source(self) -> int:
        """The file to wait on."""
        ...

    def receive(self) -> bytes:
        """What came, when `source` was ready; it may be nothing."""
        ...

    def send(self, data: bytes) -> None: ...

    def is_connected(self) -> bool:
        """Whether somebody may hear it; a pseudo terminal does not know."""
        ...

    def close(self) -> None: ...


class LinePeer:
    """Runs on a thread of its own from `with` to its end. On a port it serves one client at a time."""

    def __init__(
        self,
        engine: LineEngine,
        over: Literal["pty", "tcp"] = "pty",
        link: Path | None = None,
        port: int = 0,
    ) -> None:
        """`link`: a name that stays while the pseudo terminal behind it is another each time. `port`: of TCP;
        0: any that is free."""
        self._engine = engine
        self._link = link
        self._port = port
        self._make_plug: Callable[[], Plug] = self._make_pty if over == "pty" else self._make_tcp
        self._plug: Plug | None = self._make_plug()
        self._scheme = "serial://" if over == "pty" else "tcp://127.0.0.1:"
        self._first_name = self._plug.name
        self._answers: deque[tuple[float, bytes]] = deque()
        """With the moment at which each is due."""
        self._orders: queue.SimpleQueue[tuple[Callable[[], None], threading.Event]] = queue.SimpleQueue()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._is_closing = False
        self._thread = threading.Thread(target=self._run, name="simulated-device", daemon=True)

    @property
    def address(self) -> str:
        return f"{self._scheme}{self._link or self._first_name}"

    def unplug(self) -> None:
        """The driver's end hangs up, and nobody answers at the address; returns when it is so."""
        self._order(self._pull)

    def plug_in(self) -> None:
        """At the same address as before; a pseudo terminal needs its link for that."""
        self._order(self._push)

    def say(self, data: bytes) -> bool:
        """Without having been asked, as a scanner does; False when nobody is connected to hear it."""
        is_heard: list[bool] = []

        def speak() -> None:
            is_heard.append(self._plug is not None and self._plug.is_connected())
            if self._plug is not None and is_heard[-1]:
                self._plug.send(data)

        self._order(speak)
        return is_heard[-1]

    def do(self, change: Callable[[], None]) -> None:
        """Change the engine's switches between two messages; returns when it is done."""
        self._order(change)

    def __enter__(self) -> "LinePeer":
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
        if self._thread.ident is not None:
            self._order(self._end)
            self._thread.join()
        self._pull()
        self._wake_reader.close()
        self._wake_writer.close()

    # ---------------------------------------------------------------- the thread

    def _run(self) -> None:
        while not self._is_closing:
            plug = self._plug
            if self._is_ready(plug):
                self._carry_out_orders()
                continue
            self._send_due_answers()

    def _is_ready(self, plug: Plug | None) -> bool:
        """Waits for an order, a message or the moment of an answer; True when there is an order."""
        timeout_s = max(0.0, self._answers[0][0] - time.monotonic()) if self._answers else None
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_reader, selectors.EVENT_READ)
            if plug is not None and not self._engine.is_stalled:
                selector.register(plug.source(), selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select(timeout_s)]
        if self._wake_reader in ready:
            return True
        if ready and plug is not None:
            self._take(plug.receive())
        return False

    def _take(self, data: bytes) -> None:
        answer = self._engine.feed(data) if data else b""
        if answer:
            self._answers.append((time.monotonic() + self._engine.answer_delay_s, answer))

    def _send_due_answers(self) -> None:
        while self._answers and self._answers[0][0] <= time.monotonic():
            _, answer = self._answers.popleft()
            if self._plug is not None:
                self._plug.send(answer)

    def _carry_out_orders(self) -> None:
        self._wake_reader.recv(4096)
        with contextlib.suppress(queue.Empty):
            while True:
                order, is_done = self._orders.get_nowait()
                order()
                is_done.set()

    def _order(self, order: Callable[[], None]) -> None:
        is_done = threading.Event()
        self._orders.put((order, is_done))
        self._wake_writer.send(b"!")
        is_done.wait()

    def _end(self) -> None:
        self._is_closing = True

    def _pull(self) -> None:
        if self._plug is not None:
            if self._link is not None:
                self._link.unlink()
            self._plug.close()
            self._plug = None
            self._answers.clear()

    def _push(self) -> None:
        if self._plug is None:
            self._plug = self._make_plug()

    def _make_pty(self) -> Plug:
        plug = PtyPlug()
        if self._link is not None:
            self._link.symlink_to(plug.name)
        return plug

    def _make_tcp(self) -> Plug:
        plug = TcpPlug(self._port)
        self._port = int(plug.name)
        return plug


class PtyPlug:
    def __init__(self) -> None:
        if sys.platform == "win32":
            raise OSError("Windows has no pseudo terminals")
        import pty
        import tty

        self._device_end, self._port_end = pty.openpty()
        tty.setraw(self._port_end)
        self.name = os.ttyname(self._port_end)

    def source(self) -> int:
        return self._device_end

    def receive(self) -> bytes:
        data = os.read(self._device_end, 4096)
        self._forget_speed()
        return data

    def _forget_speed(self) -> None:
        """WORKAROUND: asked for parity or seven bits, which it lacks, a pseudo terminal refuses to be opened
        anew (EINVAL) unless something else changes: let that be the speed, which means nothing here."""
        import termios

        attributes = termios.tcgetattr(self._port_end)
        attributes[4] = attributes[5] = termios.B50
        termios.tcsetattr(self._port_end, termios.TCSANOW, attributes)

    def send(self, data: bytes) -> None:
        os.write(self._device_end, data)

    def is_connected(self) -> bool:
        return True

    def close(self) -> None:
        os.close(self._port_end)
        os.close(self._device_end)


class TcpPlug:
    def __init__(self, port: int) -> None:
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER_BYTES)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind(("127.0.0.1", port))
        except OSError:
            self._listener.close()
            raise
        self._listener.listen()
        self._client: socket.socket | None = None
        self.name = str(self._listener.getsockname()[1])

    def source(self) -> int:
        return (self._client or self._listener).fileno()

    def receive(self) -> bytes:
        if self._client is None:
            self._client, _ = self._listener.accept()
            return b""
        try:
            data = self._client.recv(4096)
        except ConnectionError:
            data = b""
        if not data:
            self._client.close()
            self._client = None
        return data

    def send(self, data: bytes) -> None:
        if self._client is not None:
            with contextlib.suppress(ConnectionError):
                self._client.sendall(data)

    def is_connected(self) -> bool:
        if self._client is None and select.select([self._listener], [], [], 0)[0]:
            self._client, _ = self._listener.accept()
        return self._client is not None

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._listener.close()
