"""Committing a sale: the whole transaction of the till beside the same bytes written by bare SQLite."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.bare_sqlite import bare_sqlite
from tests.benchmarks.measure import Effort, Result, compare, timed_ms
from tests.services.counter import open_counter
from till_app.store.sqlite_engine import Synchronous

if TYPE_CHECKING:
    from sqlite3 import Connection

LINES = 8
ROWS = LINES + 7
"""Lines, and: header, tender, two movements, journal entry, print job, counters."""
JOURNAL_BYTES = 3_000
PRINT_JOB_BYTES = 2_500


def commit_of_a_sale(effort: Effort) -> Result:
    with tempfile.TemporaryDirectory() as folder, open_counter(Path(folder), combine_lines=False) as counter:
        counter.begin_day()
        selling, checkout = counter.services.selling, counter.services.checkout
        bare = _bare_database(Path(folder) / "bare.sqlite")

        def ours() -> float:
            for _ in range(LINES // 2):
                selling.scan("mints-old")
                selling.scan("milk")
            checkout.pay_cash(10_000)
            return timed_ms(checkout.complete)

        try:
            return compare(
                ours,
                lambda: timed_ms(lambda: _write_bare(bare)),
                rounds=effort.rounds,
                per_round=effort.pick(100, 20, 2),
                goal=14.0,
                unit="ms",
                note=f"limit: {ROWS} rows and the same bytes in one bare SQLite transaction, WAL, FULL",
            )
        finally:
            bare.close()


def _bare_database(path: Path) -> "Connection":
    connection = bare_sqlite(path, Synchronous.FULL)
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, body BLOB)")
    return connection


def _write_bare(connection: "Connection") -> None:
    connection.execute("BEGIN IMMEDIATE")
    rows = [(1, 2, b"x" * 100)] * (ROWS - 2) + [(1, 2, b"x" * JOURNAL_BYTES), (1, 2, b"x" * PRINT_JOB_BYTES)]
    connection.executemany("INSERT INTO row (a, b, body) VALUES (?, ?, ?)", rows)
    connection.execute("COMMIT")
