"""Ways to a device over TCP or a device file: every open, read and write ends at a deadline of ours.

The serial port is in `hardware.serial_transport`.
"""

import contextlib
import os
import queue
import selectors
import socket
import stat
import struct
import threading
import time
from pathlib import Path
from typing import Protocol

from hardware.errors import (
    DeviceClosed,
    DeviceError,
    DeviceNotPermitted,
    DeviceRefused,
    DeviceTimeout,
    DeviceUnavailable,
)

CONNECT_S = 2.0
_NETWORK_BYTES_PER_S = 20_000
"""What a slow printer takes while it prints pictures."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_EMPTY_READ_PAUSE_S = 0.01


class Transport(Protocol):
    """An open way to one device, for one thread. After a DeviceError it is only good for closing."""

    @property
    def can_read(self) -> bool:
        """False when the device has no way to answer."""
        ...

    @property
    def bytes_per_s(self) -> float:
        """What the device surely takes; deadlines are derived from it."""
        ...

    @property
    def sent_bytes(self) -> int:
        """How many bytes have left, or may have left, since it was opened; right after a failed write too."""
        ...

    def write(self, data: bytes, deadline_s: float) -> None:
        """Returns when all bytes have left. DeviceTimeout: some may have, see `sent_bytes`."""
        ...

    def read(self, count: int, deadline_s: float) -> bytes:
        """What is there, up to `count`, as soon as anything is; empty when nothing came in time."""
        ...

    def close(self) -> None: ...


class Deadline:
    """A moment from now, so that several waits share one limit."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def remaining_s(self) -> float:
        return max(0.0, self._end - time.monotonic())

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end


class TcpTransport:
    """A network printer (port 9100) or a serial server."""

    can_read = True
    bytes_per_s: float = _NETWORK_BYTES_PER_S

    def __init__(self, host: str, port: int, connect_s: float = CONNECT_S) -> None:
        """Connects. Raises DeviceRefused, DeviceUnavailable or DeviceTimeout."""
        self.sent_bytes = 0
        self._has_failed = False
        self._socket = _connect(host, port, Deadline(connect_s))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes, deadline_s: float) -> None:
        deadline = Deadline(deadline_s)
        rest = memoryview(data)
        while rest:
            try:
                # Zero would mean non-blocking and another exception.
                self._socket.settimeout(max(deadline.remaining_s, 0.001))
                sent = self._socket.send(rest)
            except TimeoutError as error:
                self._has_failed = True
                raise DeviceTimeout(f"only {self.sent_bytes} bytes were taken in time") from error
            except OSError as error:
                self._has_failed = True
                raise DeviceClosed(f"the connection broke while writing: {error}") from error
            self.sent_bytes += sent
            rest = rest[sent:]

    def read(self, count: int, deadline_s: float) -> bytes:
        try:
            self._socket.settimeout(max(deadline_s, 0.001))
            data = self._socket.recv(count)
        except TimeoutError:
            return b""
        except OSError as error:
            raise DeviceClosed(f"the connection broke while reading: {error}") from error
        if not data:
            raise DeviceClosed("the device closed the connection")
        return data

    def close(self) -> None:
        """What was written goes on to the device, unless a write failed: half a job must not print later."""
        with contextlib.suppress(OSError):
            if self._has_failed:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            else:
                self._socket.shutdown(socket.SHUT_WR)
                self._drain()
        self._socket.close()

    def _drain(self) -> None:
        """A close with unread answers would reset the connection and with it what is still on its way."""
        self._socket.setblocking(False)
        while self._socket.recv(4096):
            pass


def _connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    failure: DeviceError = DeviceUnavailable(f"{host} has no address")
    for family, address in _resolve(host, port, deadline):
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(max(deadline.remaining_s, 0.001))
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = _connect_failure(error, host, port)
        except BaseException:
            connection.close()
            raise
        else:
            return connection
    raise failure


def _connect_failure(error: OSError, host: str, port: int) -> DeviceError:
    where = f"{host} port {port}"
    if isinstance(error, TimeoutError):
        return DeviceTimeout(f"no answer from {where}")
    if isinstance(error, ConnectionRefusedError):
        return DeviceRefused(f"{where} refuses the connection")
    return DeviceUnavailable(f"{where}: {error}")


_Address = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]


def _resolve(host: str, port: int, deadline: Deadline) -> list[tuple[int, _Address]]:
    """A name is looked up on a thread, left behind when it takes too long: look-ups have no deadline."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return [(family, address) for family, _, _, _, address in found]
    except socket.gaierror:
        pass
    answers: queue.SimpleQueue[list[tuple[int, _Address]] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([(family, address) for family, _, _, _, address in found])
        except OSError as error:
            answers.put(error)

    threading.Thread(target=ask, name=f"look-up of {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.remaining_s)
    except queue.Empty as error:
        raise DeviceTimeout(f"the name {host} was not found in time") from error
    if isinstance(answer, OSError):
        raise DeviceUnavailable(f"the name {host} is not known: {answer}") from answer
    return answer


class DeviceFileTransport:
    """A printer's device file such as `/dev/usb/lp0`, or a plain file that jobs are appended to."""

    bytes_per_s: float = _NETWORK_BYTES_PER_S

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


def wait_for(file: int, event: int, deadline: Deadline) -> bool:
    """Whether the file became readable or writable before the deadline; asks at least once."""
    with selectors.DefaultSelector() as selector:
        selector.register(file, event)
        return bool(selector.select(deadline.remaining_s))
