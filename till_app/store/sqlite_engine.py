"""How a database is opened: which SQLite, which pragmas, when a transaction begins, which faults it has."""

import errno
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import pysqlite3.dbapi2
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

DRIVER: ModuleType = pysqlite3.dbapi2
"""The SQLite that both databases use; Python's own may be an old one."""

OLDEST_SQLITE = (3, 51, 3)
"""Before it, a WAL file can be corrupted by two connections (https://sqlite.org/wal.html#walresetbug)."""
BUSY_TIMEOUT_MS = 5_000


class SqliteTooOld(Exception):
    """This SQLite may damage a database in use."""


class Synchronous(StrEnum):
    FULL = "FULL"
    """Each commit is on the disk when it returns."""
    NORMAL = "NORMAL"
    """A power cut may take the latest commits, never the file."""


class Fault(StrEnum):
    """What the disk, not the program, did wrong."""

    FULL = "full"
    FAILED = "failed"
    DAMAGED = "damaged"


_FAULTS = {
    "SQLITE_FULL": Fault.FULL,
    "SQLITE_IOERR": Fault.FAILED,
    "SQLITE_READONLY": Fault.FAILED,
    "SQLITE_CANTOPEN": Fault.FAILED,
    "SQLITE_PERM": Fault.FAILED,
    "SQLITE_BUSY": Fault.FAILED,
    "SQLITE_CORRUPT": Fault.DAMAGED,
    "SQLITE_NOTADB": Fault.DAMAGED,
}


def require_sound_sqlite(version: tuple[int, ...] = DRIVER.sqlite_version_info) -> None:
    """Raises SqliteTooOld."""
    if version < OLDEST_SQLITE:
        have, need = (".".join(map(str, numbers)) for numbers in (version, OLDEST_SQLITE))
        raise SqliteTooOld(f"SQLite {have} can damage a database in use; install {need} or newer.")


def sqlite_engine(
    path: Path, synchronous: Synchronous, *, writes: bool, wal_autocheckpoint_pages: int, wal_limit_bytes: int
) -> Engine:
    """An engine without a pool: whoever connects holds the connection and closes it.

    A transaction of a writing engine takes the write lock at once: one that reads first and writes later
    would be refused without waiting when another wrote in between.
    """
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        module=DRIVER,
        poolclass=NullPool,
        connect_args={
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": BUSY_TIMEOUT_MS / 1000,
        },
    )
    pragmas = (
        "foreign_keys = ON",
        "recursive_triggers = ON",  # so that REPLACE, too, fires the triggers that forbid deleting
        "trusted_schema = OFF",
        *(("journal_mode = WAL",) if writes else ()),  # a property of the file
        f"synchronous = {synchronous}",
        "fullfsync = ON",
        "checkpoint_fullfsync = ON",
        f"wal_autocheckpoint = {wal_autocheckpoint_pages}",
        f"journal_size_limit = {wal_limit_bytes}",
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        if writes:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # A plain BEGIN only sets a flag and cannot fail; SQLAlchemy's way round it doubles a look-up.
            cursor = connection.connection.cursor()
            cursor.execute("BEGIN")
            cursor.close()

    return engine


def fault_of(error: DBAPIError) -> Fault | None:
    """None when the statement was wrong rather than the disk."""
    return fault_of_driver(error.orig)


def fault_of_driver(error: BaseException | None) -> Fault | None:
    """As `fault_of`, of an error that SQLAlchemy has not wrapped."""
    name = getattr(error, "sqlite_errorname", "")
    for prefix, fault in _FAULTS.items():
        if name.startswith(prefix):
            return fault
    return None


def disk_fault_code(error: OSError) -> str:
    """As the ports name it."""
    return "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "disk_failed"


def is_sound(connection: Connection) -> bool:
    """SQLite's own quick check of the whole file."""
    return connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"
