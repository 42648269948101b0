"""Rows that journal entries add to the hub's tables, collected so that many entries share a statement."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table, insert

from till_app.hub import tables

_INSERTS = {
    table: insert(table)
    for table in (
        tables.sale,
        tables.sale_line,
        tables.sale_tender,
        tables.drawer_movement,
        tables.till_session,
        tables.z_report,
        tables.stock_movement,
    )
}
"""In the order in which foreign keys want them."""


@dataclass(frozen=True, slots=True)
class StockKey:
    item_id: str
    location_id: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """A compensating entry: what it settles, and who says so."""

    seq: int
    of_uuid: str
    by: str
    reason: str


@dataclass(slots=True)
class Counts:
    """Of the sales that were added."""

    sales: int = 0
    receipts: int = 0
    """Numbers of the till's own that none before had."""
    highest_receipt: int = 0

    def add(self, other: "Counts") -> None:
        self.sales += other.sales
        self.receipts += other.receipts
        self.highest_receipt = max(self.highest_receipt, other.highest_receipt)


@dataclass(slots=True)
class Deferred:
    """What is written when all entries of a transaction are through: see `custody.ending`."""

    moved_milli: defaultdict[StockKey, int] = field(default_factory=lambda: defaultdict(int))
    """What a stock changes by."""
    customers: dict[str, dict[str, object]] = field(default_factory=dict)
    """New ones by their id; the code is still to be given."""
    till_values: dict[str, object] = field(default_factory=dict)
    """Columns of the till's own row."""
    settlements: list[Settlement] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)

    def take_over(self, other: "Deferred") -> None:
        for key, milli in other.moved_milli.items():
            self.moved_milli[key] += milli
        for customer_id, values in other.customers.items():
            self.customers.setdefault(customer_id, values)
        self.till_values |= other.till_values
        self.settlements += other.settlements
        self.counts.add(other.counts)


@dataclass(slots=True)
class Writes:
    """What one entry, or all entries of a batch so far, add."""

    rows: defaultdict[Table, list[dict[str, object]]] = field(default_factory=lambda: defaultdict(list))
    deferred: Deferred = field(default_factory=Deferred)

    def add(self, table: Table, row: dict[str, object]) -> None:
        self.rows[table].append(row)

    def take_over(self, other: "Writes") -> None:
        for table, rows in other.rows.items():
            self.rows[table] += rows
        self.deferred.take_over(other.deferred)

    def flush(self, connection: Connection) -> None:
        """Write the rows. Raises IntegrityError when a fact is there already."""
        for table, statement in _INSERTS.items():
            if rows := self.rows.pop(table, None):
                connection.execute(statement, rows)
