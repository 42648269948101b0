"""A device on the network: a printer on port 9100, or a serial server."""

import contextlib
import queue
import socket
import struct
import threading

from hardware.errors import DeviceClosed, DeviceError, DeviceRefused, DeviceTimeout, DeviceUnavailable
from hardware.transports.base import NETWORK_BYTES_PER_S, Deadline

CONNECT_S = 2.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class TcpTransport:
    """A network printer (port 9100) or a serial server."""

    can_read = True
    bytes_per_s: float = NETWORK_BYTES_PER_S

    def __init__(self, host: str, port: int, connect_s: float = CONNECT_S) -> None:
        """Connects. Raises DeviceRefused, DeviceUnavailable or DeviceTimeout."""
        self.sent_bytes = 0
        self._has_failed = False
        self._socket = connect(host, port, Deadline(connect_s))
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


def connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Raises DeviceRefused, DeviceUnavailable or DeviceTimeout."""
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
