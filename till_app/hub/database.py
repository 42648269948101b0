"""The hub's database: transactions, and the schema's version. No table contents are known here."""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, QueuePool, insert, inspect, text
from sqlalchemy.exc import DBAPIError

from till_app.domain.ids import new_uuid7
from till_app.hub import tables
from till_app.hub.engines import (
    POSTGRESQL,
    SQLITE,
    DatabaseRefused,
    database_url,
    is_rolled_back,
    postgresql_engines,
    sqlite_backup,
    sqlite_engines,
    sqlite_migration_engine,
)

HEAD_REVISION = "0003"
FEED_CHANNEL = "till_feed"
"""Of PostgreSQL's NOTIFY."""
_ANNOUNCED = "feed is announced"
_MIGRATION_LOCK = 0x7111_4B
"""Of PostgreSQL: two hubs that start at once migrate one after the other."""
_TRIES = 5
_PAUSE_S = (0.02, 0.1)
"""Before the next try: whoever won the deadlock is still about to take what it waited for."""


def announce(connection: Connection) -> None:
    """This transaction changes the feed: its commit wakes whoever waits for that, in every process."""
    connection.info[_ANNOUNCED] = True
    if connection.dialect.name == POSTGRESQL:
        connection.exec_driver_sql(f"NOTIFY {FEED_CHANNEL}")


class Database:
    """Reads run side by side. Writes of SQLite wait for one another, across processes too; those of
    PostgreSQL run side by side and wait for the rows that they lock."""

    def __init__(self, place: Path | str) -> None:
        """A file's path, or a URL. Raises DatabaseRefused; nothing is opened yet."""
        url = database_url(place)
        self._url = url
        self.url = url.render_as_string(hide_password=False)
        """May hold a password: not for a log."""
        self.backend = url.get_backend_name()
        self.path = Path(url.database) if self.backend == SQLITE and url.database else None
        """The file of an SQLite database."""
        self._writers: contextlib.AbstractContextManager[object] = contextlib.nullcontext()
        if self.backend == SQLITE:
            self._writers = threading.Lock()
            self._read_engine, self._write_engine = sqlite_engines(url)
        else:
            self._read_engine, self._write_engine = postgresql_engines(url)
        self._ring: Callable[[], None] | None = None

    def __str__(self) -> str:
        """For people: without the password."""
        return str(self.path) if self.path else self._url.set(drivername=POSTGRESQL).render_as_string()

    @property
    def connections_in_use(self) -> int:
        engines = {id(engine.pool): engine.pool for engine in (self._read_engine, self._write_engine)}
        return sum(pool.checkedout() for pool in engines.values() if isinstance(pool, QueuePool))

    def on_feed_changed(self, ring: Callable[[], None] | None) -> None:
        """Called after each commit of this process that changed the feed, on the thread that committed."""
        self._ring = ring

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; nothing written in it is kept."""
        with self._read_engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._writers, self._write_engine.connect() as connection:
            connection.info.pop(_ANNOUNCED, None)
            with connection.begin():
                yield connection
            is_announced = connection.info.pop(_ANNOUNCED, False)
        if is_announced and self._ring is not None:
            self._ring()

    def write(self, work: Callable[[Connection], None]) -> None:
        """Do it in one transaction, and anew when the server ends that one to break a deadlock."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with self.writing() as connection:
                    work(connection)
                break
            except DBAPIError as error:
                if not tries_left or not is_rolled_back(error):
                    raise
            time.sleep(random.uniform(*_PAUSE_S))

    def prepare(self) -> None:
        """Bring the schema up to date and make a new hub's identity. An SQLite file is copied first.

        Raises DatabaseRefused for a schema that this release does not know, and for no answer.
        """
        revision = self.revision()
        if revision != HEAD_REVISION:
            self.migrate("head")
        with self.writing() as connection:
            self._wait_for_other_starters(connection)
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

    def revision(self) -> str | None:
        """Of the schema; None for an empty database. Raises DatabaseRefused when it cannot be reached."""
        try:
            with self.reading() as connection:
                self._require_unicode(connection)
                if not inspect(connection).has_table("alembic_version"):
                    return None
                return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except DBAPIError as error:
            raise DatabaseRefused(f"The database {self} cannot be opened: {error.orig}") from error

    def migrate(self, target: str) -> None:
        """To a revision, up or down; `base` is empty, `head` this release's. An SQLite file is copied first.

        Raises DatabaseRefused.
        """
        from till_app.hub.migrations import run

        revision = self.revision()
        if revision is not None:
            if revision not in run.known_revisions():
                raise DatabaseRefused(
                    f"The database {self} was written by a newer release of the hub"
                    f" (schema {revision}, this release knows {HEAD_REVISION}). Start the newer release."
                )
            if self.path is not None:
                sqlite_backup(self.path, self.path.with_name(f"{self.path.name}.before-{revision}"))
        if target not in run.known_revisions() | {"base", "head"}:
            raise DatabaseRefused(
                f"There is no schema {target}; this release knows"
                f" base, {', '.join(sorted(run.known_revisions()))}."
            )
        with self._migrating() as connection:
            run.migrate(connection, target)

    def close(self) -> None:
        self._read_engine.dispose()
        self._write_engine.dispose()

    @contextmanager
    def _migrating(self) -> Iterator[Connection]:
        if self.backend == POSTGRESQL:
            with self.writing() as connection:
                self._wait_for_other_starters(connection)
                yield connection
            return
        engine = sqlite_migration_engine(self._url)
        with self._writers, engine.begin() as connection:
            yield connection
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                raise DatabaseRefused(f"The database {self} has rows that refer to nothing: {broken[:3]}")

    def _wait_for_other_starters(self, connection: Connection) -> None:
        if self.backend == POSTGRESQL:
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")

    def _require_unicode(self, connection: Connection) -> None:
        if self.backend == POSTGRESQL:
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
            if encoding != "UTF8":
                raise DatabaseRefused(
                    f"The database {self} keeps text as {encoding}; the hub needs one of ENCODING 'UTF8'."
                )
