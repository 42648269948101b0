"""What journal entries need to know of the hub's tables; read once for many of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from till_app.hub import tables
from till_app.hub.custody.place import Place, place_of
from till_app.hub.tills import Till
from till_app.wire.bodies import CustomerAddedBody, SaleBody, StockAdjustedBody, StockCountedBody

_T = TypeVar("_T")
_IN_CHUNK = 500
"""Values of one IN, so that no batch meets the database's limit of variables."""
_known_items = select(tables.item.c.item_id).where(
    tables.item.c.item_id.in_(bindparam("item_ids", expanding=True))
)
_known_customers = select(tables.customer.c.customer_id).where(
    tables.customer.c.customer_id.in_(bindparam("customer_ids", expanding=True))
)
_known_locations = select(tables.location.c.location_id).where(
    tables.location.c.location_id.in_(bindparam("location_ids", expanding=True))
)
_used_receipts = select(tables.sale.c.receipt_number).where(
    tables.sale.c.till_id == bindparam("of_till"),
    tables.sale.c.counter.in_(bindparam("counters", expanding=True)),
)
_previous = tables.till.alias("previous")
_till_before = (
    select(_previous.c.till_id, _previous.c.till_code)
    .join(tables.till, tables.till.c.continues_till_id == _previous.c.till_id)
    .where(tables.till.c.till_id == bindparam("of_till"))
)
_MOST_TILLS_BEFORE = 20
_lines = tables.sale_line.c
_returned = (
    select(
        _lines.origin_sale_uuid,
        _lines.origin_line_number,
        (-func.sum(_lines.quantity_milli)).label("quantity_milli"),
        (-func.sum(_lines.gross_minor)).label("gross_minor"),
    )
    .where(_lines.origin_sale_uuid.in_(bindparam("sale_uuids", expanding=True)))
    .group_by(_lines.origin_sale_uuid, _lines.origin_line_number)
)
_lock_sales = (
    select(tables.sale.c.sale_uuid)
    .where(tables.sale.c.sale_uuid.in_(bindparam("sale_uuids", expanding=True)))
    .order_by(tables.sale.c.sale_uuid)
    .with_for_update(key_share=True)
)


def chunks(values: Collection[_T]) -> Iterator[list[_T]]:
    """Parts small enough for an IN."""
    rest = iter(values)
    while part := list(islice(rest, _IN_CHUNK)):
        yield part


@dataclass(slots=True)
class Lookups:
    place: Place
    """Where the till stands."""
    items: set[str] = field(default_factory=set)
    """Those of the entries that the hub knows; so with the next two."""
    customers: set[str] = field(default_factory=set)
    locations: set[str] = field(default_factory=set)
    used_receipts: set[str] = field(default_factory=set)
    """Numbers of the till's receipts."""
    till_codes: list[str] = field(default_factory=list)
    """At the front of its receipt numbers: its own, and those of the tills which it goes on from."""
    returned: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """By line, quantity and value that came back before its sale arrived."""


def look_up(connection: Connection, till: Till, bodies: Sequence[msgspec.Struct | str]) -> Lookups:
    sales = [body for body in bodies if isinstance(body, SaleBody)]
    counts = [body for body in bodies if isinstance(body, StockCountedBody | StockAdjustedBody)]
    found = Lookups(place_of(connection, till.till_id), till_codes=[till.till_code])
    found.till_codes += [code for _, code in tills_before(connection, till.till_id)]
    item_ids = {line.item_id for sale in sales for line in sale.lines} | {count.item_id for count in counts}
    for part in chunks(item_ids):
        found.items.update(connection.execute(_known_items, {"item_ids": part}).scalars())
    for part in chunks({count.location_id for count in counts}):
        found.locations.update(connection.execute(_known_locations, {"location_ids": part}).scalars())
    for part in chunks({body.customer_id for body in bodies if isinstance(body, CustomerAddedBody)}):
        found.customers.update(connection.execute(_known_customers, {"customer_ids": part}).scalars())
    for counters in chunks({sale.counter for sale in sales}):
        values = {"of_till": till.till_id, "counters": counters}
        found.used_receipts.update(connection.execute(_used_receipts, values).scalars())
    for part in chunks({sale.uuid for sale in sales}):
        for row in connection.execute(_returned, {"sale_uuids": part}):
            key = (row.origin_sale_uuid, row.origin_line_number)
            found.returned[key] = (int(row.quantity_milli), int(row.gross_minor))
    return found


def tills_before(connection: Connection, till_id: str) -> list[tuple[str, str]]:
    """Id and code of the till that this one goes on from, of the one before that, and so on."""
    found: list[tuple[str, str]] = []
    while len(found) < _MOST_TILLS_BEFORE:
        row = connection.execute(_till_before, {"of_till": till_id}).first()
        if row is None or row.till_id in {known_id for known_id, _ in found}:
            break
        found.append((row.till_id, row.till_code))
        till_id = row.till_id
    return found


def lock_origins(connection: Connection, bodies: Sequence[msgspec.Struct | str]) -> None:
    """Two tills that take back goods of one sale wait for each other, in an order that both keep."""
    origins = {
        line.origin.sale_uuid
        for body in bodies
        if isinstance(body, SaleBody)
        for line in body.lines
        if line.origin is not None
    }
    for part in chunks(sorted(origins)):
        connection.execute(_lock_sales, {"sale_uuids": part}).all()
