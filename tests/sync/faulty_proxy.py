"""A proxy between till and hub on loopback that does to a request what bad networks and dying hubs do."""

import contextlib
import http.client
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import urlsplit

WAIT_S = 10.0
"""Within which what a test waits for must have happened."""
DRIP_S = 0.02
"""Between two bytes of an answer that drips."""
DELAY_S = 0.25
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER, on, for no time."""


class Fault(Enum):
    """What happens to one request."""

    NONE = "none"
    DROP_BEFORE = "drop_before"
    """The connection is closed; the hub never sees the request."""
    DROP_AFTER = "drop_after"
    """The hub does its work; its answer is thrown away and the connection closed."""
    RESET = "reset"
    """The hub does its work; instead of its answer the till gets a TCP reset."""
    DELAY = "delay"
    """The request reaches the hub a quarter of a second late."""
    HOLD = "hold"
    """The request waits until `release`, then passes."""
    ERROR_500 = "error_500"
    """A plain 500 that the hub knows nothing of."""
    BUSY = "busy"
    """503 with `Retry-After: 7`."""
    CUT_BODY = "cut_body"
    """The hub does its work; half of its answer arrives, then the connection is closed."""
    DUPLICATE = "duplicate"
    """The hub gets the request twice; its second answer is passed on."""
    LATE = "late"
    """The connection is closed at once; the hub gets the request after the next one that reaches it."""
    SLOW_DRIP = "slow_drip"
    """The hub does its work; the body of its answer comes byte by byte, as long as the till listens."""
    REFUSED_401 = "refused_401"
    """401 in a hub's own words, such as from one that does not know its tills yet."""
    TOO_LARGE_413 = "too_large_413"
    """413 in a hub's own words."""
    HTML_200 = "html_200"
    """A captive portal: 200 and a page for people."""
    JSON_200 = "json_200"
    """Another service at the hub's address: 200 and a JSON of its own."""


@dataclass(frozen=True, slots=True)
class ProxiedRequest:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass
class _State:
    changed: threading.Condition = field(default_factory=threading.Condition)
    script: deque[Fault] = field(default_factory=deque)
    rule: Callable[[ProxiedRequest], Fault] | None = None
    seen: list[tuple[ProxiedRequest, Fault]] = field(default_factory=list)
    held: int = 0
    releases: int = 0
    late: deque[ProxiedRequest] = field(default_factory=deque)
    connections: set[socket.socket] = field(default_factory=set)
    closed: bool = False


