"""The catalogue's file: opened whatever its state, put aside and made anew when it is damaged."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from till_app.services.ports import CatalogueUnavailable
from till_app.store import catalogue_tables as t
from till_app.store.database import Database, DatabaseClosed
from till_app.store.sqlite_engine import Fault, Synchronous, fault_of

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_WAL_AUTOCHECKPOINT_PAGES = 1_000
_WORDS_OF_DAMAGE = ("no such table", "vtable constructor failed", "Could not decode to UTF-8")
"""What SQLite says, without a code of its own, of a file that was emptied or overwritten in use."""


class CatalogueFile:
    """Runs work on the database, and once more on an empty one when the file turns out damaged."""

    def __init__(self, path: Path) -> None:
        """Raises CatalogueUnavailable, SqliteTooOld."""
        self._path = path
        self._renewing = threading.Lock()
        self._is_closed = False
        self.renewals = 0
        """How often the file was made anew; constant while work is under way on it."""
        with _disk_faults_told():
            self._database = _opened(path)

    def read(self, work: Callable[[Connection], _T]) -> _T:
        def read(database: Database) -> _T:
            with database.reading() as connection:
                return work(connection)

        return self._with_sound_file(read)

    def write(self, work: Callable[[Connection], object]) -> None:
        def write(database: Database) -> None:
            with database.writing() as connection:
                work(connection)
                connection.commit()

        self._with_sound_file(write)

    def close(self) -> None:
        with self._renewing:
            self._is_closed = True
            self._database.close()

    def _with_sound_file(self, work: Callable[[Database], _T]) -> _T:
        with _disk_faults_told():
            database = self._database
            try:
                return work(database)
            except DatabaseClosed:
                if self._is_closed:
                    raise
            except DBAPIError as error:
                if not _means_damage(error):
                    raise
                log.info("the catalogue cache is damaged and made anew: %s", error.orig)
            return work(self._renewed(database))

    def _renewed(self, damaged: Database) -> Database:
        """Waits when another thread is at it already."""
        with self._renewing:
            if self._database is damaged:
                damaged.close()
                _put_aside(self._path)
                self.renewals += 1
                self._database = _opened(self._path)
            return self._database


@contextmanager
def _disk_faults_told() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        fault = fault_of(error)
        if fault is None:
            raise
        code = "disk_full" if fault is Fault.FULL else "disk_failed"
        raise CatalogueUnavailable(code, str(error.orig)) from error
    except OSError as error:
        raise CatalogueUnavailable("disk_failed", str(error)) from error


def _opened(path: Path) -> Database:
    was_there = path.exists()
    try:
        database = _opened_as_it_is(path)
    except DBAPIError as error:
        if not _means_damage(error):
            raise
        log.info("the catalogue cache cannot be used and is made anew: %s", error.orig)
        _put_aside(path)
        database = _opened_as_it_is(path)
    with database.reading() as connection:
        is_usable = t.has_this_schema(connection)
    if is_usable:
        return database
    if was_there:
        database.close()
        _put_aside(path)
        database = _opened_as_it_is(path)
    with database.writing() as connection:
        t.create_all(connection)
        connection.commit()
    return database


def _opened_as_it_is(path: Path) -> Database:
    database = Database(path, Synchronous.NORMAL, wal_autocheckpoint_pages=_WAL_AUTOCHECKPOINT_PAGES)
    try:
        with database.reading() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar()
    except BaseException:
        database.close()
        raise
    return database


def _put_aside(path: Path) -> None:
    """The last file that was given up is kept for whoever wants to know why."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if path.exists():
        path.replace(path.with_name(path.name + ".damaged"))


def _means_damage(error: DBAPIError) -> bool:
    return fault_of(error) is Fault.DAMAGED or str(error.orig).startswith(_WORDS_OF_DAMAGE)
