"""Turning staged rows of an accepted item file into items, stock and feed records."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, select, update

from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.database import Database
from till_app.hub.feed import take_numbers
from till_app.hub.feed_reading import EVERY_SHOP
from till_app.hub.imports.parts import each_part

_source, _keys, _pictures = tables.import_item, tables.import_key, tables.import_picture


def bring_in_items(database: Database, import_id: str, now: datetime) -> None:
    """What is left of them."""
    mine = _source.c.import_id == import_id
    each_part(database, _source, mine & ~_source.c.is_new, _release_codes)
    each_part(database, _source, mine, lambda connection, part: _bring_in(connection, import_id, part, now))


def _release_codes(connection: Connection, part: ColumnElement[bool]) -> None:
    """PLUs and barcodes may move from one item to another: none of them has them for a moment."""
    changed_ids = select(_source.c.item_id).where(part)
    connection.execute(update(tables.item).where(tables.item.c.item_id.in_(changed_ids)).values(plu=None))
    for table in (tables.item_barcode, tables.item_picture):
        connection.execute(delete(table).where(table.c.item_id.in_(changed_ids)))


def _bring_in(connection: Connection, import_id: str, part: ColumnElement[bool], now: datetime) -> None:
    columns = [column.name for column in tables.item.columns]
    connection.execute(
        update(tables.item)
        .where(tables.item.c.item_id == _source.c.item_id, part, ~_source.c.is_new)
        .values({name: _source.c[name] for name in columns if name not in ("item_id", "item_code")})
    )
    connection.execute(
        insert(tables.item).from_select(
            columns, select(*(_source.c[name] for name in columns)).where(part, _source.c.is_new)
        )
    )
    lines = select(_source.c.line).where(part)
    keys_of_part = (_keys.c.import_id == import_id) & _keys.c.line.in_(lines)
    connection.execute(
        insert(tables.item_barcode).from_select(
            ["barcode_key", "item_id", "position", "barcode", "quantity_milli"],
            select(
                _keys.c.key, _keys.c.item_id, _keys.c.position, _keys.c.text, _keys.c.quantity_milli
            ).where(keys_of_part, _keys.c.kind == "barcode"),
        )
    )
    pictures_of_part = (_pictures.c.import_id == import_id) & _pictures.c.line.in_(lines)
    connection.execute(
        insert(tables.item_picture).from_select(
            ["item_id", "position", "file_name"],
            select(_pictures.c.item_id, _pictures.c.position, _pictures.c.file_name).where(pictures_of_part),
        )
    )
    _begin_stock(connection, part, to_text(now))
    connection.execute(delete(_keys).where(keys_of_part))
    connection.execute(delete(_pictures).where(pictures_of_part))
    _append_to_feed(connection, part)
    connection.execute(delete(_source).where(part))


def _begin_stock(connection: Connection, part: ColumnElement[bool], now_text: str) -> None:
    item_id, quantity, as_of = _source.c.item_id, _source.c.stock_milli, literal(now_text)
    location_id = _source.c.location_id
    begun = part & quantity.is_not(None)
    # An item begins once, so its own id serves as that of its first movement.
    connection.execute(
        insert(tables.stock_movement).from_select(
            ["movement_id", "item_id", "location_id", "kind", "quantity_milli", "at"],
            select(
                item_id, item_id.label("moved_id"), location_id, literal("initial"), quantity, as_of
            ).where(begun),
        )
    )
    connection.execute(
        insert(tables.stock).from_select(
            ["item_id", "location_id", "quantity_milli", "as_of"],
            select(item_id, location_id, quantity, as_of).where(begun),
        )
    )


def _append_to_feed(connection: Connection, part: ColumnElement[bool]) -> None:
    feed, item_id = tables.feed, _source.c.item_id
    items, with_stock = connection.execute(
        select(func.count(), func.count(_source.c.stock_payload)).where(part)
    ).one()
    changed_ids = select(item_id).where(part, ~_source.c.is_new)
    connection.execute(
        delete(feed).where(
            feed.c.record_id.in_(changed_ids), feed.c.kind == "item", feed.c.scope == EVERY_SHOP
        )
    )
    before = take_numbers(connection, items + with_stock)
    _append(connection, part, "item", item_id, literal(EVERY_SHOP), _source.c.payload, before)
    stocked = part & _source.c.stock_payload.is_not(None)
    record_id = item_id + "@" + _source.c.location_id
    scope, payload = _source.c.stock_scope, _source.c.stock_payload
    _append(connection, stocked, "stock", record_id, scope, payload, before + items)


def _append(
    connection: Connection,
    rows: ColumnElement[bool],
    kind: str,
    record_id: ColumnElement[str],
    scope: ColumnElement[str | None],
    payload: ColumnElement[Any],
    before: int,
) -> None:
    number = func.row_number().over(order_by=_source.c.line) + before
    connection.execute(
        insert(tables.feed).from_select(
            ["seq", "kind", "record_id", "scope", "gone", "payload"],
            select(number, literal(kind), record_id, scope, literal(False), payload).where(rows),
        )
    )
