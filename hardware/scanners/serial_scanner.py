"""A barcode scanner on a serial port: bytes become frames; what a frame means is decided elsewhere."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from hardware.errors import DeviceError

log = logging.getLogger(__name__)

T = TypeVar("T")

IDLE_S = 0.06
"""A scanner without a terminator is done when nothing came for so long."""
LONGEST_FRAME_BYTES = 8192
"""Above the largest QR code; a port that never pauses is cut here."""
FIRST_RETRY_S = 0.25
LONGEST_RETRY_S = 5.0
_TERMINATORS = b"\r\n\t"
_STX_ETX = b"\x02\x03"


@dataclass(frozen=True, slots=True)
class ScanFrame:
    """One scan. GS (0x1D), which separates the fields of a GS1 code, is kept."""

    text: str
    raw: bytes
    """As received, without terminator, STX and ETX."""
    received_at_monotonic: float
    """Of its last byte."""


class FrameSplitter:
    """Bytes in any portions to frames: one ends on CR, LF, TAB, or when the port has fallen silent.

    Silence is told, not computed from the times of the bytes: a machine that was busy for a second reads
    late what came in one burst, and half a code must not be taken for a whole one.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._last_at = 0.0

    def feed(self, data: bytes, at: float) -> list[ScanFrame]:
        """The frames that these bytes complete, oldest first; `at` is a monotonic time in seconds."""
        frames: list[ScanFrame] = []
        for byte in data:
            self._last_at = at
            if byte in _TERMINATORS:
                frames += self._take()
            elif byte not in _STX_ETX:
                self._pending.append(byte)
                if len(self._pending) >= LONGEST_FRAME_BYTES:
                    frames += self._take()
        return frames

    def silence(self) -> list[ScanFrame]:
        """Nothing came for the idle time: what is pending is a frame."""
        return self._take()

    def _take(self) -> list[ScanFrame]:
        """Empty between CR and LF."""
        raw = bytes(self._pending)
        self._pending.clear()
        return [ScanFrame(_text(raw), raw, self._last_at)] if raw else []


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


class ScannerPort(Protocol):
    """The part of a transport that a scanner needs."""

    def read(self, count: int, deadline_s: float) -> bytes: ...

    def close(self) -> None: ...


class SerialScanner:
    """Reads frames on a thread of its own and opens the port again whenever it went away."""

    def __init__(
        self,
        open_port: Callable[[], ScannerPort],
        on_frame: Callable[[ScanFrame], None],
        on_connected: Callable[[bool], None] = lambda is_connected: None,
        *,
        idle_s: float = IDLE_S,
        first_retry_s: float = FIRST_RETRY_S,
    ) -> None:
        """Both callbacks come from the scanner's thread; `on_connected` when the port opens or is lost."""
        self._open_port = open_port
        self._on_frame = on_frame
        self._on_connected = on_connected
        self._idle_s = idle_s
        self._first_retry_s = first_retry_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="serial-scanner", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends within a second; nothing is called back afterwards."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        retry_s = self._first_retry_s
        while not self._stopping.is_set():
            try:
                port = self._open_port()
            except DeviceError as error:
                log.debug("the scanner cannot be opened, next try in %s s: %s", retry_s, error)
                self._stopping.wait(retry_s)
                retry_s = min(LONGEST_RETRY_S, 2 * retry_s)
                continue
            retry_s = self._first_retry_s
            self._tell(self._on_connected, True)
            try:
                self._read_frames(port)
            except DeviceError as error:
                log.info("the scanner went away: %s", error)
            finally:
                port.close()
                self._tell(self._on_connected, False)
            self._stopping.wait(retry_s)

    def _read_frames(self, port: ScannerPort) -> None:
        splitter = FrameSplitter()
        while not self._stopping.is_set():
            data = port.read(4096, self._idle_s)
            frames = splitter.feed(data, time.monotonic()) if data else splitter.silence()
            for frame in frames:
                self._tell(self._on_frame, frame)

    def _tell(self, callback: Callable[[T], None], value: T) -> None:
        """A fault in what is done with a scan must not end the scanning."""
        try:
            callback(value)
        except Exception:
            log.exception("what was to happen on a scanner's event failed")
