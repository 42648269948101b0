"""Stock by location. What a person counts becomes a movement: the level is the sum of its movements."""

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, func, insert, select

from till_app.domain.times import to_text
from till_app.hub.catalogue.editing import Editing, Outcome, id_of, not_found
from till_app.hub.cells import BadCell
from till_app.hub.tables import item, location, stock, stock_movement
from till_app.wire.changes import StockRecord

MAX_STOCK_MILLI = 10**12


class StockEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    counted_milli: int
    """What is there, in thousandths of the item's unit."""


class StockView(msgspec.Struct, frozen=True):
    item_code: str
    location: str
    quantity_milli: int
    as_of: str


def total_milli(connection: Connection, item_id: str) -> int | None:
    """At all locations; None for an item that has no stock anywhere."""
    total = connection.execute(
        select(func.sum(stock.c.quantity_milli)).where(stock.c.item_id == item_id)
    ).scalar()
    return None if total is None else int(total)


def stock_view(connection: Connection, location_code: str, item_code: str) -> StockView:
    """Raises Refused 404."""
    row = None
    if "\0" not in location_code + item_code:
        row = connection.execute(
            select(item.c.item_code, location.c.location_code, stock.c.quantity_milli, stock.c.as_of)
            .join_from(stock, item, item.c.item_id == stock.c.item_id)
            .join(location, location.c.location_id == stock.c.location_id)
            .where(location.c.location_code == location_code, item.c.item_code == item_code)
        ).first()
    if row is None:
        raise not_found("stock of item", item_code)
    return StockView(row.item_code, row.location_code, row.quantity_milli, row.as_of)


def lock_stock(connection: Connection, item_codes: Collection[str]) -> None:
    """Before several of them are counted: what is there of them, in the order in which sales lock it."""
    codes = [code for code in item_codes if "\0" not in code]
    connection.execute(
        select(stock.c.item_id)
        .join(item, item.c.item_id == stock.c.item_id)
        .where(item.c.item_code.in_(codes))
        .order_by(stock.c.location_id, stock.c.item_id)
        .with_for_update(of=stock)
    ).all()


def count_stock(edit: Editing, location_code: str, item_code: str, counted_milli: int) -> Outcome:
    """Raises BadCell."""
    if abs(counted_milli) > MAX_STOCK_MILLI:
        raise BadCell("out_of_range", f"counted_milli is beyond {MAX_STOCK_MILLI}")
    item_id = id_of(edit.connection, item.c.item_id, item.c.item_code, item_code, "item")
    codes = location.c.location_code
    location_id = id_of(edit.connection, location.c.location_id, codes, location_code, "location")
    # Locked, so that a sale that comes in meanwhile is counted on one side of the count.
    present = edit.connection.execute(
        select(stock.c.quantity_milli)
        .where(stock.c.item_id == item_id, stock.c.location_id == location_id)
        .with_for_update()
    ).scalar()
    moved_milli = counted_milli - (present or 0)
    if present is not None and moved_milli == 0:
        return Outcome.UNCHANGED
    now_text = to_text(edit.now)
    edit.connection.execute(
        insert(stock_movement).values(
            movement_id=edit.new_id(),
            item_id=item_id,
            location_id=location_id,
            kind="count",
            quantity_milli=moved_milli,
            at=now_text,
        )
    )
    values: dict[str, object] = {"quantity_milli": counted_milli, "as_of": now_text}
    key: dict[str, object] = {"item_id": item_id, "location_id": location_id}
    edit.store(stock, key, values, present is not None)
    shop_id = edit.connection.execute(
        select(location.c.shop_id).where(location.c.location_id == location_id)
    ).scalar_one()
    edit.feed.put(StockRecord(item_id, counted_milli, now_text, location_id), shop_id)
    return Outcome.ADDED if present is None else Outcome.CHANGED
