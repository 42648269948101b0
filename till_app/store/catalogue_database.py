"""The catalogue's file in use: opened whatever its state, made anew when damaged, replaced by a ready one."""

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from till_app.catalogue_file import schema
from till_app.catalogue_file.builder import CatalogueBuilder
from till_app.catalogue_file.readiness import require_ready
from till_app.services.ports import CatalogueUnavailable
from till_app.store.database import Database, DatabaseClosed
from till_app.store.sqlite_engine import (
    DRIVER,
    Fault,
    Synchronous,
    disk_fault_code,
    fault_of,
    fault_of_driver,
)

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_WAL_AUTOCHECKPOINT_PAGES = 1_000
_LOG_SUFFIXES = ("-wal", "-shm")
_WORDS_OF_DAMAGE = ("no such table", "vtable constructor failed", "Could not decode to UTF-8")
"""What SQLite says, without a code of its own, of a file that was emptied or overwritten in use."""


class CatalogueDatabase:
    """Runs work on the database, and once more when the file was damaged, or was replaced meanwhile."""

    def __init__(self, path: Path) -> None:
        """Raises CatalogueUnavailable, SqliteTooOld."""
        self._path = path
        self._renewing = threading.Lock()
        self._is_closed = False
        self.renewals = 0
        """How often another file took the place; constant while work is under way on it."""
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

    def swap_in(self, ready: Path, *, is_checked: bool = False) -> None:
        """Raises ValueError for a file that is not fit, CatalogueUnavailable: nothing is changed then.

        A crash leaves the old file or the new one, each without a log of the other: the old one's log is in
        it, and gone, before the new one takes its name.
        """
        with _disk_faults_told():
            require_ready(ready, is_checked=is_checked)
            incoming = self._on_the_same_disk(ready)
            with self._renewing:
                self._replace_by(incoming)
            ready.unlink(missing_ok=True)

    def close(self) -> None:
        with self._renewing:
            self._is_closed = True
            self._database.close()

    def _on_the_same_disk(self, ready: Path) -> Path:
        """Where taking the catalogue's name is one step."""
        if not _are_on_one_disk(ready, self._path.parent):
            copy = _incoming(self._path)
            _remove(copy)
            shutil.copyfile(ready, copy)
            ready = copy
        with ready.open("rb+") as file:
            os.fsync(file.fileno())
        return ready

    def _replace_by(self, incoming: Path) -> None:
        if self._is_closed:
            raise DatabaseClosed(self._path.name)
        # Whoever reads waits for the lock that this thread holds, then goes on with what is there.
        self._database.close()
        try:
            _fold_log_in(self._path)
            incoming.replace(self._path)
            _sync_folder(self._path.parent)
            self.renewals += 1
        finally:
            self._database = _opened(self._path)

    def _with_sound_file(self, work: Callable[[Database], _T]) -> _T:
        with _disk_faults_told():
            while True:
                database = self._database
                try:
                    return work(database)
                except DatabaseClosed:
                    if self._is_closed:
                        raise
                    self._wait_for_another_than(database)
                except DBAPIError as error:
                    if not _means_damage(error):
                        raise
                    log.info("the catalogue cache is damaged and made anew: %s", error.orig)
                    return work(self._renewed(database))

    def _wait_for_another_than(self, closed: Database) -> None:
        with self._renewing:
            if self._database is closed and not self._is_closed:
                self._database = _opened(self._path)

    def _renewed(self, damaged: Database) -> Database:
        """Waits when another thread is at it already."""
        with self._renewing:
            if self._database is damaged and not self._is_closed:
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
        raise CatalogueUnavailable(disk_fault_code(error), str(error)) from error


def _opened(path: Path) -> Database:
    was_there = path.exists()
    try:
        database = _opened_as_it_is(path)
    except DBAPIError as error:
        if not _means_damage(error):
            raise
        log.info("the catalogue cache cannot be used and is made anew: %s", error.orig)
        _put_aside(path)
        was_there = False
        database = _opened_as_it_is(path)
    with database.reading() as connection:
        is_usable = schema.has_this_schema(connection)
    if is_usable:
        return database
    if was_there:
        database.close()
        if _carried_over(path):
            return _opened_as_it_is(path)
        _put_aside(path)
        database = _opened_as_it_is(path)
    with database.writing() as connection:
        schema.create_all(connection)
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


def _carried_over(path: Path) -> bool:
    """Of a file of another release what this one can read goes on being sold from, until the feed, read from
    its beginning, has replaced it."""
    made = _incoming(path)
    try:
        with CatalogueBuilder(made) as builder:
            builder.carry_over(path)
            builder.finish("")
        _put_aside(path)
        made.replace(path)
    except Exception:
        log.warning("nothing of the catalogue of another release can be used", exc_info=True)
        with suppress(OSError):
            _remove(made)
        return False
    log.info("the catalogue of another release is sold from until the hub's is here")
    return True


def _put_aside(path: Path) -> None:
    """The last file that was given up is kept for whoever wants to know why."""
    for suffix in _LOG_SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if path.exists():
        path.replace(path.with_name(path.name + ".damaged"))


def _remove(path: Path) -> None:
    for suffix in ("", "-journal", *_LOG_SUFFIXES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _are_on_one_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _incoming(path: Path) -> Path:
    return path.with_name(path.name + ".incoming")


def _fold_log_in(path: Path) -> None:
    """Copy the log into its file and remove it. Nobody has the file open."""
    try:
        with closing(DRIVER.connect(path, isolation_level=None)) as connection:
            (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except DRIVER.DatabaseError as error:
        if fault_of_driver(error) is not Fault.DAMAGED:
            raise CatalogueUnavailable("disk_failed", str(error)) from error
        log.info("the catalogue that is replaced is damaged: %s", error)
        _put_aside(path)
    else:
        if mode != "delete":
            raise CatalogueUnavailable("disk_failed", "the catalogue is used by another program")


def _sync_folder(folder: Path) -> None:
    """So that the new name survives a power cut; Windows knows no such thing."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _means_damage(error: DBAPIError) -> bool:
    return fault_of(error) is Fault.DAMAGED or str(error.orig).startswith(_WORDS_OF_DAMAGE)
