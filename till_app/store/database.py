"""One SQLite file in use: each thread holds a connection to read, and they take turns on one to write."""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from till_app.store.sqlite_engine import DRIVER, Synchronous, require_sound_sqlite, sqlite_engine

log = logging.getLogger(__name__)

WAL_LIMIT_BYTES = 4_000_000
"""The log is copied into the file when it has grown past this; it never waits for an idle moment then."""


class DatabaseClosed(Exception):
    """Used after `close`."""


class WriteOpenAlready(Exception):
    """A thread began a write inside its own write: it would wait for itself."""


class _Reader:
    """A thread's read connection; its lock lets `close` wait for a read under way."""

    def __init__(self, thread: threading.Thread, connection: Connection) -> None:
        self.thread = thread
        self.connection = connection
        self.lock = threading.RLock()


class Database:
    """Any thread may call; a read sees the latest commit and never waits for a write."""

    def __init__(self, path: Path, synchronous: Synchronous, *, wal_autocheckpoint_pages: int) -> None:
        """Raises SqliteTooOld, and sqlalchemy.exc.DBAPIError when the file is no database."""
        require_sound_sqlite()
        self.path = path
        self._read_engine = self._engine(synchronous, wal_autocheckpoint_pages, writes=False)
        self._write_engine = self._engine(synchronous, wal_autocheckpoint_pages, writes=True)
        self._own_reader = threading.local()
        self._readers: list[_Reader] = []
        self._readers_lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._writing_thread: int | None = None
        self._is_closed = False
        self._writer = self._write_engine.connect()

    def _engine(self, synchronous: Synchronous, wal_autocheckpoint_pages: int, *, writes: bool) -> Engine:
        return sqlite_engine(
            self.path,
            synchronous,
            writes=writes,
            wal_autocheckpoint_pages=wal_autocheckpoint_pages,
            wal_limit_bytes=WAL_LIMIT_BYTES // 4,
        )

    @property
    def wal_path(self) -> Path:
        return self.path.with_name(self.path.name + "-wal")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """This thread's connection in a read transaction: all that is read in it is of one moment."""
        reader = getattr(self._own_reader, "value", None) or self._new_reader()
        with reader.lock:
            if self._is_closed:
                raise DatabaseClosed(self.path.name)
            with reader.connection.begin():
                yield reader.connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The write connection in a transaction that is rolled back unless the caller commits it."""
        if self._writing_thread == threading.get_ident():
            raise WriteOpenAlready(self.path.name)
        with self._write_lock:
            if self._is_closed:
                raise DatabaseClosed(self.path.name)
            self._writing_thread = threading.get_ident()
            try:
                try:
                    self._writer.begin()
                    yield self._writer
                finally:
                    self._roll_back_what_is_open()
                self._checkpoint_when_large()
            finally:
                self._writing_thread = None

    def checkpoint(self) -> None:
        """Copy the log into the file as far as no reader needs it. A failure loses nothing and is logged."""
        with self._write_lock:
            if not self._is_closed:
                self._checkpoint()

    def copy_to(self, target: Path) -> None:
        """A whole, consistent copy of what is committed, log included."""
        with self.reading() as connection:
            driver_connection = connection.connection.driver_connection
            if driver_connection is None:
                raise DatabaseClosed(self.path.name)
            with closing(DRIVER.connect(target)) as copy:
                driver_connection.backup(copy)

    def close(self) -> None:
        """Waits for reads and a write under way. Every connection of every thread is closed."""
        if self._writing_thread == threading.get_ident():
            raise WriteOpenAlready(self.path.name)
        with self._write_lock, self._readers_lock:
            if self._is_closed:
                return
            self._is_closed = True
            for reader in self._readers:
                with reader.lock:
                    reader.connection.close()
            self._readers.clear()
            self._writer.close()
            self._read_engine.dispose()
            self._write_engine.dispose()

    def _new_reader(self) -> _Reader:
        with self._readers_lock:
            if self._is_closed:
                raise DatabaseClosed(self.path.name)
            for reader in [reader for reader in self._readers if not reader.thread.is_alive()]:
                reader.connection.close()
                self._readers.remove(reader)
            reader = _Reader(threading.current_thread(), self._read_engine.connect())
            self._readers.append(reader)
            self._own_reader.value = reader
            return reader

    def _roll_back_what_is_open(self) -> None:
        """After a commit that failed, SQLAlchemy and SQLite may each think it is over, or not."""
        self._writer.rollback()
        driver_connection = self._writer.connection.driver_connection
        if driver_connection is not None and driver_connection.in_transaction:
            driver_connection.rollback()

    def _checkpoint_when_large(self) -> None:
        try:
            wal_bytes = self.wal_path.stat().st_size
        except FileNotFoundError:
            return
        if wal_bytes > WAL_LIMIT_BYTES:
            self._checkpoint()

    def _checkpoint(self) -> None:
        driver_connection = self._writer.connection.driver_connection
        if driver_connection is None:
            return
        try:
            with closing(driver_connection.cursor()) as cursor:
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except DRIVER.Error as error:
            log.warning("the log of %s could not be copied into it: %s", self.path.name, error)