class FaultyProxy:
    """Listens on 127.0.0.1. Use as a context manager; all methods may be called from any thread."""

    def __init__(self, hub_url: str) -> None:
        hub = urlsplit(hub_url)
        if hub.hostname is None or hub.port is None:
            raise ValueError("the hub's URL needs a host and a port")
        self._hub = (hub.hostname, hub.port)
        self._state = _State()
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = None
        self._port = 0
        self.accept_connections()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def seen(self) -> list[tuple[ProxiedRequest, Fault]]:
        """All requests so far and what was done to each."""
        with self._state.changed:
            return list(self._state.seen)

    def next_requests(self, *faults: Fault) -> None:
        """The next requests meet these, one each; a rule is asked only when none is left."""
        with self._state.changed:
            self._state.script.extend(faults)

    def by_rule(self, rule: Callable[[ProxiedRequest], Fault] | None) -> None:
        """Asked for each request that no `next_requests` is for; on the request's own thread."""
        with self._state.changed:
            self._state.rule = rule

    def once(self, path: str, fault: Fault) -> None:
        """The next request to that path meets the fault; all others pass."""
        left = [fault]

        def rule(request: ProxiedRequest) -> Fault:
            return left.pop() if left and request.path == path else Fault.NONE

        self.by_rule(rule)

    def release(self) -> None:
        """Let all requests pass that are held now."""
        with self._state.changed:
            self._state.releases += 1
            self._state.changed.notify_all()

    def wait_until_held(self, count: int = 1) -> None:
        self._wait_for(lambda: self._state.held >= count, "no request was held")

    def wait_until_seen(self, path: str, count: int = 1) -> None:
        """Until so many requests to that path have come in, since the beginning."""

        def is_seen() -> bool:
            return sum(request.path == path for request, _ in self._state.seen) >= count

        self._wait_for(is_seen, f"no {count} requests to {path}")

    def wait_until_quiet(self, most_connections: int = 1) -> None:
        """Until the connections of those that hung up are closed here, too."""
        self._wait_for(lambda: len(self._state.connections) <= most_connections, "connections stay open")

    def refuse_connections(self) -> None:
        """As if the hub's program had ended: no new connection, and those that are there break."""
        listener, self._listener = self._listener, None
        if listener is not None:
            # Closing alone would leave the thread in accept() with the port still open.
            with contextlib.suppress(OSError):  # only Linux knows it for a listening socket
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self._break_connections()

    def accept_connections(self) -> None:
        """Listen, on the same port as before."""
        if self._listener is not None:
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen()
        self._port = listener.getsockname()[1]
        self._listener = listener
        self._start(self._accept, listener)

    def close(self) -> None:
        with self._state.changed:
            self._state.closed = True
            self._state.changed.notify_all()
        self.refuse_connections()
        for thread in self._threads:
            thread.join(WAIT_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wait_for(self, reached: Callable[[], bool], otherwise: str) -> None:
        with self._state.changed:
            if not self._state.changed.wait_for(reached, WAIT_S):
                raise AssertionError(otherwise)

    def _start(self, work: Callable[[socket.socket], None], connection: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(connection,), name="faulty-proxy", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _break_connections(self) -> None:
        with self._state.changed:
            for connection in self._state.connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._state.changed:
                self._state.connections.add(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as incoming:
                while (request := _read_request(incoming)) is not None:
                    if not self._handle(request, connection):
                        return
        except OSError:
            return  # the till went away
        finally:
            with self._state.changed:
                self._state.connections.discard(connection)
                self._state.changed.notify_all()

    def _handle(self, request: ProxiedRequest, connection: socket.socket) -> bool:
        """Whether the connection lives on."""
        fault = self._next_fault(request)
        if fault is Fault.DROP_BEFORE:
            return False
        if fault is Fault.LATE:
            with self._state.changed:
                self._state.late.append(request)
            return False
        if fault is Fault.HOLD and not self._hold():
            return False
        if fault is Fault.DELAY and self._is_closed_within(DELAY_S):
            return False
        answer = _MADE_UP.get(fault) or self._forwarded(request)
        if fault is Fault.DUPLICATE:
            answer = self._forwarded(request)
        if fault not in _MADE_UP:
            self._forward_late()
        if fault is Fault.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        if fault in (Fault.DROP_AFTER, Fault.RESET):
            return False
        if fault is Fault.SLOW_DRIP:
            return self._drip(answer, connection)
        if fault is Fault.CUT_BODY:
            head_length = answer.index(b"\r\n\r\n") + 4
            connection.sendall(answer[: head_length + (len(answer) - head_length) // 2])
            return False
        connection.sendall(answer)
        return True

    def _is_closed_within(self, seconds: float) -> bool:
        with self._state.changed:
            return self._state.changed.wait_for(lambda: self._state.closed, seconds)

    def _next_fault(self, request: ProxiedRequest) -> Fault:
        state = self._state
        with state.changed:
            scripted = state.script.popleft() if state.script else None
            rule = state.rule
        if scripted is None:
            scripted = rule(request) if rule else Fault.NONE
        with state.changed:
            state.seen.append((request, scripted))
            state.changed.notify_all()
        return scripted

    def _hold(self) -> bool:
        state = self._state
        with state.changed:
            state.held += 1
            state.changed.notify_all()
            before = state.releases
            state.changed.wait_for(lambda: state.closed or state.releases > before)
            state.held -= 1
            return not state.closed

    def _forward_late(self) -> None:
        """What was thought lost arrives after what was sent later; nobody waits for its answer."""
        with self._state.changed:
            late = list(self._state.late)
            self._state.late.clear()
        for request in late:
            self._forwarded(request)

    def _drip(self, answer: bytes, connection: socket.socket) -> bool:
        head, end, body = answer.partition(b"\r\n\r\n")
        connection.sendall(head + end)
        for at in range(len(body)):
            connection.sendall(body[at : at + 1])
            if self._is_closed_within(DRIP_S):
                return False
        return True

    def _forwarded(self, request: ProxiedRequest) -> bytes:
        hub = http.client.HTTPConnection(*self._hub, timeout=WAIT_S)
        try:
            headers = {
                name: value for name, value in request.headers.items() if name not in ("host", "connection")
            }
            hub.request(request.method, request.target, body=request.body or None, headers=headers)
            with hub.getresponse() as response:
                return _as_bytes(response.status, response.getheaders(), response.read())
        except (OSError, http.client.HTTPException) as error:
            raise ConnectionError("the hub went away") from error
        finally:
            hub.close()


def _read_request(incoming: BinaryIO) -> ProxiedRequest | None:
    first_line = incoming.readline()
    if not first_line.endswith(b"\r\n"):
        return None
    method, target, _ = first_line.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while (line := incoming.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    body = incoming.read(int(headers.get("content-length", "0")))
    return ProxiedRequest(method, target, headers, body)


def _as_bytes(status: int, headers: list[tuple[str, str]], body: bytes) -> bytes:
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in ("transfer-encoding", "content-length", "connection")
    ]
    kept.append(("Content-Length", str(len(body))))
    head = "".join(f"{name}: {value}\r\n" for name, value in kept)
    reason = http.client.responses.get(status, "")
    return f"HTTP/1.1 {status} {reason}\r\n{head}\r\n".encode("latin-1") + body


_MADE_UP = {
    Fault.ERROR_500: _as_bytes(500, [("Content-Type", "text/plain")], b"internal error"),
    Fault.BUSY: _as_bytes(
        503,
        [("Content-Type", "application/json"), ("Retry-After", "7")],
        b'{"code":"busy","message":"later"}',
    ),
    Fault.REFUSED_401: _as_bytes(
        401, [("Content-Type", "application/json")], b'{"code":"unauthorised","message":"who are you?"}'
    ),
    Fault.TOO_LARGE_413: _as_bytes(
        413, [("Content-Type", "application/json")], b'{"code":"too_large","message":"too much"}'
    ),
    Fault.HTML_200: _as_bytes(
        200, [("Content-Type", "text/html")], b"<html><body>Welcome to Shop Wi-Fi</body></html>"
    ),
    Fault.JSON_200: _as_bytes(200, [("Content-Type", "application/json")], b'{"status":"ok","uptime":123}'),
}
