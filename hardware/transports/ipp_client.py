"""Asks a print server one question: IPP over HTTP, with one deadline over connecting, sending and reading."""

import contextlib
import http.client
import io
import os
import socket
import sys
from dataclasses import dataclass
from typing import cast

from hardware.errors import DeviceClosed, DeviceError, DeviceNotPermitted, DeviceTimeout, DeviceUnavailable
from hardware.transports.base import Deadline
from hardware.transports.ipp_message import IppMessage, MessageInvalid, decode, encode
from hardware.transports.tcp import connect

IPP_PORT = 631
LOCAL_SOCKETS = ("/run/cups/cups.sock", "/var/run/cupsd")
_LONGEST_ANSWER_BYTES = 4_000_000
_BLOCK_BYTES = 65536


@dataclass(frozen=True, slots=True)
class IppServer:
    host: str = ""
    """Empty: this machine, by its own socket where it has one."""
    port: int = IPP_PORT
    local_sockets: tuple[str, ...] = LOCAL_SOCKETS

    @property
    def name(self) -> str:
        return self.host or "localhost"

    def connect(self, deadline: Deadline) -> socket.socket:
        """Raises DeviceError."""
        if not self.host and sys.platform != "win32":
            for path in self.local_sockets:
                if os.path.exists(path):
                    return _connect_locally(path, deadline)
        return connect(self.name, self.port, deadline)


def _connect_locally(path: str, deadline: Deadline) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(max(deadline.remaining_s, 0.001))
        connection.connect(path)
    except OSError as error:
        connection.close()
        if isinstance(error, TimeoutError):
            raise DeviceTimeout("the print server does not answer") from error
        if isinstance(error, PermissionError):
            raise DeviceNotPermitted("this user may not speak to the print server") from error
        raise DeviceUnavailable(f"the print server does not run: {error.strerror}") from error
    return connection


class IppExchange:
    """One request and its answer, over a connection of its own."""

    def __init__(self, server: IppServer, path: str, request: IppMessage, document: bytes = b"") -> None:
        self.document_bytes_sent = 0
        """How much of the document has left, or may have left."""
        self._server = server
        self._path = path
        self._request = encode(request)
        self._document = document

    def run(self, deadline: Deadline) -> IppMessage:
        """Raises DeviceError."""
        connection = self._server.connect(deadline)
        try:
            try:
                self._send(connection, deadline)
            except DeviceClosed:
                # A server that refuses a request may say so before it has taken all of it.
                with contextlib.suppress(DeviceError):
                    return self._answer(connection, deadline)
                raise
            return self._answer(connection, deadline)
        finally:
            connection.close()

    def _send(self, connection: socket.socket, deadline: Deadline) -> None:
        length = len(self._request) + len(self._document)
        head = (
            f"POST {self._path} HTTP/1.1\r\nHost: {_host_header(self._server)}\r\nConnection: close\r\n"
            f"Content-Type: application/ipp\r\nContent-Length: {length}\r\n\r\n"
        ).encode("ascii")
        _send_all(connection, head + self._request, deadline)
        rest = memoryview(self._document)
        while rest:
            block = rest[:_BLOCK_BYTES]
            sent = _send_some(connection, block, deadline)
            self.document_bytes_sent += sent
            rest = rest[sent:]

    def _answer(self, connection: socket.socket, deadline: Deadline) -> IppMessage:
        response = http.client.HTTPResponse(cast(socket.socket, _Answer(connection, deadline)), method="POST")
        try:
            response.begin()
            status, body = response.status, response.read(_LONGEST_ANSWER_BYTES)
        except TimeoutError as error:
            raise DeviceTimeout("the print server did not answer in time") from error
        except (OSError, http.client.HTTPException) as error:
            raise DeviceClosed(f"the connection to the print server broke: {error}") from error
        finally:
            response.close()
        if status in (401, 403):
            raise DeviceNotPermitted("the print server does not let this user print")
        if status == 404:
            raise DeviceUnavailable("the print server does not know the queue")
        if status != 200:
            raise DeviceUnavailable(f"the print server answers with HTTP status {status}")
        try:
            return decode(body)[0]
        except MessageInvalid as error:
            raise DeviceUnavailable(f"what answers is no print server: {error}") from error


def _send_all(connection: socket.socket, data: bytes, deadline: Deadline) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[_send_some(connection, rest, deadline) :]


def _send_some(connection: socket.socket, data: memoryview, deadline: Deadline) -> int:
    try:
        connection.settimeout(max(deadline.remaining_s, 0.001))
        return connection.send(data)
    except TimeoutError as error:
        raise DeviceTimeout("the print server stopped taking data") from error
    except OSError as error:
        raise DeviceClosed(f"the connection to the print server broke: {error}") from error


def _host_header(server: IppServer) -> str:
    host = f"[{server.name}]" if ":" in server.name else server.name
    return f"{host}:{server.port}"


class _Answer:
    """What http.client needs of a socket; each read waits only for what is left of the deadline."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self._connection, self._deadline))


class _DeadlineReader(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._deadline.is_over:
            raise TimeoutError("the deadline is over")
        self._connection.settimeout(max(self._deadline.remaining_s, 0.001))
        return self._connection.recv_into(buffer)
