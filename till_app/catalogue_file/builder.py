"""Writing a whole catalogue into a file of its own: first the rows, then the indexes and the search on them.

A build can be broken off at any moment and goes on from its last checkpoint.
"""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import pysqlite3.dbapi2

from till_app.catalogue_file import schema as t
from till_app.catalogue_file.records import KIND_OF, KINDS, Kind, Row
from till_app.catalogue_file.searching import SEARCHED, Searched
from till_app.wire.changes import Record, Tombstone

_DRIVER: Any = pysqlite3.dbapi2
_Connection = Any
"""Of the driver, which has no types."""
_PRAGMAS = (
    # A rollback journal, unlike a log, is next to nothing for rows that are only appended, and still brings a
    # killed build back to its checkpoint. After a power cut `resume` looks at the whole file.
    "journal_mode = TRUNCATE",
    "synchronous = OFF",
    "cache_size = -24000",
)
_BUILD_STATE = "CREATE TABLE build_state (schema_version INTEGER NOT NULL, position TEXT NOT NULL)"
_GENERATION = 1
_RECORDS_A_COMMIT = 20_000
_ITEMS_AT_ONCE = 50_000
"""Their keys are sorted together. This SQLite sorts in memory only, so that all at once would take as much as
there are; and one by one, each would be looked for its place."""


