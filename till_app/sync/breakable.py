"""HTTP connections that another thread can break off at once, whatever they wait for.

A blocking read ends when its socket is shut down, and a connect waits in short slices that look whether it
is still wanted. Only the look-up of a name cannot be broken off.
"""

import errno
import os
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.poolmanager import PoolManager

CONNECT_SLICE_S = 0.1
_UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", 0)})

SocketOption = tuple[int, int, int | bytes]


class Breaker:
    """Holds the live connections of one client. Once broken it stays so."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: set[socket.socket] = set()
        self._broken = False

    @property
    def is_broken(self) -> bool:
        return self._broken

    def break_off(self) -> None:
        """From any thread: what is under way fails now, what comes later fails at once."""
        with self._lock:
            self._broken = True
            for handle in self._handles:
                try:
                    handle.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the other side was faster

    def watch(self, connected: socket.socket) -> socket.socket:
        """A second handle on the connection, for `forget` in the end; it outlives the wrapping in TLS."""
        handle = connected.dup()
        with self._lock:
            if self._broken:
                handle.close()
                raise ConnectionAbortedError("stopped")
            self._handles.add(handle)
        return handle

    def forget(self, handle: socket.socket) -> None:
        with self._lock:
            self._handles.discard(handle)
        handle.close()

    def connect(
        self, host: str, port: int, timeout_s: float | None, options: Iterable[SocketOption]
    ) -> socket.socket:
        """A connected socket to the first address that answers. Raises OSError, such as TimeoutError."""
        failure: OSError = OSError(errno.EHOSTUNREACH, "no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
            candidate = socket.socket(family, kind, protocol)
            try:
                for option in options:
                    candidate.setsockopt(*option)
                self._connect(candidate, address, timeout_s)
            except OSError as error:
                candidate.close()
                failure = error
                if self._broken:
                    break
            else:
                candidate.settimeout(timeout_s)
                return candidate
        raise failure

    def _connect(self, candidate: socket.socket, address: Any, timeout_s: float | None) -> None:
        candidate.setblocking(False)
        code = candidate.connect_ex(address)
        if code not in _UNDER_WAY:
            raise OSError(code, os.strerror(code))
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with selectors.DefaultSelector() as selector:
            selector.register(candidate, selectors.EVENT_WRITE)
            while not selector.select(CONNECT_SLICE_S):
                if self._broken:
                    raise ConnectionAbortedError("stopped")
                if deadline is not None and time.monotonic() >= deadline:
                    raise TimeoutError("timed out")
        code = candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, os.strerror(code))


class _BreakableConnection(HTTPConnection):
    """Plain HTTP; mixed into the TLS connection below, which wraps what `_new_conn` returns."""

    def __init__(self, *args: Any, breaker: Breaker, **options: Any) -> None:
        super().__init__(*args, **options)
        self._breaker = breaker
        self._handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        timeout_s = self.timeout if isinstance(self.timeout, int | float) else None
        try:
            connected = self._breaker.connect(
                self._dns_host, self.port, timeout_s, tuple(self.socket_options or ())
            )
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"Connection to {self.host} timed out.") from error
        except OSError as error:
            raise NewConnectionError(self, f"Failed to establish a new connection: {error}") from error
        try:
            self._handle = self._breaker.watch(connected)
        except OSError as error:
            connected.close()
            raise NewConnectionError(self, f"Failed to establish a new connection: {error}") from error
        return connected

    def close(self) -> None:
        handle, self._handle = self._handle, None
        if handle is not None:
            self._breaker.forget(handle)
        super().close()


class _BreakableTlsConnection(_BreakableConnection, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _BreakableConnection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _BreakableTlsConnection


class _BreakablePools(PoolManager):
    def __init__(self, breaker: Breaker, **options: Any) -> None:
        super().__init__(**options)
        self.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
        self._breaker = breaker

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, host, port, request_context)
        pool.conn_kw["breaker"] = self._breaker
        return pool


class BreakableAdapter(HTTPAdapter):
    """Mount on a requests.Session. Never tries again on its own, and trusts whom `tls` trusts, no other."""

    def __init__(self, breaker: Breaker, tls: ssl.SSLContext | None = None) -> None:
        self._breaker = breaker
        self._tls = tls
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        self.poolmanager = _BreakablePools(
            self._breaker,
            num_pools=connections,
            maxsize=maxsize,
            block=block,
            ssl_context=self._tls,
            **pool_kwargs,
        )

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Does not add the HTTP library's own list of authorities, as it would."""
        conn.cert_reqs = "CERT_REQUIRED"
