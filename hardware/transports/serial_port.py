"""A serial port with deadlines on every write; pyserial configures it, on POSIX the bytes are moved here.

pyserial's own write blocks for ever, or gives up without saying how much was written.
"""

import contextlib
import errno
import os
import selectors
import sys
import time
from dataclasses import dataclass
from typing import Literal

import serial

from hardware.errors import DeviceClosed, DeviceNotPermitted, DeviceTimeout, DeviceUnavailable
from hardware.transports.base import Deadline, wait_for
from hardware.transports.permission import permission_hint

_PORT_ERRORS: tuple[type[Exception], ...] = (OSError, ValueError)
if sys.platform != "win32":
    import termios

    # Not an OSError, though it says the same.
    _PORT_ERRORS = (OSError, ValueError, termios.error)

_DRAIN_POLL_S = 0.01
_WINDOWS_CHUNK_BYTES = 64


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """How the port is set; the defaults are what most printers and scanners come with."""

    baud: int = 9600
    data_bits: Literal[7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    flow: Literal["none", "rtscts", "xonxoff"] = "none"

    @property
    def bytes_per_s(self) -> float:
        bits = 1 + self.data_bits + (self.parity != "N") + self.stop_bits
        return self.baud / bits


class SerialTransport:
    """RS-232, or a USB device that shows itself as a serial port."""

    can_read = True

    def __init__(self, port: str, settings: SerialSettings | None = None) -> None:
        """Opens the port for this program alone and forgets what had arrived before."""
        settings = settings or SerialSettings()
        self.sent_bytes = 0
        self.bytes_per_s = settings.bytes_per_s
        self._has_failed = False
        try:
            self._serial = serial.Serial(
                port,
                settings.baud,
                settings.data_bits,
                settings.parity,
                settings.stop_bits,
                timeout=0,
                write_timeout=0,
                xonxoff=settings.flow == "xonxoff",
                rtscts=settings.flow == "rtscts",
                exclusive=True,
            )
        except PermissionError as error:
            raise DeviceNotPermitted(permission_hint(port)) from error
        except _PORT_ERRORS as error:
            if getattr(error, "errno", None) == errno.EACCES:
                raise DeviceNotPermitted(permission_hint(port)) from error
            raise DeviceUnavailable(f"{port} cannot be opened: {error}") from error

    def write(self, data: bytes, deadline_s: float) -> None:
        """Returns when the port has sent the bytes, not when the system has merely taken them."""
        deadline = Deadline(deadline_s)
        rest = memoryview(data)
        try:
            while rest:
                taken = self._write_some(rest, deadline)
                if not taken:
                    raise DeviceTimeout(f"only {self.sent_bytes} bytes were taken in time")
                self.sent_bytes += taken
                rest = rest[taken:]
            self._wait_until_sent(deadline)
        except DeviceTimeout:
            self._has_failed = True
            raise
        except _PORT_ERRORS as error:
            self._has_failed = True
            raise DeviceClosed(f"the port went away while writing: {error}") from error

    def read(self, count: int, deadline_s: float) -> bytes:
        try:
            if sys.platform == "win32":
                return self._read_on_windows(count, deadline_s)
            return self._read_on_posix(count, Deadline(deadline_s))
        except _PORT_ERRORS as error:
            raise DeviceClosed(f"the port went away while reading: {error}") from error

    def close(self) -> None:
        """Drops what a stalled device never took: the system would wait half a minute for it."""
        if self._has_failed:
            with contextlib.suppress(*_PORT_ERRORS):
                self._serial.reset_output_buffer()
        with contextlib.suppress(*_PORT_ERRORS):
            self._serial.close()

    def _write_some(self, data: memoryview, deadline: Deadline) -> int:
        """How many bytes the system took; 0 when none before the deadline."""
        if sys.platform == "win32":
            self._serial.write_timeout = max(deadline.remaining_s, 0.001)
            chunk = bytes(data[:_WINDOWS_CHUNK_BYTES])
            try:
                return self._serial.write(chunk) or 0
            except serial.SerialTimeoutException as error:
                # An unknown part of the chunk has left, so all of it may have.
                self.sent_bytes += len(chunk)
                raise DeviceTimeout("the port stopped taking bytes") from error
        while wait_for(self._serial.fileno(), selectors.EVENT_WRITE, deadline):
            try:
                return os.write(self._serial.fileno(), data)
            except BlockingIOError:
                continue
        return 0

    def _wait_until_sent(self, deadline: Deadline) -> None:
        while waiting := self._serial.out_waiting:
            if deadline.is_over:
                self.sent_bytes -= waiting
                raise DeviceTimeout(f"{waiting} bytes were not sent in time")
            time.sleep(_DRAIN_POLL_S)

    def _read_on_posix(self, count: int, deadline: Deadline) -> bytes:
        while wait_for(self._serial.fileno(), selectors.EVENT_READ, deadline):
            try:
                data = os.read(self._serial.fileno(), count)
            except BlockingIOError:
                continue
            if not data:
                raise DeviceClosed("the port is gone")
            return data
        return b""

    def _read_on_windows(self, count: int, deadline_s: float) -> bytes:
        self._serial.timeout = deadline_s
        first = self._serial.read(1)
        return first + self._serial.read(min(count - 1, self._serial.in_waiting)) if first else b""
