"""Serving a hub over HTTP: in this thread until told to stop, or in a thread beside the caller."""

import asyncio
import contextlib
import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import uvicorn

from till_app.hub.api.access import LOOPBACK_HOSTS
from till_app.hub.api.app import create_app
from till_app.hub.hub import Hub, open_hub

_GRACE_S = 1
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
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise AddressRefused(
                f"Port {port} of {host} is in use by another program; choose another with --port,"
                " or stop that program."
            ) from error
        raise AddressRefused(f"The hub cannot listen on {host} port {port}: {error.strerror}.") from error
    return listener


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class HubServer(uvicorn.Server):
    """A server that leaves signals to its caller and says when it is ready."""

    def __init__(self, hub: Hub, *, is_on_loopback: bool, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(hub, is_on_loopback=is_on_loopback),
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=_GRACE_S,
                ws="none",
            )
        )
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    def run_until_stopped(self, listener: socket.socket) -> None:
        """Returns after `should_exit` was set."""
        with contextlib.closing(listener):
            asyncio.run(self.serve(sockets=[listener]))


class RunningHub:
    """A hub served in a thread of this process, for tests and for trying things out. A context manager."""

    def __init__(self, database_path: Path, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._database_path = database_path
        self._host = host
        self.port = port
        """The real one after the start; a restart takes the same."""
        self.url = ""
        self.hub: Hub | None = None
        self._server: HubServer | None = None
        self._thread: threading.Thread | None = None
        self.start()

    @property
    def admin_token(self) -> str:
        assert self.hub is not None
        return self.hub.admin_token

    def start(self) -> None:
        """Raises AddressRefused or DatabaseRefused."""
        listener = listen(self._host, self.port)
        try:
            self.hub = open_hub(self._database_path)
        except BaseException:
            listener.close()
            raise
        self.url, self.port = url_of(listener), listener.getsockname()[1]
        ready = threading.Event()
        self._server = HubServer(self.hub, is_on_loopback=self._host in LOOPBACK_HOSTS, on_ready=ready.set)
        self._thread = threading.Thread(
            target=self._server.run_until_stopped, args=(listener,), name="hub", daemon=True
        )
        self._thread.start()
        if not ready.wait(_START_TIMEOUT_S):
            self.stop()
            raise RuntimeError("the hub did not start")

    def stop(self) -> None:
        """Answers nothing more once it returns; what was acknowledged is in the database."""
        if self._server is None or self._thread is None or self.hub is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self._server = self._thread = None
        self.hub.close()

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
