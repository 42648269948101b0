"""A barcode scanner on a serial port, on a USB port that shows itself as one, or behind a serial server."""

import time
from collections.abc import Callable
from typing import Protocol

from hardware.errors import DeviceError
from hardware.scanners.frame import FrameSplitter, ScanFrame
from hardware.scanners.scanner import FIRST_RETRY_S, FrameScanner, ignore_connection, ignore_error

IDLE_S = 0.06
"""A scanner without a terminator is done when nothing came for so long."""
_PORTION_BYTES = 4096


class ScannerPort(Protocol):
    """The part of a transport that a scanner needs."""

    def read(self, count: int, deadline_s: float) -> bytes: ...

    def close(self) -> None: ...


class SerialFrames:
    """The frames of an open port. Half a code before the plug was pulled goes with the port."""

    def __init__(self, port: ScannerPort, idle_s: float = IDLE_S) -> None:
        self._port = port
        self._idle_s = idle_s
        self._splitter = FrameSplitter()

    def frames(self) -> list[ScanFrame]:
        data = self._port.read(_PORTION_BYTES, self._idle_s)
        return self._splitter.feed(data, time.monotonic()) if data else self._splitter.silence()

    def close(self) -> None:
        self._port.close()


class SerialScanner(FrameScanner):
    """Any port that bytes come from: `SerialAddress.open`, `TcpAddress.open`."""

    def __init__(
        self,
        open_port: Callable[[], ScannerPort],
        on_frame: Callable[[ScanFrame], None],
        on_connected: Callable[[bool], None] = ignore_connection,
        on_error: Callable[[DeviceError], None] = ignore_error,
        *,
        name: str = "",
        idle_s: float = IDLE_S,
        first_retry_s: float = FIRST_RETRY_S,
    ) -> None:
        """Callbacks as for FrameScanner."""
        super().__init__(
            lambda: SerialFrames(open_port(), idle_s),
            on_frame,
            on_connected,
            on_error,
            name=name,
            first_retry_s=first_retry_s,
        )
