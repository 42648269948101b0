"""The HTTP of a simulated cloud service, with the faults of its script."""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

from hardware.simulated.cloud_answers import Json, reject

KEY = "simulated-key"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class CloudOutcome(StrEnum):
    APPROVE = "approve"
    DECLINE = "decline"
    ABORT = "abort"
    WAIT = "wait"
    """For a card, until the till aborts."""
    PARTIAL = "partial"
    BUSY = "busy"


class CloudFault(StrEnum):
    """What goes wrong with one kind of request. Those before it was acted on come first."""

    LOST_BEFORE = "lost_before"
    HTTP_401 = "http_401"
    HTTP_429 = "http_429"
    HTTP_503 = "http_503"
    PORTAL = "portal"
    """A captive portal's page instead of an answer."""
    REDIRECT = "redirect"
    REJECT = "reject"
    """The service has no connection to the terminal."""
    LOST_AFTER = "lost_after"
    HTTP_500 = "http_500"
    HALF = "half"
    """The answer is cut off."""
    WRONG_JSON = "wrong_json"
    OTHER_ANSWER = "other_answer"
    """The answer to another request."""
    SILENCE = "silence"
    DRIP = "drip"
    """An answer that comes byte by byte and never ends."""


_BEFORE = frozenset(list(CloudFault)[:7])


@dataclass(frozen=True, slots=True)
class CloudScript:
    outcome: CloudOutcome = CloudOutcome.APPROVE
    fault: CloudFault | None = None
    fault_on: tuple[str, ...] = ("Payment", "Reversal")
    """The categories of the requests that it strikes."""


class _NoAnswer(Exception):
    """The connection is to end as it is."""


class Owner(Protocol):
    """The service whose HTTP it is."""

    changed: threading.Condition

    @property
    def script(self) -> CloudScript: ...

    @property
    def is_closing(self) -> bool: ...

    def answer(self, request: Json) -> tuple[Json, str]: ...


class CloudServer(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, address: tuple[str, int], terminal: Owner) -> None:
        self.terminal = terminal
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: CloudServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """To nobody."""

    def do_POST(self) -> None:
        self.close_connection = True
        with contextlib.suppress(_NoAnswer, ConnectionError):
            self._serve()

    def _serve(self) -> None:
        terminal = self.server.terminal
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/sync":
            self._send(404, b"not found", "text/plain")
            return
        if self.headers["X-API-Key"] != KEY:
            self._send(401, b"Unauthorized", "text/plain")
            return
        request: Json = json.loads(data)
        script = terminal.script
        category = request["SaleToPOIRequest"]["MessageHeader"]["MessageCategory"]
        fault = script.fault if category in script.fault_on else None
        if fault in _BEFORE:
            self._fail(fault, request, b"")
        response, _ = terminal.answer(request)
        body = b"ok" if category == "Abort" else json.dumps(response).encode()
        if fault is not None:
            self._fail(fault, request, body)
        self._send(200, body, "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "https://portal.example/login")
        self.end_headers()
        self.wfile.write(body)

    def _fail(self, fault: CloudFault | None, request: Json, body: bytes) -> None:
        match fault:
            case CloudFault.LOST_BEFORE | CloudFault.LOST_AFTER:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            case CloudFault.HTTP_401 | CloudFault.HTTP_429 | CloudFault.HTTP_503 | CloudFault.HTTP_500:
                self._send(int(fault.removeprefix("http_")), b"no", "text/plain")
            case CloudFault.PORTAL:
                self._send(200, b"<html><body>Welcome to the free network</body></html>", "text/html")
            case CloudFault.REDIRECT:
                self._send(302, b"", "text/html")
            case CloudFault.REJECT:
                self._send(200, json.dumps(reject(request)).encode(), "application/json")
            case CloudFault.HALF:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2])
            case CloudFault.WRONG_JSON:
                self._send(200, b'{"SaleToPOIResponse": [1, {"PaymentResponse"', "application/json")
            case CloudFault.OTHER_ANSWER:
                other = json.loads(body)
                other["SaleToPOIResponse"]["MessageHeader"]["ServiceID"] = "OTHER"
                self._send(200, json.dumps(other).encode(), "application/json")
            case CloudFault.SILENCE:
                self._wait_for_the_end()
            case CloudFault.DRIP:
                self.send_response(200)
                self.send_header("Content-Length", "100000")
                self.end_headers()
                for _ in self._ticks():
                    self.wfile.write(b" ")
        raise _NoAnswer

    def _wait_for_the_end(self) -> None:
        for _ in self._ticks():
            self.connection.settimeout(0.01)
            with contextlib.suppress(TimeoutError):
                if not self.connection.recv(1):
                    return

    def _ticks(self) -> Iterator[None]:
        terminal = self.server.terminal
        while True:
            with terminal.changed:
                if terminal.changed.wait_for(lambda: terminal.is_closing, 0.02):
                    return
            yield
