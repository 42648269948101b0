"""One HTTPS request and its answer, each wait with a limit of ours; plain HTTP reaches this machine only."""

import http.client
import io
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from hardware.errors import (
    AddressInvalid,
    DeviceClosed,
    DeviceTimeout,
    DeviceUnavailable,
    PermanentDeviceError,
    TransientDeviceError,
)
from hardware.transports.base import Deadline
from hardware.transports.tcp import connect

_LOOK_S = 0.05
_LONGEST_ANSWER = 1_000_000


class ServiceNotTrusted(PermanentDeviceError):
    """The certificate is not that of the service: a wrong clock, or somebody between."""

    code = "not_trusted"


class AnswerGarbled(TransientDeviceError):
    """What came back is no answer of the service."""

    code = "garbled"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpAddress:
    host: str
    port: int
    path: str
    is_secure: bool

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_url(text: str) -> HttpAddress:
    """Raises AddressInvalid, also for plain HTTP to another machine."""
    try:
        url = urlsplit(text.strip())
        port = url.port
    except ValueError as error:
        raise AddressInvalid(f"“{text}”: {error}") from error
    if url.scheme not in ("https", "http") or not url.hostname or url.username or url.query or url.fragment:
        raise AddressInvalid(f"“{text}” is no address of a service, such as https://terminal.example")
    is_secure = url.scheme == "https"
    if not is_secure and not _is_this_machine(url.hostname):
        raise AddressInvalid(f"“{text}” must begin with https://")
    return HttpAddress(url.hostname, port or (443 if is_secure else 80), url.path.rstrip("/"), is_secure)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class HttpConnection:
    """For one request. Until `post` nothing has been sent that the service could act on."""

    def __init__(self, address: HttpAddress, connect_s: float) -> None:
        """Connects. Raises DeviceError."""
        self._address = address
        deadline = Deadline(connect_s)
        plain = connect(address.host, address.port, deadline)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = _secured(plain, address.host, deadline) if address.is_secure else plain

    def close(self) -> None:
        self._socket.close()

    def post(
        self, headers: Mapping[str, str], body: bytes, limit_s: float, look: Callable[[], None]
    ) -> HttpAnswer:
        """`look` is called every now and then while the answer is waited for.

        Raises DeviceTimeout, DeviceClosed or AnswerGarbled: the request may have been acted on then.
        """
        deadline = Deadline(limit_s)
        try:
            self._socket.settimeout(max(deadline.remaining_s, 0.001))
            self._socket.sendall(self._head(headers, len(body)) + body)
            return _parsed(self._receive(deadline, look))
        except TimeoutError as error:
            raise DeviceTimeout("the request was not taken in time") from error
        except OSError as error:
            raise DeviceClosed(f"the connection broke: {error}") from error

    def _head(self, headers: Mapping[str, str], length: int) -> bytes:
        lines = {
            "Host": self._address.authority,
            "Connection": "close",
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Content-Length": str(length),
            **headers,
        }
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"POST {self._address.path or '/'} HTTP/1.1\r\n{text}\r\n".encode("latin-1")

    def _receive(self, deadline: Deadline, look: Callable[[], None]) -> bytes:
        received = bytearray()
        while not _is_whole(received):
            look()
            if deadline.is_over:
                raise DeviceTimeout("no whole answer came in time")
            self._socket.settimeout(min(max(deadline.remaining_s, 0.001), _LOOK_S))
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                continue
            if not data:
                break
            received += data
            if len(received) > _LONGEST_ANSWER:
                raise AnswerGarbled("the answer does not end")
        return bytes(received)


def _secured(plain: socket.socket, host: str, deadline: Deadline) -> socket.socket:
    try:
        plain.settimeout(max(deadline.remaining_s, 0.001))
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        plain.close()
        raise ServiceNotTrusted(f"{host}: {error.verify_message}") from error
    except TimeoutError as error:
        plain.close()
        raise DeviceTimeout(f"{host} does not answer") from error
    except OSError as error:
        plain.close()
        raise DeviceUnavailable(f"{host}: {error}") from error


def _is_whole(received: bytearray) -> bool:
    """False also for an answer whose end is the end of the connection."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return False
    if length := re.search(rb"\r\ncontent-length: *(\d{1,9})", head, re.IGNORECASE):
        return len(body) >= int(length.group(1))
    is_chunked = re.search(rb"\r\ntransfer-encoding: *chunked", head, re.IGNORECASE) is not None
    return is_chunked and body.endswith(b"0\r\n\r\n")


class _Received:
    """What HTTPResponse wants of a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _parsed(data: bytes) -> HttpAnswer:
    if not data:
        raise DeviceClosed("the connection ended without an answer")
    answer = http.client.HTTPResponse(cast(socket.socket, _Received(data)))
    try:
        answer.begin()
        return HttpAnswer(answer.status, answer.read())
    except http.client.IncompleteRead as error:
        raise DeviceClosed("the answer is cut off") from error
    except (http.client.HTTPException, ValueError) as error:
        raise AnswerGarbled("the answer is no HTTP") from error
    finally:
        answer.close()
