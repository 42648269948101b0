"""Pseudo terminals as a serial cable (POSIX): a test holds one end, the driver opens the other."""

import os
import selectors
import sys
from types import TracebackType


class PtyPair:
    """`port` is what the driver opens. Baud, parity and flow control are accepted and mean nothing."""

    def __init__(self) -> None:
        if sys.platform == "win32":
            raise OSError("Windows has no pseudo terminals")
        import pty
        import tty

        self.device_end, self._port_end = pty.openpty()
        tty.setraw(self._port_end)
        self.port = os.ttyname(self._port_end)
        self._is_plugged_in = True

    def send(self, data: bytes) -> None:
        """From the device to the driver."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self.device_end, rest) :]

    def receive(self, timeout_s: float = 5.0) -> bytes:
        """What the driver wrote, as soon as there is anything; empty when nothing came in time."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.device_end, selectors.EVENT_READ)
            return os.read(self.device_end, 65536) if selector.select(timeout_s) else b""

    def unplug(self) -> None:
        """The driver's port hangs up; its name is gone."""
        if self._is_plugged_in:
            self._is_plugged_in = False
            os.close(self._port_end)
            os.close(self.device_end)

    def __enter__(self) -> "PtyPair":
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.unplug()
