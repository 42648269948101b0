"""Hearing that another process changed the feed: one thread with a connection of its own."""

import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine import make_url

from till_app.hub.database import FEED_CHANNEL, Database
from till_app.hub.engines import postgresql_arguments, sqlite_connection

_log = logging.getLogger(__name__)
_LOOK_S = 0.1
"""How often the counter of an SQLite file is looked at."""
_POLL_S = 0.25
"""How often the feed itself is looked at while PostgreSQL's notices cannot be heard."""
_RECONNECT_S = 1.0
_PROVE_S = 30.0
"""After which silence the listening connection is tried."""


class Hearing(Protocol):
    """Rings from its own thread until it is closed."""

    def close(self) -> None:
        """Returns when the thread has ended."""
        ...


def hearing_for(database: Database, ring: Callable[[], None]) -> Hearing:
    if database.path is not None:
        return _FileWatch(database, ring)
    return _Listener(database, ring)


class _FileWatch:
    """SQLite counts the commits of other connections for each connection."""

    def __init__(self, database: Database, ring: Callable[[], None]) -> None:
        self._database = database
        self._ring = ring
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub-bell", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._is_closing.set()
        self._thread.join()

    def _run(self) -> None:
        assert self._database.path is not None
        connection = sqlite_connection(self._database.path)
        try:
            seen = None  # rings at once, for what was committed before there was a count to compare with
            while True:
                version = connection.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    self._ring()
                seen = version
                if self._is_closing.wait(_LOOK_S):
                    return
        finally:
            connection.close()


class _Listener:
    """PostgreSQL tells who listens of every commit that announced itself. While that is broken off this rings
    anyway, so that the feed is looked at."""

    def __init__(self, database: Database, ring: Callable[[], None]) -> None:
        self._url = make_url(database.url)
        self._ring = ring
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="hub-bell", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._wake.close()
        self._thread.join()
        self._woken.close()

    def _run(self) -> None:
        import psycopg

        is_heard_of = True
        while True:
            try:
                connection = self._connect()
            except psycopg.Error as error:
                if is_heard_of:
                    _log.info("the hub cannot listen to its database: %s", type(error).__name__)
                is_heard_of = False
                if self._poll_for(_RECONNECT_S):
                    return
                continue
            is_heard_of = True
            try:
                self._ring()  # for what was committed while nobody listened
                if self._listen(connection):
                    return
            except psycopg.Error as error:
                _log.info("the hub's listening connection broke: %s", type(error).__name__)
            finally:
                connection.close()

    def _connect(self) -> Any:
        import psycopg

        _, arguments = create_engine(self._url, poolclass=NullPool).dialect.create_connect_args(self._url)
        arguments = {**arguments, **postgresql_arguments(self._url), "autocommit": True}
        connection = psycopg.connect(**arguments)
        connection.execute(f"LISTEN {FEED_CHANNEL}")
        return connection

    def _listen(self, connection: Any) -> bool:
        """True when the hearing is closed; raises psycopg.Error when the connection is gone."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            selector.register(connection.fileno(), selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select(_PROVE_S)]
                if self._woken in ready:
                    return True
                if not ready:
                    connection.execute("SELECT 1")
                if list(connection.notifies(timeout=0)):
                    self._ring()

    def _poll_for(self, duration_s: float) -> bool:
        """True when the hearing is closed."""
        until = time.monotonic() + duration_s
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            while time.monotonic() < until:
                self._ring()
                if selector.select(_POLL_S):
                    return True
        return False
