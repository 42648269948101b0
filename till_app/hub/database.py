"""The hub's database: engines, the one writer, the schema's version. No table contents are known here."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, text
from sqlalchemy.engine import URL, make_url

from till_app.domain.ids import new_uuid7
from till_app.hub import tables

_sqlite: Any = pysqlite3.dbapi2
"""The library ships no types."""

HEAD_REVISION = "0003"
OLDEST_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_S = 10.0
_POOL_SIZE = 20
_READ_CACHE_KIB = 4_096
_WRITE_CACHE_KIB = 65_536
"""A large import touches indexes all over; with SQLite's own 2 MB it waits for the disk."""
_MAX_IDLE_WAL_BYTES = 64_000_000
"""To which the log is cut after a transaction that made it larger."""


class DatabaseRefused(Exception):
    """The database cannot be used, in words for the person who started the hub."""


def sqlite_url(path: Path) -> str:
    return URL.create("sqlite+pysqlite", database=str(path)).render_as_string(hide_password=False)


class Database:
    """Reads run side by side; writes wait for one another, on SQLite across processes too."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.path = (
            Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
        )
        """The file of an SQLite database."""
        self._write_lock = threading.Lock()
        if parsed.get_backend_name() == "sqlite":
            self._read_engine = _sqlite_engine(parsed, "BEGIN", _POOL_SIZE, _READ_CACHE_KIB)
            self._write_engine = _sqlite_engine(parsed, "BEGIN IMMEDIATE", 1, _WRITE_CACHE_KIB)
        else:
            self._read_engine = self._write_engine = create_engine(parsed, pool_size=_POOL_SIZE)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; nothing written in it is kept."""
        with self._read_engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._write_lock, self._write_engine.begin() as connection:
            yield connection

    def prepare(self) -> None:
        """Bring the schema up to date, after a copy of the file; make the hub's identity when it is new.

        Raises DatabaseRefused for a schema that this release does not know.
        """
        revision = self._revision()
        if revision != HEAD_REVISION:
            self._migrate(revision)
        with self.writing() as connection:
            if connection.execute(tables.hub_state.select()).first() is None:
                now = datetime.now(UTC)
                connection.execute(
                    insert(tables.hub_state).values(
                        id=1,
                        hub_id=new_uuid7(now),
                        epoch=new_uuid7(now),
                        feed_seq=0,
                        catalogue_version=0,
                        last_till_number=0,
                    )
                )

    def close(self) -> None:
        self._read_engine.dispose()
        self._write_engine.dispose()

    def _revision(self) -> str | None:
        with self.reading() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()

    def _migrate(self, revision: str | None) -> None:
        from till_app.hub.migrations import run

        if revision is not None:
            if revision not in run.known_revisions():
                raise DatabaseRefused(
                    f"The database {self.path or ''} was written by a newer release of the hub"
                    f" (schema {revision}, this release knows {HEAD_REVISION}). Start the newer release."
                )
            self._copy_aside(revision)
        with self.writing() as connection:
            run.upgrade(connection)

    def _copy_aside(self, revision: str) -> None:
        if self.path is None:
            return
        copy_path = self.path.with_name(f"{self.path.name}.before-{revision}")
        source, target = _sqlite.connect(str(self.path)), _sqlite.connect(str(copy_path))
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()


def _sqlite_engine(url: URL, begin: str, pool_size: int, cache_kib: int) -> Engine:
    if _sqlite.sqlite_version_info < OLDEST_SQLITE:
        raise DatabaseRefused(
            f"SQLite {_sqlite.sqlite_version} can damage a database; the hub needs 3.51.3 or newer"
            " (package pysqlite3 0.6.1)."
        )
    engine = create_engine(
        url,
        module=_sqlite,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            f"cache_size=-{cache_kib}",
            f"journal_size_limit={_MAX_IDLE_WAL_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
