"""The till's SQLite with nothing around it: what the limits are measured with."""

from pathlib import Path
from typing import TYPE_CHECKING

from till_app.store.sqlite_engine import DRIVER, Synchronous

if TYPE_CHECKING:
    from sqlite3 import Connection  # the types of both are the same, and only one of them has any


def bare_sqlite(path: Path, synchronous: Synchronous) -> "Connection":
    """In WAL mode; transactions are begun and committed by hand."""
    connection: Connection = DRIVER.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    return connection