class BuildFailed(Exception):
    """The disk is full or fails: `code` is `disk_full` or `disk_failed`. The last checkpoint is kept."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class CatalogueBuilder:
    """For one thread. `with CatalogueBuilder(path) as builder: … builder.finish(cursor)`."""

    def __init__(self, path: Path, *, resume: bool = False) -> None:
        """Goes on with what `path` holds if asked to and possible, see `position`, else it begins anew.

        Raises BuildFailed.
        """
        self._path = path
        self._is_closed = False
        with _disk_faults_told():
            connection = _resumed(path) if resume else None
            self._connection = connection or _begun(path)
            (position,) = self._connection.execute("SELECT position FROM build_state").fetchone()
        self.position: str = position
        """Of the last checkpoint that is kept; empty at the beginning."""
        self._uncommitted_records = 0

    def __enter__(self) -> "CatalogueBuilder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, records: Sequence[Record]) -> None:
        """In the order of the feed: a later record replaces an earlier one of the same id, a tombstone
        removes those before it. Raises BuildFailed."""
        rows: dict[str, list[Row]] = {}
        with _disk_faults_told():
            self._begin()
            for record in records:
                if isinstance(record, Tombstone):
                    if record.kind in KINDS:
                        kind = KINDS[record.kind]
                        self._write(kind, rows.pop(kind.name, ()))
                        self._connection.execute(kind.remove_statement, kind.split_id(record.record_id))
                else:
                    kind = KIND_OF[type(record)]
                    rows.setdefault(kind.name, []).append(kind.row(record))
            for name, of_kind in rows.items():
                self._write(KINDS[name], of_kind)
        self._uncommitted_records += len(records)

    def carry_over(self, old: Path) -> None:
        """Add what a catalogue of another schema holds in tables and columns that this one has, too; other
        columns get the value that an older hub's records have. Raises BuildFailed."""
        with _disk_faults_told():
            self._connection.execute("ATTACH DATABASE ? AS old", (str(old),))
            self._begin()
            for kind in KINDS.values():
                columns = self._connection.execute(f"PRAGMA old.table_info({kind.name})").fetchall()
                present = {name for _, name, *_ in columns}
                if not present.issuperset(kind.key[:1]):
                    continue
                values = [
                    f'"{name}"' if name in present else _sql_text(kind.value_when_missing(name))
                    for name in kind.fields
                ]
                self._connection.execute(
                    f"INSERT OR REPLACE INTO main.{kind.name} ({_listed(kind.fields)}, generation)"
                    f" SELECT {', '.join(values)}, {_GENERATION} FROM old.{kind.name}"
                )
            self._connection.execute("COMMIT")
            self._connection.execute("DETACH DATABASE old")

    def checkpoint(self, position: str) -> None:
        """All before this position was added. It is kept when enough was added since the last one that is: a
        build that is resumed may have to add a few thousand records again. Raises BuildFailed."""
        if self._uncommitted_records < _RECORDS_A_COMMIT:
            return
        with _disk_faults_told():
            self._begin()
            self._connection.execute("UPDATE build_state SET position = ?", (position,))
            self._connection.execute("COMMIT")
        self.position = position
        self._uncommitted_records = 0

    def finish(self, cursor: str) -> int:
        """Make the file ready for use, on the disk and closed; returns how many records it has. Raises
        BuildFailed."""
        with _disk_faults_told():
            self._begin()
            for searched in SEARCHED.values():
                self._add_keys(searched)
                self._add_words(searched)
            self._connection.execute(t.STATE_STATEMENT, (cursor,))
            self._connection.execute("DROP TABLE build_state")
            self._connection.execute(f"PRAGMA user_version = {t.SCHEMA_VERSION}")
            counts = [
                self._connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in KINDS
            ]
            self._connection.execute("COMMIT")
            self._connection.execute("PRAGMA journal_mode = DELETE")
            self.close()
            with self._path.open("rb+") as file:
                os.fsync(file.fileno())
        return sum(counts)

    def close(self) -> None:
        """Without `finish`: what was added since the last checkpoint is forgotten. May be called again."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._connection.in_transaction:
            with suppress(_DRIVER.Error):
                self._connection.execute("ROLLBACK")
        self._connection.close()

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")

    def _write(self, kind: Kind, rows: Sequence[Row]) -> None:
        if rows:
            self._connection.executemany(kind.replace_statement, [(*row, _GENERATION) for row in rows])

    def _add_keys(self, searched: Searched) -> None:
        def keys(*values: Any) -> str:
            return msgspec.json.encode(list(searched.keys(*values))).decode()

        self._connection.create_function("keys_of", len(searched.key_fields), keys, deterministic=True)
        name = searched.kind.name
        (last,) = self._connection.execute(f"SELECT coalesce(max(number), 0) FROM {name}").fetchone()
        for first in range(1, last + 1, _ITEMS_AT_ONCE):
            self._connection.execute(
                f"INSERT INTO {searched.keys_table} (key, number)"
                f" SELECT keys.value, number FROM {name},"
                f" json_each(keys_of({_listed(searched.key_fields)})) AS keys"
                " WHERE number BETWEEN ? AND ? ORDER BY 1, 2",
                (first, first + _ITEMS_AT_ONCE - 1),
            )

    def _add_words(self, searched: Searched) -> None:
        table = searched.words_table
        self._connection.create_function(
            "words_of", len(searched.word_fields), searched.words, deterministic=True
        )
        self._connection.execute(
            f"INSERT INTO {table} (rowid, words)"
            f" SELECT number, words_of({_listed(searched.word_fields)}) FROM {searched.kind.name}"
            " ORDER BY number"
        )
        self._connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")


def _sql_text(value: str | int | None) -> str:
    return "NULL" if value is None else str(value) if isinstance(value, int) else "''"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _begun(path: Path) -> _Connection:
    for each in (path, *(path.with_name(path.name + suffix) for suffix in ("-journal", "-wal", "-shm"))):
        each.unlink(missing_ok=True)
    connection = _connected(path)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in (*t.creation_statements(), _BUILD_STATE):
            connection.execute(statement)
        connection.execute("INSERT INTO build_state VALUES (?, '')", (t.SCHEMA_VERSION,))
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _resumed(path: Path) -> _Connection | None:
    """None when there is nothing to go on with."""
    if not path.exists():
        return None
    connection = _connected(path)
    try:
        (check,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        versions = connection.execute("SELECT schema_version FROM build_state").fetchall()
    except _DRIVER.DatabaseError:
        check, versions = "", []
    if check == "ok" and versions == [(t.SCHEMA_VERSION,)]:
        return connection
    connection.close()
    return None


def _connected(path: Path) -> _Connection:
    connection: _Connection = _DRIVER.connect(path, isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except _DRIVER.DatabaseError:
        pass  # no database: seen by whoever reads it
    return connection


@contextmanager
def _disk_faults_told() -> Iterator[None]:
    try:
        yield
    except _DRIVER.OperationalError as error:
        code = (
            "disk_full" if getattr(error, "sqlite_errorname", "").startswith("SQLITE_FULL") else "disk_failed"
        )
        raise BuildFailed(code, str(error)) from error
    except OSError as error:
        code = "disk_full" if error.errno == errno.ENOSPC else "disk_failed"
        raise BuildFailed(code, str(error)) from error
