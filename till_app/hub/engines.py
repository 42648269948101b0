"""Engines for the two databases that a hub can live in, SQLite and PostgreSQL, and which faults pass."""

from pathlib import Path
from typing import Any

import pysqlite3.dbapi2
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

_sqlite: Any = pysqlite3.dbapi2
"""The library ships no types."""

OLDEST_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_S = 10.0
SQLITE = "sqlite"
POSTGRESQL = "postgresql"
_DRIVERS = {SQLITE: "sqlite+pysqlite", POSTGRESQL: "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_SQLITE_POOL_SIZE = 20
_READ_CACHE_KIB = 4_096
_WRITE_CACHE_KIB = 65_536
"""A large import touches indexes all over; with SQLite's own 2 MB it waits for the disk."""
_MAX_IDLE_WAL_BYTES = 64_000_000
"""To which the log is cut after a transaction that made it larger."""
_POSTGRESQL_POOL_SIZE = 5
_POSTGRESQL_OVERFLOW = 10
"""Together the most connections of one worker process; a server allows 100 of its own accord."""
_POOL_TIMEOUT_S = 10.0
_SESSION = f"-c synchronous_commit=on -c lock_timeout={BUSY_TIMEOUT_S:.0f}s -c timezone=UTC"
"""Whatever the server's own settings say: acknowledged is on its disk."""
_PASSING_STATES = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE: connection, rolled back by the server, out of resources, in use, shut down."""
_ROLLED_BACK = "40"
_PASSING_WORDS = ("locked", "busy", "disk is full")
"""Of SQLite."""


class DatabaseRefused(Exception):
    """The database cannot be used, in words for the person who started the hub."""


def sqlite_url(path: Path) -> str:
    return URL.create(_DRIVERS[SQLITE], database=str(path)).render_as_string(hide_password=False)


def database_url(place: Path | str) -> URL:
    """Of a file's path or a `postgresql://` URL. Raises DatabaseRefused."""
    if isinstance(place, Path) or "://" not in place:
        return make_url(sqlite_url(Path(place)))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError) as error:
        raise DatabaseRefused("The database's URL cannot be read.") from error
    driver = _DRIVERS.get(url.drivername.partition("+")[0])
    if driver is None:
        raise DatabaseRefused(
            f"The hub keeps its data in an SQLite file or in PostgreSQL, not in {url.drivername}."
        )
    return url.set(drivername=driver)


def is_passing(error: DBAPIError) -> bool:
    """Whether the same may succeed later: a lock, a deadlock, a lost connection, a full disk."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", "")
    if state is None:  # psycopg has none where the connection itself failed
        return isinstance(error.orig, _operational_error())
    return state.startswith(_PASSING_STATES) if state else any(w in str(error.orig) for w in _PASSING_WORDS)


def is_rolled_back(error: DBAPIError) -> bool:
    """Whether the server ended the transaction because others wanted the same rows in another order."""
    return (getattr(error.orig, "sqlstate", None) or "").startswith(_ROLLED_BACK)


def _operational_error() -> type[Exception]:
    import psycopg

    return psycopg.OperationalError


def sqlite_engines(url: URL) -> tuple[Engine, Engine]:
    """For readers side by side, and for the one writer."""
    return (
        _sqlite_engine(url, "BEGIN", _READ_CACHE_KIB, pool_size=_SQLITE_POOL_SIZE),
        _sqlite_engine(url, "BEGIN IMMEDIATE", _WRITE_CACHE_KIB, pool_size=1),
    )


def sqlite_migration_engine(url: URL) -> Engine:
    """Tables are made anew and renamed: references are checked at the end, not on the way."""
    return _sqlite_engine(url, "BEGIN IMMEDIATE", _WRITE_CACHE_KIB, foreign_keys="OFF", pool_size=None)


def _sqlite_engine(
    url: URL, begin: str, cache_kib: int, *, pool_size: int | None, foreign_keys: str = "ON"
) -> Engine:
    if _sqlite.sqlite_version_info < OLDEST_SQLITE:
        raise DatabaseRefused(
            f"SQLite {_sqlite.sqlite_version} can damage a database; the hub needs 3.51.3 or newer"
            " (package pysqlite3 0.6.1)."
        )
    pool: dict[str, Any] = (
        {"poolclass": NullPool} if pool_size is None else {"pool_size": pool_size, "max_overflow": 0}
    )
    engine = create_engine(
        url,
        module=_sqlite,
        connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        **pool,
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"foreign_keys={foreign_keys}",
            "trusted_schema=OFF",
            f"cache_size=-{cache_kib}",
            f"journal_size_limit={_MAX_IDLE_WAL_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def sqlite_backup(source_path: Path, target_path: Path) -> None:
    """A copy of a database that may be in use."""
    source, target = _sqlite.connect(str(source_path)), _sqlite.connect(str(target_path))
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()


def sqlite_connection(path: Path) -> Any:
    """A bare one beside the pools."""
    return _sqlite.connect(str(path), isolation_level=None, check_same_thread=False)


def postgresql_engines(url: URL) -> tuple[Engine, Engine]:
    """For readers, each on one view, and for writers, who wait for each other's rows; one pool."""
    engine = create_engine(
        url,
        pool_size=_POSTGRESQL_POOL_SIZE,
        max_overflow=_POSTGRESQL_OVERFLOW,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args=postgresql_arguments(url),
    )
    readers = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return readers, engine.execution_options(isolation_level="READ COMMITTED")


def postgresql_arguments(url: URL) -> dict[str, Any]:
    """What every connection is made with; a silent network is noticed."""
    given = url.query.get("options", "")
    return {
        "options": f"{given if isinstance(given, str) else ' '.join(given)} {_SESSION}".strip(),
        "application_name": "till hub",
        "connect_timeout": int(BUSY_TIMEOUT_S),
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
