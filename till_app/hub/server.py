"""Serving a hub over HTTP: in this thread until told to stop, or in a thread beside the caller."""

import asyncio
import contextlib
import errno
import logging
import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import uvicorn

from till_app.hub.api.access import LOOPBACK_HOSTS
from till_app.hub.api.app import create_app
from till_app.hub.bell import Bell
from till_app.hub.housekeeping import keep_house
from till_app.hub.hub import Hub, open_hub
from till_app.hub.supervisor import Supervisor, WorkerOptions
from till_app.hub.tls import TLS_FOLDER, CertificateRefused, ServerCertificate, TlsChoice, certificate_for

_log = logging.getLogger(__name__)
_GRACE_S = 1
_KEEP_ALIVE_S = 60
_BACKLOG = 2_048
"""A whole chain's tills come back at once after a restart."""
_THREADS = 32
"""For calls, of which some wait for the one writer of an SQLite database while others read."""
_CERTIFICATE_CHECK_S = 3_600.0
_START_TIMEOUT_S = 20.0


class AddressRefused(Exception):
    """The address cannot be listened on, in words for the person who started the hub."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises AddressRefused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY on sockets that name their protocol only; without it an answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # on Windows the option would let two hubs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise AddressRefused(
                f"Port {port} of {host} is in use by another program; choose another with --port,"
                " or stop that program."
            ) from error
        raise AddressRefused(f"The hub cannot listen on {host} port {port}: {error.strerror}.") from error
    return listener


def allow_many_connections() -> None:
    """As many as the system lets this user have: each waiting till holds one."""
    if sys.platform != "win32":
        import resource

        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def url_of(listener: socket.socket, *, is_tls: bool = False) -> str:
    host, port = listener.getsockname()[:2]
    scheme = "https" if is_tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


class HubServer(uvicorn.Server):
    """A server that leaves signals to its caller and says when it is ready. Raises CertificateRefused."""

    def __init__(
        self,
        hub: Hub,
        *,
        is_on_loopback: bool,
        on_ready: Callable[[], None],
        tls: TlsChoice | None = None,
    ) -> None:
        self._hub = hub
        self.bell = Bell(hub.database)
        """On which the tills wait for the feed."""
        self._tls = tls
        self._beside: list[asyncio.Task[None]] = []
        """What is done while the server serves."""
        self._context = self._certificate(tls).context() if tls is not None else None
        super().__init__(
            uvicorn.Config(
                create_app(hub, self.bell, is_on_loopback=is_on_loopback),
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=_GRACE_S,
                timeout_keep_alive=_KEEP_ALIVE_S,
                ws="none",
                ssl_context_factory=self._context_for_uvicorn if self._context is not None else None,
            )
        )
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="hub")
        asyncio.get_running_loop().set_default_executor(threads)
        await super().startup(sockets)
        self._beside.append(asyncio.create_task(keep_house(self._hub)))
        if self._context is not None:
            self._beside.append(asyncio.create_task(self._renew_certificate(self._context)))
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Who waits for the feed is answered first: the server waits for its answers."""
        for task in self._beside:
            task.cancel()
        await self.bell.close()
        await super().shutdown(sockets)
        while left := list(self.server_state.connections):
            for connection in left:  # whose other end says no good-bye, as TLS expects
                if connection.transport is not None:
                    connection.transport.abort()
            await asyncio.sleep(0)

    def run_until_stopped(self, listener: socket.socket) -> None:
        """Returns after `should_exit` was set."""
        with contextlib.closing(listener):
            asyncio.run(self.serve(sockets=[listener]))

    def _context_for_uvicorn(self, *_: object) -> ssl.SSLContext:
        assert self._context is not None
        return self._context

    async def _renew_certificate(self, context: ssl.SSLContext) -> None:
        """A certificate that was renewed, by this hub or by others, holds for new connections."""
        assert self._tls is not None
        while True:
            await asyncio.sleep(_CERTIFICATE_CHECK_S)
            try:
                certificate = await asyncio.to_thread(self._certificate, self._tls)
                certificate.load_into(context)
            except CertificateRefused as refused:
                _log.error("%s The hub goes on with the one it has.", refused)

    def _certificate(self, tls: TlsChoice) -> ServerCertificate:
        return certificate_for(tls, self._hub.files.path(TLS_FOLDER), self._hub.clock())


class RunningHub:
    """A hub served beside this thread, for tests and for trying things out: in a thread, or on PostgreSQL by
    several worker processes. A context manager."""

    def __init__(
        self,
        place: Path | str,
        *,
        data: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        workers: int = 1,
        tls: TlsChoice | None = None,
    ) -> None:
        self._place = place
        self._data = data
        self._host = host
        self._workers = workers
        self._tls = tls
        self.port = port
        """The real one after the start; a restart takes the same."""
        self.url = ""
        self.hub: Hub | None = None
        self.supervisor: Supervisor | None = None
        """Of several worker processes."""
        self._server: HubServer | None = None
        self._thread: threading.Thread | None = None
        self.start()

    @property
    def admin_token(self) -> str:
        assert self.hub is not None
        return self.hub.admin_token

    @property
    def bell(self) -> Bell:
        """Of the one process."""
        assert self._server is not None
        return self._server.bell

    def start(self) -> None:
        """Raises AddressRefused, DatabaseRefused, CertificateRefused or WorkersFailed."""
        listener = listen(self._host, self.port)
        try:
            self.hub = open_hub(self._place, data=self._data)
        except BaseException:
            listener.close()
            raise
        self.url = url_of(listener, is_tls=self._tls is not None)
        self.port = listener.getsockname()[1]
        try:
            if self._workers > 1:
                self._start_workers(listener, self.hub)
            else:
                self._start_thread(listener, self.hub)
        except BaseException:
            listener.close()
            self.hub.close()
            raise

    def _start_workers(self, listener: socket.socket, hub: Hub) -> None:
        options = WorkerOptions(
            database_url=hub.database.url,
            data=str(self._data) if self._data else None,
            is_on_loopback=self._host in LOOPBACK_HOSTS,
            tls=self._tls,
        )
        supervisor = Supervisor(listener, options, self._workers)
        supervisor.start()
        self.supervisor = supervisor

    def _start_thread(self, listener: socket.socket, hub: Hub) -> None:
        ready = threading.Event()
        server = HubServer(
            hub, is_on_loopback=self._host in LOOPBACK_HOSTS, on_ready=ready.set, tls=self._tls
        )
        self._server = server
        self._thread = threading.Thread(
            target=server.run_until_stopped, args=(listener,), name="hub", daemon=True
        )
        self._thread.start()
        if not ready.wait(_START_TIMEOUT_S):
            raise RuntimeError("the hub did not start")

    def stop(self) -> None:
        """Answers nothing more once it returns; what was acknowledged is in the database."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        if self.supervisor is not None:
            self.supervisor.stop()
        if self.hub is not None:
            self.hub.close()
        self._server = self._thread = self.supervisor = None

    def restart(self) -> None:
        """Stop if it runs, and start on the same port and database."""
        self.stop()
        self.start()

    def __enter__(self) -> "RunningHub":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
