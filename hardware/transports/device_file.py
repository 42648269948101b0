"""A device file such as `/dev/usb/lp0`, or a plain file that takes the bytes.

Linux' printer driver (usblp) says "taken" of a block that is still on its way, and closing its file throws
that block away: so a write waits until the driver is ready for the next. Status questions are answered if the
printer answers. Simulated by pseudo terminals and pipes; a real printer is not yet tried.
"""

import errno
import os
import select
import selectors
import stat
import time
from pathlib import Path

from hardware.errors import DeviceClosed, DeviceNotPermitted, DeviceTimeout, DeviceUnavailable
from hardware.transports.base import NETWORK_BYTES_PER_S, Deadline, wait_for
from hardware.transports.permission import permission_hint

_EMPTY_READ_PAUSE_S = 0.01
# POLLERR and POLLHUP, which Windows has no names for.
_GONE = 0x008 | 0x010


class DeviceFileTransport:
    """A printer's device file such as `/dev/usb/lp0`, or a plain file that jobs are appended to."""

    bytes_per_s: float = NETWORK_BYTES_PER_S

    def __init__(self, path: Path) -> None:
        """Opens without waiting. A plain file is created, a device file never."""
        self.sent_bytes = 0
        self.can_read = False
        self._is_closed = False
        self._is_device = _is_character_device(path)
        try:
            self._file = self._open(path)
        except PermissionError as error:
            raise DeviceNotPermitted(permission_hint(str(path))) from error
        except OSError as error:
            raise DeviceUnavailable(f"{path}: {error.strerror}") from error

    def _open(self, path: Path) -> int:
        flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
        if not self._is_device:
            create = 0 if path.is_relative_to("/dev") else os.O_CREAT
            return os.open(path, flags | os.O_WRONLY | os.O_APPEND | create, 0o644)
        try:
            file = os.open(path, flags | os.O_RDWR)
        except PermissionError:
            return os.open(path, flags | os.O_WRONLY)
        self.can_read = True
        return file

    def write(self, data: bytes, deadline_s: float) -> None:
        deadline = Deadline(deadline_s)
        rest = memoryview(data)
        while rest:
            try:
                written = os.write(self._file, rest)
            except BlockingIOError:
                if not wait_for(self._file, selectors.EVENT_WRITE, deadline):
                    raise DeviceTimeout(f"only {self.sent_bytes} bytes were taken in time") from None
                continue
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    raise DeviceTimeout("the printer has no paper to take more") from error
                raise DeviceClosed(f"the device went away while writing: {error}") from error
            self.sent_bytes += written
            rest = rest[written:]
        if data and self._is_device:
            self._wait_until_taken(deadline)

    def read(self, count: int, deadline_s: float) -> bytes:
        if not self.can_read:
            return b""
        deadline = Deadline(deadline_s)
        while events := self._poll(select.POLLIN, deadline):
            try:
                data = os.read(self._file, count)
            except BlockingIOError:
                data = b""
            except OSError as error:
                raise DeviceClosed(f"the device went away while reading: {error}") from error
            if data:
                return data
            if events & _GONE:
                raise DeviceClosed("the device went away while reading")
            if deadline.is_over:
                break
            # Printer device files answer "nothing" at once where others would wait.
            time.sleep(min(_EMPTY_READ_PAUSE_S, deadline.remaining_s))
        return b""

    def _wait_until_taken(self, deadline: Deadline) -> None:
        events = self._poll(select.POLLOUT, deadline)
        if not events:
            raise DeviceTimeout("the last bytes were not taken in time")
        if events & _GONE:
            raise DeviceClosed("the device went away while writing")

    def _poll(self, event: int, deadline: Deadline) -> int:
        """What happened to a device before the deadline; 0: nothing."""
        poll = select.poll()
        poll.register(self._file, event)
        happened = poll.poll(deadline.remaining_s * 1000)
        return happened[0][1] if happened else 0

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            os.close(self._file)


def _is_character_device(path: Path) -> bool:
    try:
        return stat.S_ISCHR(path.stat().st_mode)
    except FileNotFoundError:
        return False
