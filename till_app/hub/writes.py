"""Rows that journal entries add to the hub's tables, collected so that many entries share a statement."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, Table, bindparam, insert, select, update

from till_app.hub import tables

_T = TypeVar("_T")
_IN_CHUNK = 500
"""Values of one IN, so that no batch meets the database's limit of variables."""

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
_stock = tables.stock.c
_move_stock = (
    update(tables.stock)
    .where(_stock.item_id == bindparam("of_item"))
    .values(quantity_milli=_stock.quantity_milli + bindparam("moved_milli"), as_of=bindparam("now"))
)
_begin_stock = insert(tables.stock)
_known_items = (
    select(tables.item.c.item_id, _stock.item_id.label("stocked_id"))
    .join(tables.stock, _stock.item_id == tables.item.c.item_id, isouter=True)
    .where(tables.item.c.item_id.in_(bindparam("item_ids", expanding=True)))
)
_used_counters = select(tables.sale.c.counter).where(
    tables.sale.c.till_id == bindparam("of_till"),
    tables.sale.c.counter.in_(bindparam("counters", expanding=True)),
)
_currency = select(tables.shop.c.currency)


def chunks(values: Collection[_T]) -> Iterator[list[_T]]:
    """Parts small enough for an IN."""
    rest = iter(values)
    while part := list(islice(rest, _IN_CHUNK)):
        yield part


@dataclass(slots=True)
class Writes:
    """What one entry, or all entries of a batch so far, add."""

    rows: defaultdict[Table, list[dict[str, object]]] = field(default_factory=lambda: defaultdict(list))
    moved_milli: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By item, what its stock changes by."""

    def add(self, table: Table, row: dict[str, object]) -> None:
        self.rows[table].append(row)

    def take_over(self, other: "Writes") -> None:
        for table, rows in other.rows.items():
            self.rows[table] += rows
        for item_id, milli in other.moved_milli.items():
            self.moved_milli[item_id] += milli


@dataclass(slots=True)
class Lookups:
    """What entries need to know of the tables; read once for many of them."""

    stocked: dict[str, bool]
    """The known items, and whether they have a stock."""
    used_counters: set[int]
    """Of the till's receipts."""
    currency: str | None
    """The shop's."""


def look_up(connection: Connection, till_id: str, item_ids: set[str], counters: set[int]) -> Lookups:
    stocked = {
        row.item_id: row.stocked_id is not None
        for part in chunks(item_ids)
        for row in connection.execute(_known_items, {"item_ids": part})
    }
    used = {
        counter
        for part in chunks(counters)
        for counter in connection.execute(_used_counters, {"of_till": till_id, "counters": part}).scalars()
    }
    return Lookups(stocked, used, connection.execute(_currency).scalar())


def flush(connection: Connection, writes: Writes, lookups: Lookups, now_text: str) -> None:
    """Write what was collected. Raises IntegrityError when a fact is there already."""
    for table, statement in _INSERTS.items():
        if rows := writes.rows.pop(table, None):
            connection.execute(statement, rows)
    begun = {item_id for item_id in writes.moved_milli if not lookups.stocked[item_id]}
    if begun:
        connection.execute(
            _begin_stock,
            [
                {"item_id": item_id, "quantity_milli": writes.moved_milli[item_id], "as_of": now_text}
                for item_id in begun
            ],
        )
        lookups.stocked |= dict.fromkeys(begun, True)
    moved = [
        {"of_item": item_id, "moved_milli": milli, "now": now_text}
        for item_id, milli in writes.moved_milli.items()
        if item_id not in begun
    ]
    if moved:
        connection.execute(_move_stock, moved)
    writes.moved_milli.clear()
