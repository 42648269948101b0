"""What can still be read of a damaged ledger, entry by entry and row by row. The file is only read."""

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from till_app.domain.journal import GENESIS_HASH, JournalEntry, is_intact
from till_app.services.ports import TillIdentity
from till_app.store.sqlite_engine import DRIVER

log = logging.getLogger(__name__)

_ENTRY_NAMES = ", ".join(JournalEntry.__slots__)
_KEPT_TABLES = (
    "open_basket",
    "open_basket_line",
    "open_basket_tender",
    "payment_attempt",
    "pin_state",
    "print_job",
)
"""What no journal entry says. Of the print jobs only those that wait are worth anything."""
_AT_ONCE = 64
"""Rows; where that fails, one after the other is tried."""
_LEAST_ENTRY_BYTES = 200


@dataclass(frozen=True, slots=True)
class SalvagedChain:
    """The entries are intact each by itself; some may be missing."""

    identity: TillIdentity
    began_at: str | None
    reason: str
    acked_through: int
    entries: dict[int, JournalEntry] = field(repr=False)

    @property
    def unbroken(self) -> list[JournalEntry]:
        """From the first one as far as they follow each other."""
        found: list[JournalEntry] = []
        previous = GENESIS_HASH
        while (entry := self.entries.get(len(found) + 1)) is not None and entry.prev_hash == previous:
            found.append(entry)
            previous = entry.hash
        return found

    @property
    def last_seq(self) -> int:
        return max(self.entries, default=0)


@dataclass(frozen=True, slots=True)
class Salvaged:
    chains: list[SalvagedChain]
    """Oldest first."""
    rows: dict[str, list[dict[str, Any]]] = field(repr=False)


def salvage(path: Path) -> Salvaged:
    """Raises nothing for what cannot be read: that is missing in the result."""
    with closing(DRIVER.connect(path)) as connection:
        connection.row_factory = DRIVER.Row
        chains = [
            SalvagedChain(
                TillIdentity(row["till_id"], row["till_code"], row["till_name"]),
                row["began_at"],
                row["reason"],
                row["acked_through"],
                _entries(connection, row["number"], row["till_id"], path.stat().st_size),
            )
            for row in _readable(connection, "SELECT * FROM chain ORDER BY number")
        ]
        rows = {
            table: [dict(row) for row in _readable(connection, f"SELECT * FROM {table}")]
            for table in _KEPT_TABLES
        }
    return Salvaged(chains, rows)


def _entries(connection: Any, chain: int, till_id: str, file_bytes: int) -> dict[int, JournalEntry]:
    """By two ways through the file, the table's own and its index: what one cannot reach the other may."""
    found: dict[int, JournalEntry] = {}
    most = file_bytes // _LEAST_ENTRY_BYTES
    by_rowid = f"SELECT {_ENTRY_NAMES} FROM journal NOT INDEXED WHERE chain = ? AND rowid BETWEEN ? AND ?"
    by_seq = f"SELECT {_ENTRY_NAMES} FROM journal WHERE chain = ? AND seq BETWEEN ? AND ?"
    for statement, last in (
        (by_rowid, _largest(connection, "SELECT max(rowid) FROM journal", most)),
        (by_seq, _largest(connection, f"SELECT max(seq) FROM journal WHERE chain = {chain:d}", most)),
    ):
        for row in _piece_by_piece(connection, statement, chain, last):
            try:
                entry = JournalEntry(*row)
                if is_intact(till_id, entry):
                    found[entry.seq] = entry
            except (TypeError, ValueError) as error:
                log.info("an unreadable entry is left out: %s", error)
    return found


def _piece_by_piece(connection: Any, statement: str, chain: int, last: int) -> Iterator[Any]:
    for start in range(1, last + 1, _AT_ONCE):
        try:
            yield from connection.execute(statement, (chain, start, start + _AT_ONCE - 1)).fetchall()
        except DRIVER.Error:
            for number in range(start, start + _AT_ONCE):
                try:
                    yield from connection.execute(statement, (chain, number, number)).fetchall()
                except DRIVER.Error:
                    continue


def _largest(connection: Any, statement: str, otherwise: int) -> int:
    try:
        return int(connection.execute(statement).fetchone()[0] or 0)
    except DRIVER.Error:
        return otherwise


def _readable(connection: Any, statement: str) -> list[Any]:
    """The rows before the first that cannot be read."""
    rows: list[Any] = []
    try:
        for row in connection.execute(statement):
            rows.append(row)
    except DRIVER.Error as error:
        log.info("%s: %s", statement, error)
    return rows
