"""The end of a transaction that applied entries: the till's row, settlements, stock, customers, the feed.

Every transaction takes its locks in this order, and rows of one table in the order of their keys, so that
no two wait for each other.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.custody.lookups import chunks
from till_app.hub.custody.writes import Counts, Deferred, Settlement, StockKey
from till_app.hub.feed import FeedWriter
from till_app.wire.changes import CustomerRecord, StockRecord

_MAX_LEVEL_MILLI = 2**62
"""Short of where a database's integers end; the movements say what it really is."""
_CODES_AT_ONCE = 50
_stock = tables.stock.c
_levels = (
    select(_stock.item_id, _stock.quantity_milli)
    .where(
        _stock.location_id == bindparam("at_location"),
        _stock.item_id.in_(bindparam("item_ids", expanding=True)),
    )
    .order_by(_stock.item_id)
    .with_for_update()
)
_set_level = (
    update(tables.stock)
    .where(_stock.item_id == bindparam("of_item"), _stock.location_id == bindparam("at_location"))
    .values(quantity_milli=bindparam("level_milli"), as_of=bindparam("now"))
)
_begin_level = insert(tables.stock).values(
    item_id=bindparam("of_item"),
    location_id=bindparam("at_location"),
    quantity_milli=bindparam("level_milli"),
    as_of=bindparam("now"),
)
_shops = select(tables.location.c.location_id, tables.location.c.shop_id).where(
    tables.location.c.location_id.in_(bindparam("location_ids", expanding=True))
)


def write_deferred(
    connection: Connection,
    till_id: str,
    now: datetime,
    deferred: Deferred,
    till_values: dict[str, object],
) -> None:
    """To be called last, right before the commit; `till_values` are further columns of the till's row."""
    now_text = to_text(now)
    if values := deferred.till_values | _counted(deferred.counts) | till_values:
        connection.execute(update(tables.till).where(tables.till.c.till_id == till_id).values(values))
    for settlement in deferred.settlements:
        _settle(connection, till_id, settlement, now_text)
    feed = FeedWriter(connection)
    _write_stock(connection, feed, deferred.moved_milli, now_text)
    if deferred.customers:
        _write_customers(connection, feed, deferred.customers)
    feed.flush()


def _counted(counts: Counts) -> dict[str, object]:
    if not counts.sales:
        return {}
    till, highest = tables.till.c, counts.highest_receipt
    return {
        "sales": till.sales + counts.sales,
        "receipts": till.receipts + counts.receipts,
        "highest_receipt": case((till.highest_receipt < highest, highest), else_=till.highest_receipt),
    }


def _settle(connection: Connection, till_id: str, settlement: Settlement, now_text: str) -> None:
    """Of the till's own earlier entries, and of those of the till that it goes on from."""
    entry, till = tables.entry.c, tables.till.c
    continued = select(till.continues_till_id).where(till.till_id == till_id).scalar_subquery()
    is_waiting = (entry.quarantine_code.is_not(None)) & entry.resolution.is_(None)
    is_meant = (entry.uuid == settlement.of_uuid) & (
        ((entry.till_id == till_id) & (entry.seq < settlement.seq)) | (entry.till_id == continued)
    )
    met = connection.execute(
        select(entry.till_id, entry.seq).where(is_waiting, is_meant).order_by(entry.till_id, entry.seq)
    ).all()
    for owner_id, seq in met:
        connection.execute(
            update(tables.entry)
            .where(entry.till_id == owner_id, entry.seq == seq)
            .values(
                resolution="compensated",
                resolved_at=now_text,
                resolved_by=settlement.by,
                resolution_note=settlement.reason,
            )
        )
        connection.execute(
            update(tables.till).where(till.till_id == owner_id).values(quarantined=till.quarantined - 1)
        )


def _write_stock(
    connection: Connection, feed: FeedWriter, moved_milli: dict[StockKey, int], now_text: str
) -> None:
    by_location: defaultdict[str, list[str]] = defaultdict(list)
    for key in moved_milli:
        by_location[key.location_id].append(key.item_id)
    shops: dict[str, str] = {}
    for part in chunks(sorted(by_location)):
        shops |= {row.location_id: row.shop_id for row in connection.execute(_shops, {"location_ids": part})}
    for location_id in sorted(by_location):
        for item_ids in chunks(sorted(by_location[location_id])):
            before = {
                row.item_id: row.quantity_milli
                for row in connection.execute(_levels, {"at_location": location_id, "item_ids": item_ids})
            }
            begun: list[dict[str, object]] = []
            moved: list[dict[str, object]] = []
            for item_id in item_ids:
                level_milli = before.get(item_id, 0) + moved_milli[StockKey(item_id, location_id)]
                level_milli = max(-_MAX_LEVEL_MILLI, min(level_milli, _MAX_LEVEL_MILLI))
                (moved if item_id in before else begun).append(
                    {
                        "of_item": item_id,
                        "at_location": location_id,
                        "level_milli": level_milli,
                        "now": now_text,
                    }
                )
                feed.put(StockRecord(item_id, level_milli, now_text, location_id), shops[location_id])
            if moved:
                connection.execute(_set_level, moved)
            if begun:
                connection.execute(_begin_level, begun)


def _write_customers(
    connection: Connection, feed: FeedWriter, customers: dict[str, dict[str, object]]
) -> None:
    connection.execute(select(tables.hub_state.c.feed_seq).with_for_update()).all()
    for values in customers.values():
        code = _free_customer_code(connection)
        connection.execute(insert(tables.customer).values(customer_code=code, **values))
        feed.put(_customer_record(connection, str(values["customer_id"])), "")


def _free_customer_code(connection: Connection) -> str:
    """Such as C000123; numbers that an imported customer has are passed over."""
    customer = tables.customer.c
    made = connection.execute(
        select(func.count()).select_from(tables.customer).where(customer.made_by_till_id.is_not(None))
    ).scalar_one()
    while True:
        codes = [f"C{number:06d}" for number in range(made + 1, made + 1 + _CODES_AT_ONCE)]
        taken = set(
            connection.execute(
                select(customer.customer_code).where(customer.customer_code.in_(codes))
            ).scalars()
        )
        for code in codes:
            if code not in taken:
                return code
        made += _CODES_AT_ONCE


def _customer_record(connection: Connection, customer_id: str) -> CustomerRecord:
    row = connection.execute(
        select(tables.customer).where(tables.customer.c.customer_id == customer_id)
    ).one()
    return CustomerRecord(
        row.customer_id,
        row.customer_code,
        row.name,
        row.email,
        row.phone,
        row.address.split("\n") if row.address else [],
        row.price_list_id,
        row.balance_minor,
        row.credit_limit_minor,
        row.balance_at,
        row.note,
        row.active,
    )
