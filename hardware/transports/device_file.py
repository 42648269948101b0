"""A device file such as `/dev/usb/lp0`, or a plain file that takes the bytes."""

import os
import selectors
import stat
import time
from pathlib import Path

from hardware.errors import DeviceClosed, DeviceNotPermitted, DeviceTimeout, DeviceUnavailable
from hardware.transports.base import NETWORK_BYTES_PER_S, Deadline, wait_for

_EMPTY_READ_PAUSE_S = 0.01


class DeviceFileTransport:
    """A printer's device file such as `/dev/usb/lp0`, or a plain file that jobs are appended to."""

    bytes_per_s: float = NETWORK_BYTES_PER_S

    def __init__(self, path: Path) -> None:
        """Opens without waiting. A plain file is created, a device file never."""
        self.sent_bytes = 0
        self.can_read = False
        try:
            self._file = self._open(path)
        except PermissionError as error:
            raise DeviceNotPermitted(f"this user may not open {path}") from error
        except OSError as error:
            raise DeviceUnavailable(f"{path}: {error.strerror}") from error

    def _open(self, path: Path) -> int:
        flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
        if not _is_character_device(path):
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
                raise DeviceClosed(f"the device went away while writing: {error}") from error
            self.sent_bytes += written
            rest = rest[written:]

    def read(self, count: int, deadline_s: float) -> bytes:
        if not self.can_read:
            return b""
        deadline = Deadline(deadline_s)
        while wait_for(self._file, selectors.EVENT_READ, deadline):
            try:
                data = os.read(self._file, count)
            except BlockingIOError:
                continue
            except OSError as error:
                raise DeviceClosed(f"the device went away while reading: {error}") from error
            if data:
                return data
            # Printer device files answer "nothing" at once where others would wait.
            time.sleep(min(_EMPTY_READ_PAUSE_S, deadline.remaining_s))
        return b""

    def close(self) -> None:
        os.close(self._file)


def _is_character_device(path: Path) -> bool:
    try:
        return stat.S_ISCHR(path.stat().st_mode)
    except FileNotFoundError:
        return False
